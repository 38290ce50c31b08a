/* Waiting for descriptors. In C, because Python's own `select` is a module that each child of the program would have to
load at its start, and which a program may replace. */

#include "parts.h"

#include <errno.h>
#include <poll.h>

enum { MOST = 8 };

/* The numbers of a list, to be watched for `events`; how many, or -1 with an error set. */
static int
watch(struct pollfd *watched, PyObject *numbers, short events, int room)
{
    Py_ssize_t size = PyList_Size(numbers);
    if (size > room)
        PyErr_SetString(PyExc_ValueError, "too many descriptors");
    for (Py_ssize_t at = 0; at < size && !PyErr_Occurred(); at++) {
        watched[at].fd = (int)PyLong_AsLong(PyList_GetItem(numbers, at));
        watched[at].events = events;
        watched[at].revents = 0;
    }
    return PyErr_Occurred() ? -1 : (int)size;
}

static PyObject *
those_that_are(const struct pollfd *watched, int number)
{
    PyObject *found = PyList_New(0);
    for (int at = 0; found != NULL && at < number; at++) {
        PyObject *descriptor = watched[at].revents ? PyLong_FromLong(watched[at].fd) : NULL;
        if (descriptor != NULL && PyList_Append(found, descriptor) < 0)
            Py_CLEAR(found);
        Py_XDECREF(descriptor);
    }
    return found;
}

const char ready_doc[] =
    "ready(readers, writers, seconds)\n--\n\n"
    "Wait until a descriptor of either list is ready, an interruption, or the time is over: the list of readers that\n"
    "are, and that of writers. Ready is also what has failed. OSError when one is closed, or the limit of open files does\n"
    "not allow to wait for so many.";

PyObject *
ready(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *readers, *writers;
    double seconds;
    struct pollfd watched[MOST];
    if (!PyArg_ParseTuple(arguments, "O!O!d", &PyList_Type, &readers, &PyList_Type, &writers, &seconds))
        return NULL;
    int reading = watch(watched, readers, POLLIN, MOST);
    int writing = reading < 0 ? -1 : watch(watched + reading, writers, POLLOUT, MOST - reading);
    if (writing < 0)
        return NULL;
    /* Rounded up: who looks at the clock afterwards is not to find that it was too short. */
    int milliseconds = seconds <= 0 ? 0 : seconds > 1e6 ? 1000000000 : (int)(seconds * 1000 + 0.999);
    int found;
    Py_BEGIN_ALLOW_THREADS
    found = poll(watched, (nfds_t)(reading + writing), milliseconds);
    Py_END_ALLOW_THREADS
    if (found < 0 && errno != EINTR)
        return PyErr_SetFromErrno(PyExc_OSError);
    for (int at = 0; at < reading + writing; at++)
        if (watched[at].revents & POLLNVAL) {
            errno = EBADF;
            return PyErr_SetFromErrno(PyExc_OSError);
        }
    PyObject *first = those_that_are(watched, reading), *second = those_that_are(watched + reading, writing);
    PyObject *both = first == NULL || second == NULL ? NULL : PyTuple_Pack(2, first, second);
    Py_XDECREF(first);
    Py_XDECREF(second);
    return both;
}
