/* A visitor as Python has it: what the interpreter calls, and what the agent asks that succeeds it. */

#include "parts.h"

#include <unistd.h>

#include "visitor.h"

static PyObject *
start(PyObject *self, PyObject *nothing)
{
    (void)nothing;
    visitor_start((Visitor *)self);
    Py_RETURN_NONE;
}

static PyObject *
before_fork(PyObject *self, PyObject *nothing)
{
    (void)nothing;
    visitor_before_fork((Visitor *)self);
    Py_RETURN_NONE;
}

static PyObject *
after_fork_in_child(PyObject *self, PyObject *nothing)
{
    (void)nothing;
    visitor_after_fork_in_child((Visitor *)self);
    Py_RETURN_NONE;
}

static PyObject *
leave(PyObject *self, PyObject *nothing)
{
    (void)nothing;
    visitor_leave((Visitor *)self);
    Py_RETURN_NONE;
}

PyDoc_STRVAR(hand_over_doc, "hand_over(before_fork, start, after_fork_in_child, leave)\n--\n\n"
                            "The agent is there: what the interpreter calls, and `ends`, are its own from now on.");

static PyObject *
hand_over(PyObject *object, PyObject *arguments)
{
    Visitor *self = (Visitor *)object;
    PyObject **hooks = self->hooks, *given[HOOKS];
    if (!PyArg_ParseTuple(arguments, "OOOO", &given[0], &given[1], &given[2], &given[3]))
        return NULL;
    for (int at = 0; at < HOOKS; at++) {
        Py_INCREF(given[at]);
        hooks[at] = given[at];
        if (at < ENDS)
            self->ends[at].number = -1;
    }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(ends_doc, "ends()\n--\n\n"
                       "The numbers of the connection, and of what is read and what is written to wake who waits at it; -1\n"
                       "where the program has closed one.");

static PyObject *
ends(PyObject *object, PyObject *nothing)
{
    const End *all = ((Visitor *)object)->ends;
    (void)nothing;
    return Py_BuildValue("iii", visitor_number(&all[CONNECTION]), visitor_number(&all[WAKE]), visitor_number(&all[WAKER]));
}

PyDoc_STRVAR(totals_doc, "totals()\n--\n\ngc.get_stats() when this process was forked; None in one that was not.");

static PyObject *
totals(PyObject *object, PyObject *nothing)
{
    PyObject *found = ((Visitor *)object)->totals;
    (void)nothing;
    found = found == NULL ? Py_None : found;
    Py_INCREF(found);
    return found;
}

/* --- the agent's files, for a loader of Python's -------------------------------------------------------------------- */

/* When the file was changed and what is in it, borrowed; NULL with OSError set where it could not be read. */
static PyObject *
kept_file(Visitor *self, PyObject *path)
{
    visitor_keep_files(self);
    PyObject *found = self->files == NULL ? NULL : PyDict_GetItem(self->files, path);
    if (found == NULL)
        PyErr_Format(PyExc_OSError, "gctui's file %S cannot be read any more", path);
    return found;
}

static PyObject *
path_stats(PyObject *self, PyObject *path)
{
    PyObject *found = kept_file((Visitor *)self, path);
    return found == NULL ? NULL
                         : Py_BuildValue("{s:O,s:n}", "mtime", PyTuple_GetItem(found, 0), "size",
                                         PyBytes_Size(PyTuple_GetItem(found, 1)));
}

static PyObject *
get_data(PyObject *self, PyObject *path)
{
    PyObject *found = kept_file((Visitor *)self, path), *data = found == NULL ? NULL : PyTuple_GetItem(found, 1);
    Py_XINCREF(data);
    return data;
}

static PyObject *
set_data(PyObject *self, PyObject *arguments, PyObject *names)
{
    (void)self;
    (void)arguments;
    (void)names;
    Py_RETURN_NONE; /* nothing is written in the middle of the program */
}

/* --- the type ------------------------------------------------------------------------------------------------------- */

static PyObject *
visitor_new(PyTypeObject *type, PyObject *arguments, PyObject *names)
{
    PyObject *callback, *gc, *folder, *patterns;
    (void)names;
    if (!PyArg_ParseTuple(arguments, "OOSO!", &callback, &gc, &folder, &PyTuple_Type, &patterns))
        return NULL;
    Visitor *self = (Visitor *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (self == NULL)
        return NULL;
    PyObject *held[] = {callback, folder, patterns};
    for (size_t at = 0; at < sizeof(held) / sizeof(*held); at++)
        Py_INCREF(held[at]);
    self->callback = callback;
    self->folder = folder;
    self->patterns = patterns;
    self->pid = getpid();
    self->callbacks = PyObject_GetAttrString(gc, "callbacks");
    self->get_stats = PyObject_GetAttrString(gc, "get_stats");
    for (int at = 0; at < ENDS; at++)
        self->ends[at].number = -1;
    if (self->callbacks == NULL || self->get_stats == NULL) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static void
visitor_dealloc(PyObject *object)
{
    Visitor *self = (Visitor *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject *held[] = {self->callback, self->callbacks, self->get_stats, self->folder, self->begin, self->patterns, self->files,
                        self->totals, self->hooks[0], self->hooks[1], self->hooks[2], self->hooks[3]};
    for (size_t at = 0; at < sizeof(held) / sizeof(*held); at++)
        Py_XDECREF(held[at]);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"start", start, METH_NOARGS, "start()\n--\n\nWait to be spoken to; or go on, after a fork."},
    {"before_fork", before_fork, METH_NOARGS, NULL},
    {"after_fork_in_child", after_fork_in_child, METH_NOARGS, NULL},
    {"leave", leave, METH_NOARGS, "leave()\n--\n\nAt interpreter exit."},
    {"hand_over", hand_over, METH_VARARGS, hand_over_doc},
    {"ends", ends, METH_NOARGS, ends_doc},
    {"path_stats", path_stats, METH_O, NULL},
    {"get_data", get_data, METH_O, NULL},
    {"set_data", (PyCFunction)(void (*)(void))set_data, METH_VARARGS | METH_KEYWORDS, NULL},
    {"totals", totals, METH_NOARGS, totals_doc},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot type_slots[] = {
    {Py_tp_doc, "Visitor(callback, gc, folder, patterns)\n--\n\n"
                "What a process does that comes in by the door. `callback`: the flight recorder, or None. `folder`: the\n"
                "session's, bytes. `patterns`: of the agent's files, a tuple of bytes. It can be the loader of those."},
    {Py_tp_new, visitor_new},
    {Py_tp_dealloc, visitor_dealloc},
    {Py_tp_methods, methods},
    {0, NULL},
};

static PyType_Spec type_spec = {"_gctui_agent._native.Visitor", sizeof(Visitor), 0, Py_TPFLAGS_DEFAULT, type_slots};

PyObject *
make_visitor_type(void)
{
    return PyType_FromSpec(&type_spec);
}
