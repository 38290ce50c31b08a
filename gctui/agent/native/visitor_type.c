/* A visitor as Python has it: what `entry.py` makes and the interpreter calls. */

#include "parts.h"

#include <unistd.h>

#include "visitor.h"
#include "wire.h"
#include "words.h"

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

PyDoc_STRVAR(greet_doc, "greet(reason)\n--\n\n"
                        "Come in, if somebody opens, and say hello; and why there is no flight recorder, if `reason` is\n"
                        "not None.");

static PyObject *
greet(PyObject *object, PyObject *reason)
{
    Visitor *self = (Visitor *)object;
    visitor_come_in(self);
    if (reason != Py_None && visitor_is_in(self))
        visitor_say(self, WIRE_FAILURE, failure_payload(reason, 0));
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

PyDoc_STRVAR(give_up_doc, "give_up(reason)\n--\n\nSay why there can be no agent, and be silent from then on.");

static PyObject *
give_up_method(PyObject *object, PyObject *reason)
{
    visitor_give_up((Visitor *)object, reason);
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

PyDoc_STRVAR(files_doc, "files()\n--\n\n"
                        "The agent's files: by path, when each was changed, in seconds, and what is in it.");

static PyObject *
files(PyObject *object, PyObject *nothing)
{
    Visitor *self = (Visitor *)object;
    (void)nothing;
    visitor_keep_files(self);
    if (self->files == NULL)
        return PyErr_NoMemory();
    Py_INCREF(self->files);
    return self->files;
}

static PyObject *
visitor_new(PyTypeObject *type, PyObject *arguments, PyObject *names)
{
    PyObject *callback, *gc, *folder, *patterns, *begin;
    (void)names;
    if (!PyArg_ParseTuple(arguments, "OOSO!O", &callback, &gc, &folder, &PyTuple_Type, &patterns, &begin))
        return NULL;
    Visitor *self = (Visitor *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (self == NULL)
        return NULL;
    PyObject *held[] = {callback, folder, patterns, begin};
    for (size_t at = 0; at < sizeof(held) / sizeof(*held); at++)
        Py_INCREF(held[at]);
    self->callback = callback;
    self->folder = folder;
    self->begin = begin;
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
    {"greet", greet, METH_O, greet_doc},
    {"start", start, METH_NOARGS, "start()\n--\n\nWait to be spoken to; or go on, after a fork."},
    {"before_fork", before_fork, METH_NOARGS, NULL},
    {"after_fork_in_child", after_fork_in_child, METH_NOARGS, NULL},
    {"leave", leave, METH_NOARGS, "leave()\n--\n\nAt interpreter exit."},
    {"hand_over", hand_over, METH_VARARGS, hand_over_doc},
    {"give_up", give_up_method, METH_O, give_up_doc},
    {"ends", ends, METH_NOARGS, ends_doc},
    {"files", files, METH_NOARGS, files_doc},
    {"totals", totals, METH_NOARGS, totals_doc},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot type_slots[] = {
    {Py_tp_doc, "Visitor(callback, gc, folder, patterns, begin)\n--\n\n"
                "What a process does that comes in by the door. `callback`: the flight recorder, or None. `folder`: the\n"
                "session's, bytes. `patterns`: of the agent's files, a tuple of bytes. `begin` is called when it is spoken\n"
                "to, in a thread of its own."},
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
