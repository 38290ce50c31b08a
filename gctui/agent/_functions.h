/* The functions of the module `_callback` and what `help` says of them. */

#include <Python.h>

extern PyObject *unseen(PyObject *module, PyObject *function);
extern const char unseen_doc[];
extern PyObject *start_tracing(PyObject *module, PyObject *arguments);
extern const char start_tracing_doc[];
extern PyObject *is_tracing_ours(PyObject *module, PyObject *nothing);
extern const char is_tracing_ours_doc[];
