/* Loads `entry.py` into a process to which somebody speaks for the first time; that loads the agent. In the middle of the
program, so from the files that the visitor has read, if it has forked before. */

#include "parts.h"

#include "summons.h"
#include "visitor.h"

enum { VISITOR, LOADER, MODULE, PATH, ARGUMENTS, SUMMONS };

/* The code of `entry.py`, as `entry.code_of` finds that of the others. */
static PyObject *
code_of_entry(PyObject *summons)
{
    static const char *const methods[] = {"path_stats", "get_data", "set_data"};
    PyObject *visitor = PyTuple_GetItem(summons, VISITOR);
    PyObject *loader = PyObject_CallFunction(
        PyTuple_GetItem(summons, LOADER), "sO", "_gctui_agent", PyTuple_GetItem(summons, PATH));
    int failed = loader == NULL;
    for (size_t at = 0; !failed && at < sizeof methods / sizeof *methods; at++) {
        PyObject *method = PyObject_GetAttrString(visitor, methods[at]);
        failed = method == NULL || PyObject_SetAttrString(loader, methods[at], method) < 0;
        Py_XDECREF(method);
    }
    PyObject *code = failed ? NULL : PyObject_CallMethod(loader, "get_code", "s", "_gctui_agent");
    Py_XDECREF(loader);
    return code;
}

static PyObject *
succeed(PyObject *summons)
{
    PyObject *code = code_of_entry(summons), *names = PyModule_GetDict(PyTuple_GetItem(summons, MODULE));
    PyObject *done = code == NULL || names == NULL ? NULL : PyEval_EvalCode(code, names, names);
    Py_XDECREF(code);
    if (done == NULL)
        return NULL;
    Py_DECREF(done);
    PyObject *function = PyDict_GetItemString(names, "succeed"); /* borrowed */
    if (function == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "its first module is another one");
        return NULL;
    }
    return PyObject_CallObject(function, PyTuple_GetItem(summons, ARGUMENTS));
}

static void
give_up(Visitor *visitor)
{
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    PyErr_NormalizeException(&type, &error, &traceback);
    PyObject *name = type == NULL ? NULL : PyObject_GetAttrString(type, "__name__");
    PyObject *reason = name == NULL ? NULL : PyUnicode_FromFormat("%U: %S", name, error == NULL ? Py_None : error);
    PyErr_Clear();
    visitor_give_up(visitor, reason);
    PyObject *held[] = {type, error, traceback, name, reason};
    for (size_t at = 0; at < sizeof held / sizeof *held; at++)
        Py_XDECREF(held[at]);
}

static PyObject *
summon(PyObject *summons, PyObject *nothing)
{
    (void)nothing;
    PyObject *done = succeed(summons);
    if (done == NULL)
        give_up((Visitor *)PyTuple_GetItem(summons, VISITOR));
    Py_XDECREF(done);
    Py_RETURN_NONE;
}

static PyMethodDef summon_method = {"summon", summon, METH_NOARGS, NULL};

int
summon_with(PyObject *visitor, PyObject *native, PyObject *module, PyObject *value, PyObject *own_folder,
            PyObject *as_they_are)
{
    PyObject *external = PyImport_ImportModule("_frozen_importlib_external");
    PyObject *loader = external == NULL ? NULL : PyObject_GetAttrString(external, "SourceFileLoader");
    PyObject *path = PyUnicode_FromFormat("%Uentry.py", own_folder), *summons = NULL, *method = NULL;
    PyObject *arguments = PyTuple_Pack(
        6, visitor, ((Visitor *)visitor)->callback, value, own_folder, native, as_they_are);
    if (loader != NULL && path != NULL && arguments != NULL)
        summons = PyTuple_Pack(SUMMONS, visitor, loader, module, path, arguments);
    method = summons == NULL ? NULL : PyCFunction_NewEx(&summon_method, summons, NULL);
    if (method != NULL)
        ((Visitor *)visitor)->begin = unseen(NULL, method);
    PyObject *held[] = {external, loader, path, arguments, summons, method};
    for (size_t at = 0; at < sizeof held / sizeof *held; at++)
        Py_XDECREF(held[at]);
    return ((Visitor *)visitor)->begin == NULL ? -1 : 0;
}
