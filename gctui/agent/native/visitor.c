/* A process that came in by the door, for as long as nobody has spoken to it.

There may be thousands of them in the run of a program, most live for a moment and are asked nothing. So a ring, hello,
goodbye and a thread that Python does not know of are all that there is, in C; the agent, in Python, is loaded and takes
over when the first command comes. Nothing here raises: what calls it is the interpreter, which would print that. */

#include "parts.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "door.h"
#include "files.h"
#include "ring.h"
#include "visitor.h"
#include "wire.h"
#include "words.h"

enum { HEAD = 5 }; /* of a frame: wire.FRAME */

/* Milliseconds that a fork, or the end, waits at the most for an agent that is just being loaded. */
enum { PATIENCE = 50 };

/* --- what is said -------------------------------------------------------------------------------------------------- */

int
visitor_number(const End *end)
{
    return is_ours(end) ? end->number : -1;
}

static void
let_go(Visitor *self)
{
    for (int at = 0; at < ENDS; at++)
        end_close(&self->ends[at]);
}

int
visitor_is_in(Visitor *self)
{
    return self->ends[CONNECTION].number >= 0;
}

void
visitor_say(Visitor *self, int kind, PyObject *payload)
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

void
visitor_give_up(Visitor *self, PyObject *reason)
{
    if (visitor_is_in(self))
        visitor_say(self, WIRE_FAILURE, failure_payload(reason, 1));
    let_go(self);
}

void
visitor_come_in(Visitor *self)
{
    int ends[ENDS];
    if (door_enter(PyBytes_AsString(self->folder), ends))
        return; /* what it collects is recorded all the same */
    for (int at = 0; at < ENDS; at++)
        self->ends[at] = end_of(ends[at]);
    visitor_say(self, WIRE_HELLO, hello_payload(0, nanoseconds()));
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
    if (!visitor_is_in(self) || self->has_begun || self->waiting != NULL)
        return;
    self->waiting = waiting_begin(self->begin, visitor_number(&self->ends[CONNECTION]), visitor_number(&self->ends[WAKE]));
    if (self->waiting == NULL) {
        PyObject *reason = PyUnicode_FromFormat("its thread cannot be started: %s", strerror(errno));
        visitor_give_up(self, reason);
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
    for (int passed = 0; passed < PATIENCE && !has_agent(self) && visitor_is_in(self); passed++) {
        struct timespec millisecond = {0, 1000000};
        Py_BEGIN_ALLOW_THREADS
        nanosleep(&millisecond, NULL);
        Py_END_ALLOW_THREADS
    }
}

/* --- fork and exit ------------------------------------------------------------------------------------------------- */

void
visitor_keep_files(Visitor *self)
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

void
visitor_before_fork(Visitor *self)
{
    if (!is_this_process(self))
        return;
    visitor_keep_files(self);
    end_to_wait(self, visitor_number(&self->ends[WAKE]), visitor_number(&self->ends[WAKER]));
    if (has_agent(self))
        call(self->hooks[BEFORE_FORK]);
}

void
visitor_start(Visitor *self)
{
    if (is_this_process(self))
        begin_to_wait(self);
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

void
visitor_after_fork_in_child(Visitor *self)
{
    self->pid = getpid();
    self->waiting = NULL; /* where the fork was not announced: the thread is the parent's */
    record_into_new_ring(self);
    if (has_agent(self)) {
        call(self->hooks[AFTER_FORK_IN_CHILD]);
        return;
    }
    let_go(self); /* they are the parent's */
    if (self->has_begun) /* where its thread was just loading the agent, half of that is there */
        return;
    Py_XDECREF(self->totals);
    self->totals = PyObject_CallObject(self->get_stats, NULL);
    visitor_come_in(self);
    begin_to_wait(self);
    PyErr_Clear();
}

void
visitor_leave(Visitor *self)
{
    if (!is_this_process(self))
        return;
    end_to_wait(self, -1, -1); /* it need not wake for that */
    if (has_agent(self))
        call(self->hooks[LEAVE]);
    else if (visitor_is_in(self))
        visitor_say(self, WIRE_BYE, PyBytes_FromStringAndSize(NULL, 0));
}
