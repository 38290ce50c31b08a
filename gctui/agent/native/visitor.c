/* A process that came in by the door, for as long as nobody has spoken to it.

There may be thousands of them in the run of a program, most live for a moment and are asked nothing. So a ring, hello,
goodbye and a thread that Python does not know of are all that there is, in C; the agent, in Python, is loaded and takes
over when the first command comes. Nothing here raises: what calls it is the interpreter, which would print that. */

#include "parts.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "descriptor.h"
#include "door.h"
#include "files.h"
#include "ring.h"
#include "waiting.h"
#include "wire.h"
#include "words.h"

enum { CONNECTION, WAKE, WAKER, ENDS };
enum { HEAD = 5 }; /* of a frame: wire.FRAME */

/* Milliseconds that a fork, or the end, waits at the most for an agent that is just being loaded. */
enum { PATIENCE = 50 };

typedef enum { BEFORE_FORK, START, AFTER_FORK_IN_CHILD, LEAVE, HOOKS } Hook;

typedef struct {
    PyObject_HEAD
    PyObject *callback; /* that records; None: there is no ring */
    PyObject *callbacks, *get_stats; /* of the module gc */
    PyObject *folder, *begin;
    PyObject *patterns, *files; /* of the agent's; NULL before they are read */
    pid_t pid;
    End ends[ENDS];
    Waiting *waiting;
    int has_begun;
    PyObject *hooks[HOOKS]; /* the agent's; NULL before it is there */
    PyObject *totals; /* gc.get_stats() when a forked child began */
} Visitor;

/* --- what is said -------------------------------------------------------------------------------------------------- */

/* Its number; -1 where the program has closed it. */
static int
number(const End *end)
{
    return is_ours(end) ? end->number : -1;
}

static void
let_go(Visitor *self)
{
    for (int at = 0; at < ENDS; at++)
        end_close(&self->ends[at]);
}

static int
is_in(Visitor *self)
{
    return self->ends[CONNECTION].number >= 0;
}

/* Say a frame, whose payload is taken; or be silent from then on. */
static void
say(Visitor *self, int kind, PyObject *payload)
{
    char *bytes = NULL, *frame = NULL;
    Py_ssize_t length = 0;
    if (payload != NULL && PyBytes_AsStringAndSize(payload, &bytes, &length) == 0)
        frame = PyMem_Malloc(HEAD + (size_t)length);
    if (frame != NULL) {
        for (int at = 0; at < 4; at++)
            frame[at] = (char)((size_t)length >> (8 * at) & 0xFF);
        frame[4] = (char)kind;
        memcpy(frame + HEAD, bytes, (size_t)length);
    }
    if (frame == NULL || end_write(&self->ends[CONNECTION], frame, HEAD + (size_t)length) != HEAD + length)
        let_go(self);
    PyMem_Free(frame);
    Py_XDECREF(payload);
    PyErr_Clear();
}

static void
give_up(Visitor *self, PyObject *reason)
{
    if (is_in(self))
        say(self, WIRE_FAILURE, failure_payload(reason, 1));
    let_go(self);
}

static void
come_in(Visitor *self)
{
    int ends[ENDS];
    if (door_enter(PyBytes_AsString(self->folder), ends))
        return; /* what it collects is recorded all the same */
    for (int at = 0; at < ENDS; at++)
        self->ends[at] = end_of(ends[at]);
    say(self, WIRE_HELLO, hello_payload(0, nanoseconds()));
}

/* --- the thread ---------------------------------------------------------------------------------------------------- */

static int
has_agent(Visitor *self)
{
    return self->hooks[LEAVE] != NULL;
}

static void
call(PyObject *function)
{
    PyObject *result = PyObject_CallObject(function, NULL);
    PyErr_Clear(); /* it raises nothing: handlers.unharmed */
    Py_XDECREF(result);
}

static void
begin_to_wait(Visitor *self)
{
    if (has_agent(self)) {
        call(self->hooks[START]);
        return;
    }
    if (!is_in(self) || self->has_begun || self->waiting != NULL)
        return;
    self->waiting = waiting_begin(self->begin, number(&self->ends[CONNECTION]), number(&self->ends[WAKE]));
    if (self->waiting == NULL) {
        PyObject *reason = PyUnicode_FromFormat("its thread cannot be started: %s", strerror(errno));
        give_up(self, reason);
        Py_XDECREF(reason);
        PyErr_Clear();
    }
}

