/* The way in for a process that inherited no pipe. In C, because Python's own sockets are a module that each child of
the program would have to load at its start. */

#define PY_SSIZE_T_CLEAN
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void
close_all(const int *descriptors, int number)
{
    int before = errno;
    for (int at = 0; at < number; at++)
        if (descriptors[at] >= 0)
            close(descriptors[at]);
    errno = before;
}

/* Move the descriptors, close-on-exec, to the highest of the numbers `least` that the limits allow. False when they allow
none: then all are closed. */
static int
move_out_of_the_way(int descriptors[3], PyObject *least)
{
    int moved[3] = {-1, -1, -1};
    for (int at = 0; at < 3; at++) {
        for (Py_ssize_t choice = 0; moved[at] < 0 && choice < PyTuple_Size(least); choice++)
            moved[at] = fcntl(descriptors[at], F_DUPFD_CLOEXEC, (int)PyLong_AsLong(PyTuple_GetItem(least, choice)));
    }
    close_all(descriptors, 3);
    memcpy(descriptors, moved, sizeof moved);
    if (moved[0] >= 0 && moved[1] >= 0 && moved[2] >= 0)
        return 1;
    close_all(moved, 3);
    return 0;
}

const char enter_doc[] =
    "enter(path, least)\n--\n\n"
    "Three descriptors, non-blocking and close-on-exec, under the highest of the numbers in the tuple `least` that the\n"
    "limits allow: a connection to the Unix socket at the bytes `path`, and the reading and the writing end of a pipe.\n"
    "OSError at once when nobody listens there, too many wait, or the program may open no more files.";

PyObject *
enter(PyObject *module, PyObject *arguments)
{
    (void)module;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path;
    Py_ssize_t length;
    PyObject *least;
    int ends[3] = {-1, -1, -1};
    if (!PyArg_ParseTuple(arguments, "y#O!", &path, &length, &PyTuple_Type, &least))
        return NULL;
    if ((size_t)length >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    memcpy(address.sun_path, path, (size_t)length);
    ends[0] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (ends[0] < 0 || connect(ends[0], (struct sockaddr *)&address, sizeof address) < 0
        || pipe2(ends + 1, O_NONBLOCK | O_CLOEXEC) < 0) {
        close_all(ends, 3);
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    if (!move_out_of_the_way(ends, least))
        return PyErr_SetFromErrno(PyExc_OSError);
    return Py_BuildValue("iii", ends[0], ends[1], ends[2]);
}
