/* The way in for a process that inherited no pipe. In C, because Python's own sockets are a module that each child of
the program would have to load at its start. */

#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "door.h"
#include "wire.h"

static void
close_all(const int *descriptors, int number)
{
    int before = errno;
    for (int at = 0; at < number; at++)
        if (descriptors[at] >= 0)
            close(descriptors[at]);
    errno = before;
}

/* Move the descriptors to the highest numbers that the limits allow. False when they allow none: then all are closed. */
static int
move_out_of_the_way(int descriptors[3])
{
    static const int least[] = WIRE_HIGH_NUMBERS;
    int moved[3] = {-1, -1, -1};
    for (int at = 0; at < 3; at++)
        for (size_t choice = 0; moved[at] < 0 && choice < sizeof(least) / sizeof(*least); choice++)
            moved[at] = fcntl(descriptors[at], F_DUPFD_CLOEXEC, least[choice]);
    close_all(descriptors, 3);
    memcpy(descriptors, moved, sizeof moved);
    if (moved[0] >= 0 && moved[1] >= 0 && moved[2] >= 0)
        return 1;
    close_all(moved, 3);
    return 0;
}

int
door_enter(const char *folder, int ends[3])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    ends[0] = ends[1] = ends[2] = -1;
    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", folder, WIRE_DOOR);
    if (length < 0 || (size_t)length >= sizeof address.sun_path)
        return ENAMETOOLONG;
    ends[0] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (ends[0] < 0 || connect(ends[0], (struct sockaddr *)&address, sizeof address) < 0
        || pipe2(ends + 1, O_NONBLOCK | O_CLOEXEC) < 0) {
        close_all(ends, 3);
        return errno;
    }
    return move_out_of_the_way(ends) ? 0 : errno;
}

const char enter_doc[] =
    "enter(folder)\n--\n\n"
    "Three descriptors: a connection to the monitor's socket in the folder, bytes, and both ends of a pipe. OSError at\n"
    "once when there can be none.";

PyObject *
enter(PyObject *module, PyObject *folder)
{
    (void)module;
    int ends[3];
    const char *name = PyBytes_AsString(folder);
    if (name == NULL)
        return NULL;
    errno = door_enter(name, ends);
    return errno ? PyErr_SetFromErrno(PyExc_OSError) : Py_BuildValue("iii", ends[0], ends[1], ends[2]);
}