/* End the waiting; or, if somebody speaks just now, let the agent come. */
static void
end_to_wait(Visitor *self, int wake, int waker)
{
    Waiting *waiting = self->waiting;
    self->waiting = NULL;
    if (waiting == NULL || has_agent(self) || waiting_call_off(waiting, wake, waker))
        return;
    self->has_begun = 1;
    for (int passed = 0; passed < PATIENCE && !has_agent(self) && is_in(self); passed++) {
        struct timespec millisecond = {0, 1000000};
        Py_BEGIN_ALLOW_THREADS
        nanosleep(&millisecond, NULL);
        Py_END_ALLOW_THREADS
    }
}

/* --- fork and exit ------------------------------------------------------------------------------------------------- */

/* Read the files of the agent, once: a child may have another root or another user. */
static void
keep_files(Visitor *self)
{
    if (self->files != NULL)
        return;
    self->files = PyDict_New();
    for (Py_ssize_t at = 0; self->files != NULL && at < PyTuple_Size(self->patterns); at++)
        if (files_read(self->files, PyBytes_AsString(PyTuple_GetItem(self->patterns, at))) < 0)
            break; /* no memory: what is missing is said when it is needed */
    PyErr_Clear();
}

/* Whether it is the process that these things are of: a fork without hooks leaves them to a child. */
static int
is_this_process(Visitor *self)
{
    return self->pid == getpid();
}

static PyObject *
before_fork(PyObject *object, PyObject *nothing)
{
    Visitor *self = (Visitor *)object;
    (void)nothing;
    if (!is_this_process(self))
        Py_RETURN_NONE;
    keep_files(self);
    end_to_wait(self, number(&self->ends[WAKE]), number(&self->ends[WAKER]));
    if (has_agent(self))
        call(self->hooks[BEFORE_FORK]);
    Py_RETURN_NONE;
}

static PyObject *
start(PyObject *object, PyObject *nothing)
{
    (void)nothing;
    begin_to_wait((Visitor *)object);
    Py_RETURN_NONE;
}

static void
stop_recording(Visitor *self)
{
    for (Py_ssize_t at = PyList_Size(self->callbacks) - 1; at >= 0; at--)
        if (PyList_GetItem(self->callbacks, at) == self->callback)
            PyList_SetSlice(self->callbacks, at, at + 1, NULL);
}

/* The ring is the parent's. Where there can be no new one, that is written into it. */
static void
record_into_new_ring(Visitor *self)
{
    if (self->callback == Py_None)
        return;
    PyObject *result = PyObject_CallMethod(self->callback, "open_ring", "i", WIRE_SMALL_CAPACITY);
    if (result == NULL) {
        PyErr_Clear();
        result = PyObject_CallMethod(self->callback, "count_lost_child", NULL);
        stop_recording(self);
    }
    Py_XDECREF(result);
    PyErr_Clear();
}

static PyObject *
after_fork_in_child(PyObject *object, PyObject *nothing)
{
    Visitor *self = (Visitor *)object;
    (void)nothing;
    self->pid = getpid();
    self->waiting = NULL; /* where the fork was not announced: the thread is the parent's */
    record_into_new_ring(self);
    if (has_agent(self)) {
        call(self->hooks[AFTER_FORK_IN_CHILD]);
        Py_RETURN_NONE;
    }
    let_go(self); /* they are the parent's */
    if (self->has_begun) /* where its thread was just loading the agent, half of that is there */
        Py_RETURN_NONE;
    Py_XDECREF(self->totals);
    self->totals = PyObject_CallObject(self->get_stats, NULL);
    come_in(self);
    begin_to_wait(self);
    PyErr_Clear();
    Py_RETURN_NONE;
}

static PyObject *
leave(PyObject *object, PyObject *nothing)
{
    Visitor *self = (Visitor *)object;
    (void)nothing;
    if (!is_this_process(self))
        Py_RETURN_NONE;
    end_to_wait(self, -1, -1); /* it need not wake for that */
    if (has_agent(self))
        call(self->hooks[LEAVE]);
    else if (is_in(self))
        say(self, WIRE_BYE, PyBytes_FromStringAndSize(NULL, 0));
    Py_RETURN_NONE;
}

/* --- the object ---------------------------------------------------------------------------------------------------- */

PyDoc_STRVAR(greet_doc, "greet(reason)\n--\n\n"
                        "Come in, if somebody opens, and say hello; and why there is no flight recorder, if `reason` is\n"
                        "not None.");

static PyObject *
greet(PyObject *object, PyObject *reason)
{
    Visitor *self = (Visitor *)object;
    come_in(self);
    if (reason != Py_None && is_in(self))
        say(self, WIRE_FAILURE, failure_payload(reason, 0));
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
    give_up((Visitor *)object, reason);
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
    return Py_BuildValue("iii", number(&all[CONNECTION]), number(&all[WAKE]), number(&all[WAKER]));
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
    keep_files(self);
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
