/* A thread that Python does not know until somebody speaks to it.

Of the many processes of a family most are never asked anything, and programs look at the threads of a child
(`sys._current_frames`, debuggers), fork again at once, or replace themselves. So a plain thread waits at the channel,
which owns nothing of Python and can be called off at any time; it becomes the agent's when a command comes. */

#include "parts.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "waiting.h"

enum { WAITS, HAS_BEGUN, IS_CALLED_OFF };

enum { MILLISECONDS = 5 }; /* between two looks whether Python has begun */

struct Waiting {
    pthread_t thread;
    pthread_mutex_t lock;
    int state;
    int channel, wake;
    PyObject *function; /* owned; given back by whoever decides the state */
};

#define NAME "gctui.waiting"

/* Whether there is something to read, and not only an end, or an error. */
static int
has_words(const struct pollfd *end)
{
    int waiting = 0;
    return end->revents & POLLIN && ioctl(end->fd, FIONREAD, &waiting) == 0 && waiting > 0;
}

static void *
wait_and_begin(void *argument)
{
    Waiting *waiting = argument;
    struct pollfd ends[2] = {{waiting->channel, POLLIN, 0}, {waiting->wake, POLLIN, 0}};
    while (poll(ends, 2, -1) < 0 && errno == EINTR)
        continue;
    if (!has_words(&ends[0]) && !has_words(&ends[1]))
        return NULL; /* nobody will speak; it may still be called off */
    for (int is_decided = 0; !is_decided; ) {
        pthread_mutex_lock(&waiting->lock);
        /* Python may be about to begin, or have come to its end past whoever would have called it off. */
        if (waiting->state == WAITS && Py_IsInitialized())
            waiting->state = HAS_BEGUN;
        is_decided = waiting->state != WAITS;
        pthread_mutex_unlock(&waiting->lock);
        if (!is_decided)
            poll(NULL, 0, MILLISECONDS);
    }
    if (waiting->state == IS_CALLED_OFF)
        return NULL;
    PyObject *function = waiting->function;
    pthread_detach(pthread_self());
    PyGILState_STATE before = PyGILState_Ensure();
    PyObject *result = PyObject_CallObject(function, NULL);
    if (result == NULL)
        PyErr_Clear();
    Py_XDECREF(result);
    Py_DECREF(function);
    PyGILState_Release(before);
    return NULL;
}

Waiting *
waiting_begin(PyObject *function, int channel, int wake)
{
    Waiting *waiting = calloc(1, sizeof *waiting);
    if (waiting == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    pthread_mutex_init(&waiting->lock, NULL);
    waiting->function = function;
    waiting->channel = channel;
    waiting->wake = wake;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    Py_INCREF(function);
    int failed = pthread_create(&waiting->thread, NULL, wait_and_begin, waiting);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed) {
        Py_DECREF(function);
        free(waiting);
        errno = failed;
        return NULL;
    }
    return waiting;
}

int
waiting_call_off(Waiting *waiting, int wake, int waker)
{
    pthread_mutex_lock(&waiting->lock);
    int is_waiting = waiting->state == WAITS;
    if (is_waiting)
        waiting->state = IS_CALLED_OFF;
    pthread_mutex_unlock(&waiting->lock);
    if (!is_waiting)
        return 0; /* its thread may look at it last: it is not freed then, nor where that cannot be waited for */
    char byte = 'x';
    Py_DECREF(waiting->function);
    if (wake >= 0 && waker >= 0 && write(waker, &byte, 1) == 1) {
        pthread_join(waiting->thread, NULL);
        if (read(wake, &byte, 1) < 0) /* or the next one would begin at once */
            errno = 0;
        pthread_mutex_destroy(&waiting->lock);
        free(waiting);
    } else
        pthread_detach(waiting->thread);
    return 1;
}

const char begin_when_asked_doc[] =
    "begin_when_asked(function, channel, wake, acquired)\n--\n\n"
    "Call `function` as soon as there is something to read from one of the descriptors, in a thread of its own, with\n"
    "all signals blocked, that Python does not know before. What to call it off with; OSError when there can be no\n"
    "thread. `acquired` is not looked at: `map` hands it on from a lock.";

PyObject *
begin_when_asked(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *function, *acquired;
    int channel, wake;
    if (!PyArg_ParseTuple(arguments, "OiiO", &function, &channel, &wake, &acquired))
        return NULL;
    Waiting *waiting = waiting_begin(function, channel, wake);
    return waiting == NULL ? PyErr_SetFromErrno(PyExc_OSError) : PyCapsule_New(waiting, NAME, NULL);
}

const char call_off_doc[] =
    "call_off(waiting, wake, waker)\n--\n\n"
    "Whether it has been called off now; False when it has begun, or was called off before. `wake` and `waker`: both\n"
    "ends of the pipe that wakes it, and then its thread is gone; -1 where the program has closed one.";

PyObject *
call_off(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *capsule;
    int wake, waker;
    if (!PyArg_ParseTuple(arguments, "Oii", &capsule, &wake, &waker))
        return NULL;
    if (!PyCapsule_IsValid(capsule, NAME))
        Py_RETURN_FALSE;
    Waiting *waiting = PyCapsule_GetPointer(capsule, NAME);
    PyCapsule_SetName(capsule, "gctui.called_off");
    return PyBool_FromLong(waiting_call_off(waiting, wake, waker));
}
