/* The way in for a process that inherited no pipe. In C, because Python's own sockets are a module that each child of
the program would have to load at its start. */

#include "parts.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

const char enter_doc[] =
    "enter(path)\n--\n\n"
    "A descriptor connected to the Unix socket at the bytes `path`, non-blocking and close-on-exec. OSError at once\n"
    "when nobody listens there or too many wait.";

PyObject *
enter(PyObject *module, PyObject *path)
{
    (void)module;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char *name;
    Py_ssize_t length;
    if (PyBytes_AsStringAndSize(path, &name, &length) < 0)
        return NULL;
    if ((size_t)length >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    memcpy(address.sun_path, name, (size_t)length);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
        PyErr_SetFromErrno(PyExc_OSError);
        close(descriptor);
        return NULL;
    }
    return PyLong_FromLong(descriptor);
}
