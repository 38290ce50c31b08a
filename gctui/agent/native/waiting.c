/* A thread that Python does not know until it has waited.

In a forked child the agent's thread must not be there at once: programs look at the threads of a new child
(`sys._current_frames`), fork again at once, or replace themselves. So a plain thread waits, which owns nothing of Python
and can be called off at any time, and then becomes the agent's. */

#include "parts.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

enum { WAITS, HAS_BEGUN, IS_CALLED_OFF };

typedef struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t called_off;
    int state;
    struct timespec due;
    PyObject *function; /* owned; given back by whoever decides the state */
} Waiting;

#define NAME "gctui.waiting"

static void *
wait_and_begin(void *argument)
{
    Waiting *waiting = argument;
    pthread_mutex_lock(&waiting->lock);
    while (waiting->state == WAITS)
        if (pthread_cond_timedwait(&waiting->called_off, &waiting->lock, &waiting->due) == ETIMEDOUT)
            waiting->state = HAS_BEGUN;
    int state = waiting->state;
    pthread_mutex_unlock(&waiting->lock);
    if (state == IS_CALLED_OFF)
        return NULL;
    pthread_detach(pthread_self());
    if (!Py_IsInitialized()) /* a program can come to its end past whoever would have called it off */
        return NULL;
    PyObject *function = waiting->function; /* before it may begin: the end of `waiting` is not ours from then on */
    PyGILState_STATE before = PyGILState_Ensure();
    PyObject *result = PyObject_CallObject(function, NULL);
    if (result == NULL)
        PyErr_Clear();
    Py_XDECREF(result);
    Py_DECREF(function);
    PyGILState_Release(before);
    return NULL;
}

static void
forget(PyObject *capsule)
{
    /* A thread that may still look at it keeps it: some bytes, once per fork at the most. */
    Waiting *waiting = PyCapsule_GetPointer(capsule, NAME);
    if (waiting != NULL && waiting->state == IS_CALLED_OFF) {
        pthread_cond_destroy(&waiting->called_off);
        pthread_mutex_destroy(&waiting->lock);
        free(waiting);
    }
}

const char begin_later_doc[] =
    "begin_later(function, milliseconds, acquired)\n--\n\n"
    "Call `function` in a thread of its own, with all signals blocked, that Python does not know before. What to\n"
    "call it off with; OSError when there can be no thread. `acquired` is not looked at: `map` hands it on from a lock.";

PyObject *
begin_later(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *function, *acquired;
    int milliseconds;
    if (!PyArg_ParseTuple(arguments, "OiO", &function, &milliseconds, &acquired))
        return NULL;
    Waiting *waiting = calloc(1, sizeof *waiting);
    if (waiting == NULL)
        return PyErr_NoMemory();
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&waiting->called_off, &clock);
    pthread_condattr_destroy(&clock);
    pthread_mutex_init(&waiting->lock, NULL);
    clock_gettime(CLOCK_MONOTONIC, &waiting->due);
    long long nanoseconds = waiting->due.tv_nsec + milliseconds * 1000000LL;
    waiting->due.tv_sec += nanoseconds / 1000000000;
    waiting->due.tv_nsec = nanoseconds % 1000000000;
    waiting->function = function;
    PyObject *capsule = PyCapsule_New(waiting, NAME, forget);
    if (capsule == NULL) {
        free(waiting);
        return NULL;
    }
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    Py_INCREF(function);
    int failed = pthread_create(&waiting->thread, NULL, wait_and_begin, waiting);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed) {
        waiting->state = IS_CALLED_OFF;
        Py_DECREF(function);
        Py_DECREF(capsule);
        errno = failed;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return capsule;
}

const char call_off_doc[] =
    "call_off(waiting)\n--\n\n"
    "Whether it has been called off now, and its thread is gone; False when it has begun, or was called off before.";

PyObject *
call_off(PyObject *module, PyObject *capsule)
{
    (void)module;
    Waiting *waiting = PyCapsule_GetPointer(capsule, NAME);
    if (waiting == NULL)
        return NULL;
    pthread_mutex_lock(&waiting->lock);
    int is_waiting = waiting->state == WAITS;
    if (is_waiting)
        waiting->state = IS_CALLED_OFF;
    pthread_cond_signal(&waiting->called_off);
    pthread_mutex_unlock(&waiting->lock);
    if (is_waiting) {
        pthread_join(waiting->thread, NULL);
        Py_DECREF(waiting->function);
    }
    return PyBool_FromLong(is_waiting);
}
