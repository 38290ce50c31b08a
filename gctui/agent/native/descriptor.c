/* A number of an open file that may not be ours any more: the program may have closed it and got it for a file of its own.
In C, so that there is no moment between the question and what is done: in Python other threads run meanwhile. */

#include "parts.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptor.h"

End
end_of(int number)
{
    struct stat found;
    End end = {-1, 0, 0};
    if (fstat(number, &found) == 0) {
        end.number = number;
        end.device = found.st_dev;
        end.inode = found.st_ino;
    }
    return end;
}

int
is_ours(const End *end)
{
    struct stat found;
    return end->number >= 0 && fstat(end->number, &found) == 0 && found.st_dev == end->device
           && found.st_ino == end->inode;
}

ssize_t
end_write(const End *end, const char *bytes, size_t length)
{
    if (!is_ours(end)) {
        errno = EBADF;
        return -1;
    }
    ssize_t written = send(end->number, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    return written < 0 && errno == ENOTSOCK ? write(end->number, bytes, length) : written;
}

void
end_close(End *end)
{
    if (is_ours(end))
        close(end->number);
    end->number = -1;
}

typedef struct {
    PyObject_HEAD
    End end;
} Descriptor;

PyDoc_STRVAR(is_ours_doc, "is_ours()\n--\n\nWhether the number still stands for what it stood for when this was made.");

static PyObject *
is_ours_method(PyObject *self, PyObject *nothing)
{
    (void)nothing;
    return PyBool_FromLong(is_ours(&((Descriptor *)self)->end));
}

PyDoc_STRVAR(read_doc, "read(most)\n--\n\n"
                       "Up to `most` bytes; empty at the end; None when it is not ours any more. BlockingIOError when there\n"
                       "is nothing yet.");

static PyObject *
read_method(PyObject *object, PyObject *argument)
{
    Descriptor *self = (Descriptor *)object;
    Py_ssize_t most = PyLong_AsSsize_t(argument);
    if (most < 0 && PyErr_Occurred())
        return NULL;
    if (!is_ours(&self->end))
        Py_RETURN_NONE;
    char *bytes = PyMem_Malloc((size_t)most);
    if (bytes == NULL)
        return PyErr_NoMemory();
    ssize_t length = read(self->end.number, bytes, (size_t)most);
    PyObject *found = length < 0 ? PyErr_SetFromErrno(PyExc_OSError) : PyBytes_FromStringAndSize(bytes, length);
    PyMem_Free(bytes);
    return found;
}

PyDoc_STRVAR(write_doc, "write(data)\n--\n\n"
                        "How many of the bytes went; None when it is not ours any more. BlockingIOError when there is no\n"
                        "room. A socket that nobody reads is an OSError and no SIGPIPE.");

static PyObject *
write_method(PyObject *object, PyObject *data)
{
    char *bytes;
    Py_ssize_t length;
    if (PyBytes_AsStringAndSize(data, &bytes, &length) < 0)
        return NULL;
    ssize_t written = end_write(&((Descriptor *)object)->end, bytes, (size_t)length);
    if (written >= 0)
        return PyLong_FromSsize_t(written);
    if (errno == EBADF)
        Py_RETURN_NONE;
    return PyErr_SetFromErrno(PyExc_OSError);
}

PyDoc_STRVAR(close_doc, "close()\n--\n\nClose it, if it is ours.");

static PyObject *
close_method(PyObject *self, PyObject *nothing)
{
    (void)nothing;
    end_close(&((Descriptor *)self)->end);
    Py_RETURN_NONE;
}

static PyObject *
number_getter(PyObject *self, void *nothing)
{
    (void)nothing;
    return PyLong_FromLong(((Descriptor *)self)->end.number);
}

static PyObject *
inode_getter(PyObject *self, void *nothing)
{
    (void)nothing;
    return PyLong_FromUnsignedLongLong(((Descriptor *)self)->end.inode);
}

static PyObject *
descriptor_new(PyTypeObject *type, PyObject *arguments, PyObject *names)
{
    int number;
    (void)names;
    if (!PyArg_ParseTuple(arguments, "i", &number))
        return NULL;
    End end = end_of(number);
    if (end.number < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    Descriptor *self = (Descriptor *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (self != NULL)
        self->end = end;
    return (PyObject *)self;
}

static void
descriptor_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"is_ours", is_ours_method, METH_NOARGS, is_ours_doc},
    {"read", read_method, METH_O, read_doc},
    {"write", write_method, METH_O, write_doc},
    {"close", close_method, METH_NOARGS, close_doc},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {
    {"number", number_getter, NULL, "-1 when it is closed.", NULL},
    {"inode", inode_getter, NULL, "That of the open file.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot type_slots[] = {
    {Py_tp_doc, "Descriptor(number)\n--\n\nOf a file that is open now. OSError where there is none."},
    {Py_tp_new, descriptor_new},
    {Py_tp_dealloc, descriptor_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {0, NULL},
};

static PyType_Spec type_spec = {"_gctui_agent._native.Descriptor", sizeof(Descriptor), 0, Py_TPFLAGS_DEFAULT, type_slots};

PyObject *
make_descriptor_type(void)
{
    return PyType_FromSpec(&type_spec);
}
