/* The module `_native`: the parts of the agent that cannot be written in Python.

Built against the limited API, one file serves every CPython from 3.8 on. Without it the agent does what it can in Python:
docs/transparency.md says what is then noticed. */

#include "parts.h"

static PyMethodDef functions[] = {
    {"visit", visit, METH_VARARGS, visit_doc},
    {"unseen", unseen, METH_O, unseen_doc},
    {"begin_when_asked", begin_when_asked, METH_VARARGS, begin_when_asked_doc},
    {"call_off", call_off, METH_VARARGS, call_off_doc},
    {"load_thread_end", load_thread_end, METH_NOARGS, load_thread_end_doc},
    {"enter", enter, METH_O, enter_doc},
    {"is_open_to_us", is_open_to_us, METH_NOARGS, is_open_doc},
    {"ready", ready, METH_VARARGS, ready_doc},
    {"hello", hello, METH_VARARGS, hello_doc},
    {"interpreter_number", interpreter_number, METH_NOARGS, interpreter_number_doc},
    {"start_tracing", start_tracing, METH_VARARGS, start_tracing_doc},
    {"is_tracing_ours", is_tracing_ours, METH_NOARGS, is_tracing_ours_doc},
    {"tracing_cost", tracing_cost, METH_NOARGS, tracing_cost_doc},
    {"live_samples", live_samples, METH_NOARGS, live_samples_doc},
    {"begin_reading", begin_reading, METH_VARARGS, begin_reading_doc},
    {"reading_result", reading_result, METH_O, reading_result_doc},
    {NULL, NULL, 0, NULL},
};

static int
add_type(PyObject *module, const char *name, PyObject *type)
{
    int failed = type == NULL || PyModule_AddObject(module, name, type) < 0;
    if (failed)
        Py_XDECREF(type);
    return failed ? -1 : 0;
}

static int
execute(PyObject *module)
{
    return add_type(module, "Callback", make_callback_type()) < 0 || add_type(module, "Visitor", make_visitor_type()) < 0
                   || add_type(module, "Descriptor", make_descriptor_type()) < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, execute},
    {0, NULL},
    {0, NULL},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_native", "What the agent has in C.", 0, functions, slots, NULL, NULL, NULL};

PyMODINIT_FUNC
PyInit__native(void)
{
    PyObject *version = PySys_GetObject("hexversion");
    if (version != NULL && PyLong_AsLong(version) >= 0x030c0000) {
        /* Py_mod_multiple_interpreters = Py_MOD_PER_INTERPRETER_GIL_SUPPORTED: there is no state but the objects'. */
        slots[1].slot = 3;
        slots[1].value = (void *)2;
    }
    return PyModuleDef_Init(&definition);
}
