/* The end of a thread. */

#include "parts.h"

#include <dlfcn.h>

const char load_thread_end_doc[] =
    "load_thread_end()\n--\n\n"
    "Load what a thread needs for its end. Before Python 3.9 one ends by pthread_exit, for which glibc opens a library:\n"
    "later, that would be in the middle of the program, which might get another number for a file of its own meanwhile.";

PyObject *
load_thread_end(PyObject *module, PyObject *nothing)
{
    (void)module;
    (void)nothing;
    dlopen("libgcc_s.so.1", RTLD_NOW); /* kept open; where there is none, there is another way to end */
    Py_RETURN_NONE;
}
