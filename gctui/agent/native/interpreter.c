/* Which interpreter of the process this is. Python has a module that knows, but loading it in every child of the program
takes as long as a good part of the agent. */

#include "parts.h"

/* Public from 3.9 on, and before that by its private name. */
extern PyInterpreterState *PyInterpreterState_Get(void) __attribute__((weak));
extern PyInterpreterState *_PyInterpreterState_Get(void) __attribute__((weak));

const char interpreter_number_doc[] =
    "interpreter_number()\n--\n\n"
    "The number of the calling thread's interpreter; 0 is the main one.";

PyObject *
interpreter_number(PyObject *module, PyObject *nothing)
{
    (void)module;
    (void)nothing;
    PyInterpreterState *own =
        PyInterpreterState_Get != NULL ? PyInterpreterState_Get() : _PyInterpreterState_Get();
    return PyLong_FromLongLong(PyInterpreterState_GetID(own));
}
