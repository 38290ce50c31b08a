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

/* What this process runs by `-c`, as far as that is known; "" where it runs something else. Before Python 3.10, which is the
first to keep it, only the system knows. */
static void
copy_code(char *code, size_t room)
{
    char words[4096];
    PyObject *kept = PySys_GetObject("orig_argv"); /* borrowed */
    *code = '\0';
    for (Py_ssize_t at = 1; kept != NULL && PyList_Check(kept) && at < PyList_Size(kept); at++)
        if (PyUnicode_CompareWithASCIIString(PyList_GetItem(kept, at - 1), "-c") == 0) {
            PyObject *encoded = PyUnicode_AsEncodedString(PyList_GetItem(kept, at), "utf-8", "replace");
            snprintf(code, room, "%s", encoded == NULL ? "" : PyBytes_AsString(encoded));
            Py_XDECREF(encoded);
            PyErr_Clear();
            return;
        }
    if (kept != NULL)
        return;
    int descriptor = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t length = descriptor < 0 ? 0 : read(descriptor, words, sizeof words - 1);
    if (descriptor >= 0)
        close(descriptor);
    const char *end = words + (length < 0 ? 0 : length), *word = words;
    words[end - words] = '\0';
    while (word < end && strcmp(word, "-c") != 0)
        word += strlen(word) + 1;
    if (word < end)
        word += strlen(word) + 1;
    if (word < end)
        snprintf(code, room, "%s", word);
}

int
door_is_open_to_us(void)
{
    static const char *const helpers[] = WIRE_HELPERS;
    char code[4096];
    copy_code(code, sizeof code);
    for (size_t at = 0; at < sizeof helpers / sizeof *helpers; at++)
        if (strstr(code, helpers[at]) != NULL)
            return 0;
    return 1;
}

const char is_open_doc[] =
    "is_open_to_us()\n--\n\n"
    "False for the helpers of multiprocessing, in which no thread is started.";

PyObject *
is_open_to_us(PyObject *module, PyObject *nothing)
{
    (void)module;
    (void)nothing;
    return PyBool_FromLong(door_is_open_to_us());
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
