/* The gc callback of the flight recorder, in C: what `callback.py` does in Python where this could not be built.

A callback written in Python is a Python function like any other. It is handed to the program's sys.settrace and
sys.setprofile functions, runs the program's signal handlers, fails at the recursion limit (where CPython 3.8 may even
abort), and lets other threads run. This one runs no Python code, calls nothing that checks the recursion limit (that is
why it is an object with a vectorcall, and no built-in function), keeps nothing that the collector tracks, takes no lock
and makes no system call. It costs a tenth of a microsecond or two.

Built against the limited API, one file serves every CPython from 3.8 on. */

#include "parts.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <structmember.h>

#include "ring.h"
#include "wire.h"

#define HAVE_VECTORCALL (1UL << 11) /* the limited API names it from 3.12 on; the bit is the same since 3.8 */
#define RECORD_WORDS (WIRE_RECORD_SIZE / 8)

enum { SLOTS = 4096, MOST_SITES = SLOTS / 2, MOST_NAME = 1000, MOST_FUNCTION = 200 };

typedef PyObject *(*vectorcall_function)(PyObject *, PyObject *const *, size_t, PyObject *);

/* A place in the program that has set off a collection. The code object is held, so that no other takes its address. */
typedef struct {
    PyObject *code;
    int line;
    uint32_t site;
} Place;

/* For a collection: nobody but the interpreter itself, or whoever called gc.collect(). */
typedef enum { NOBODY, SOMEBODY_PERHAPS, SOMEBODY } Asked;

typedef struct {
    PyObject_HEAD
    vectorcall_function vectorcall;
    Ring ring;
    uint64_t started, number;
    Asked asked;
    PyObject *spares[2];
    PyObject *generation, *collected, *uncollectable, *f_code, *co_filename, *co_names, *function_name;
    PyObject *candidates, *duration; /* NULL before 3.15, which is the first that tells them */
    PyObject *is_enabled, *get_count, *get_threshold; /* of the module gc */
    PyObject *own_folder, *folder; /* the agent's, a string; the session's, bytes */
    long interpreter;
    int frames_are_made; /* 3.11+: a frame object is made when it is asked for */
    int collects_late;   /* 3.12+: not in the allocation that passes the threshold, but soon after it */
    int site_count;
    Place *places; /* so many SLOTS, of which only those in use take memory: a short child has no more than a few */
} Callback;

static uint64_t
field(PyObject *info, PyObject *key)
{
    PyObject *value = PyDict_GetItem(info, key);
    long long number = value == NULL ? 0 : PyLong_AsLongLong(value);
    return number < 0 ? 0 : (uint64_t)number;
}

/* The pause in ns where the interpreter tells it, else as it was measured. */
static uint64_t
told_pause(Callback *self, PyObject *info, uint64_t measured)
{
    PyObject *value = self->duration == NULL ? NULL : PyDict_GetItem(info, self->duration);
    double seconds = value != NULL && PyFloat_Check(value) ? PyFloat_AsDouble(value) : 0;
    return seconds > 0 && seconds < 1e9 ? (uint64_t)(seconds * 1e9) : measured;
}

/* The candidates as the record has them. */
static uint64_t
told_candidates(Callback *self, PyObject *info)
{
    PyObject *value = self->candidates == NULL ? NULL : PyDict_GetItem(info, self->candidates);
    long long number = value == NULL ? -1 : PyLong_AsLongLong(value), most = WIRE_MOST_CANDIDATES;
    return number < 0 ? 0 : (uint64_t)(number < most ? number + 1 : most) << WIRE_CANDIDATES;
}

/* --- who asked --------------------------------------------------------------------------------------------------- */

/* A function without arguments of the module gc; NULL where something else has its name. */
static PyObject *
function_of(PyObject *gc, const char *name)
{
    PyObject *function = PyObject_GetAttrString(gc, name);
    if (function != NULL && PyCFunction_Check(function) && PyCFunction_GetFlags(function) == METH_NOARGS)
        return function;
    Py_XDECREF(function);
    PyErr_Clear();
    return NULL;
}

/* What it returns. Its C function is called and not the object, which would check the recursion limit. */
static PyObject *
ask(PyObject *function)
{
    return PyCFunction_GetFunction(function)(PyCFunction_GetSelf(function), NULL);
}

/* The three numbers that it returns. */
static void
ask_three(PyObject *function, long three[3])
{
    PyObject *told = ask(function);
    for (int at = 0; at < 3; at++)
        three[at] = told == NULL ? 0 : PyLong_AsLong(PyTuple_GetItem(told, at));
    Py_XDECREF(told);
}

/* Whether somebody has called for the full collection that starts now. The interpreter begins one of its own accord only
when the counts of generations 0 and 2 have passed their thresholds. From 3.12 on it waits for a place where it can be
interrupted, and by then the count of generation 0 may have sunk again, which is the doubt. */
static Asked
who_asks(Callback *self)
{
    long counts[3], thresholds[3];
    if (self->is_enabled == NULL || self->get_threshold == NULL || self->get_count == NULL)
        return NOBODY;
    PyObject *enabled = ask(self->is_enabled);
    Py_XDECREF(enabled);
    ask_three(self->get_threshold, thresholds);
    ask_three(self->get_count, counts);
    if (enabled != Py_True || thresholds[0] == 0 || counts[2] <= thresholds[2])
        return SOMEBODY;
    return counts[0] > thresholds[0] ? NOBODY : self->collects_late ? SOMEBODY_PERHAPS : SOMEBODY;
}

/* Whether the code that runs now has the word `collect` in it, as a call has. */
static int
names_collect(Callback *self)
{
    int is_there = 0;
    PyFrameObject *frame = PyEval_GetFrame();
    PyObject *code = frame == NULL ? NULL : PyObject_GetAttr((PyObject *)frame, self->f_code);
    PyObject *names = code == NULL ? NULL : PyObject_GetAttr(code, self->co_names);
    for (Py_ssize_t at = 0; names != NULL && !is_there && at < PyTuple_Size(names); at++)
        is_there = PyUnicode_CompareWithASCIIString(PyTuple_GetItem(names, at), "collect") == 0;
    Py_XDECREF(names);
    Py_XDECREF(code);
    return is_there;
}

/* --- where the program is ------------------------------------------------------------------------------------------ */

/* Up to `most` bytes of `text` in UTF-8 to `to`; how many. */
static size_t
copy_text(char *to, PyObject *text, size_t most)
{
    char *bytes;
    Py_ssize_t length;
    PyObject *encoded = text == NULL ? NULL : PyUnicode_AsEncodedString(text, "utf-8", "replace");
    if (encoded == NULL || PyBytes_AsStringAndSize(encoded, &bytes, &length) < 0)
        length = 0;
    if ((size_t)length > most)
        length = (Py_ssize_t)most;
    if (length > 0)
        memcpy(to, bytes, (size_t)length);
    Py_XDECREF(encoded);
    return (size_t)length;
}

/* Write the site into the ring as wire.SITE has it: its offset, or NO_SITE when the area is full. */
static uint32_t
write_site(Callback *self, PyObject *filename, PyObject *function, int line)
{
    char entry[8 + MOST_NAME + MOST_FUNCTION];
    uint64_t *used = self->ring.words + WIRE_SITES_USED, at = *used;
    uint32_t line_number = line > 0 ? (uint32_t)line : 0;
    size_t name_length = copy_text(entry + 8, filename, MOST_NAME);
    size_t function_length = copy_text(entry + 8 + name_length, function, MOST_FUNCTION);
    uint16_t lengths[2] = {(uint16_t)name_length, (uint16_t)function_length};
    size_t length = 8 + name_length + function_length;
    memcpy(entry, &line_number, 4);
    memcpy(entry + 4, lengths, 4);
    if (at + length > WIRE_SITES_SIZE)
        return WIRE_NO_SITE;
    memcpy((char *)self->ring.words + WIRE_SITES_OFFSET + at, entry, length);
    store(used, at + length);
    return (uint32_t)at;
}

static uint32_t
new_site(Callback *self, PyObject *code, int line)
{
    uint32_t site = WIRE_NO_SITE;
    PyObject *filename = PyObject_GetAttr(code, self->co_filename);
    PyObject *function = PyObject_GetAttr(code, self->function_name);
    if (filename != NULL && function != NULL) {
        if (PyUnicode_Tailmatch(filename, self->own_folder, 0, PY_SSIZE_T_MAX, -1) != 1)
            site = write_site(self, filename, function, line);
        else if (PyUnicode_CompareWithASCIIString(function, "collect") == 0)
            site = WIRE_FORCED_SITE;
        else if (PyUnicode_CompareWithASCIIString(function, "probe") == 0)
            site = WIRE_PROBE_SITE;
        else
            site = WIRE_AGENT_SITE;
    }
    Py_XDECREF(filename);
    Py_XDECREF(function);
    return site;
}

static uint32_t
site_now(Callback *self)
{
    uint32_t site = WIRE_NO_SITE;
    PyFrameObject *frame = PyEval_GetFrame(); /* borrowed; NULL when no Python code is running */
    PyObject *code = frame == NULL ? NULL : PyObject_GetAttr((PyObject *)frame, self->f_code);
    if (code == NULL)
        return site;
    int line = PyFrame_GetLineNumber(frame);
    size_t at = ((uintptr_t)code >> 4) + (size_t)line * 31;
    Place *place;
    while ((place = &self->places[at++ % SLOTS])->code != NULL) {
        if (place->code == code && place->line == line) {
            Py_DECREF(code);
            return place->site;
        }
    }
    if (self->site_count == MOST_SITES) {
        Py_DECREF(code);
        return site;
    }
    self->site_count++;
    place->site = site = new_site(self, code, line);
    place->line = line;
    place->code = code;
    return site;
}

static void
forget_places(Callback *self)
{
    for (int at = 0; at < SLOTS && self->site_count > 0; at++)
        if (self->places[at].code != NULL) {
            Py_CLEAR(self->places[at].code);
            self->site_count--;
        }
}

/* --- the callback -------------------------------------------------------------------------------------------------- */

/* An object whose end takes one from the collector's count of allocations: made when a collection starts, which zeroes
the count, and freed when it stops, for each object that the callback makes the interpreter allocate then. So
gc.get_count() after gc.collect() is what it is without us. */
static PyObject *
make_spare(void)
{
    PyObject *spare = PySet_New(NULL);
    if (spare != NULL)
        PyObject_GC_UnTrack(spare);
    return spare;
}

static void
start(Callback *self, PyObject *info)
{
    uint64_t generation = field(info, self->generation);
    self->asked = generation == 2 ? who_asks(self) : NOBODY;
    if (self->frames_are_made)
        self->spares[0] = make_spare();
    if (generation == 2) /* which empties the free list that `info` comes from otherwise */
        self->spares[1] = make_spare();
    self->started = nanoseconds();
    store(self->ring.words + WIRE_RUNNING, self->started << 2 | (generation & 3));
}

static void
stop(Callback *self, PyObject *info)
{
    uint64_t pause = told_pause(self, info, nanoseconds() - self->started), site = site_now(self);
    uint64_t *record = self->ring.words + WIRE_RECORDS_OFFSET / 8 + self->number % self->ring.capacity * RECORD_WORDS;
    store(record + 7, 0);
    record[0] = self->started;
    record[1] = pause;
    record[2] = (field(info, self->generation) & WIRE_GENERATION_BITS) | told_candidates(self, info);
    /* At its end the interpreter collects too, without any code of the program. */
    if (self->asked != NOBODY && site >= WIRE_FIRST_SITE && (self->asked == SOMEBODY || names_collect(self)))
        record[2] |= WIRE_BY_PROGRAM;
    record[3] = field(info, self->collected);
    record[4] = field(info, self->uncollectable);
    record[5] = (uint64_t)PyThread_get_thread_ident();
    record[6] = site;
    store(record + 7, ++self->number);
    store(self->ring.words + WIRE_WRITTEN, self->number);
    store(self->ring.words + WIRE_RUNNING, 0);
}

static void
observe(Callback *self, PyObject *phase, PyObject *info)
{
    if (self->ring.words == NULL || !*(volatile char *)self->ring.ours || !PyUnicode_Check(phase) || !PyDict_Check(info))
        return;
    if (PyUnicode_CompareWithASCIIString(phase, "start") == 0)
        start(self, info);
    else {
        stop(self, info);
        Py_CLEAR(self->spares[0]);
        Py_CLEAR(self->spares[1]);
    }
    PyErr_Clear(); /* of ours: a collection begins with none */
}

static PyObject *
callback_vectorcall(PyObject *self, PyObject *const *arguments, size_t flags, PyObject *names)
{
    (void)names;
    if ((flags & ~((size_t)1 << (8 * sizeof(size_t) - 1))) == 2)
        observe((Callback *)self, arguments[0], arguments[1]);
    Py_RETURN_NONE;
}

static PyObject *
callback_call(PyObject *self, PyObject *arguments, PyObject *names)
{
    PyObject *phase, *info;
    (void)names;
    if (!PyArg_ParseTuple(arguments, "OO", &phase, &info))
        return NULL;
    observe((Callback *)self, phase, info);
    Py_RETURN_NONE;
}

/* --- the object ---------------------------------------------------------------------------------------------------- */

PyDoc_STRVAR(open_ring_doc, "open_ring(capacity)\n--\n\n"
                            "Make a ring file of so many records for this process and record into it from now on,\n"
                            "into none other any more. OSError when there can be none: then all is as it was.");

static PyObject *
open_ring(PyObject *object, PyObject *argument)
{
    Callback *self = (Callback *)object;
    long capacity = PyLong_AsLong(argument);
    if (capacity <= 0) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "a ring has records");
        return NULL;
    }
    errno = ring_open(&self->ring, (size_t)capacity, PyBytes_AsString(self->folder), self->interpreter);
    if (errno)
        return PyErr_SetFromErrno(PyExc_OSError);
    forget_places(self);
    self->number = 0;
    Py_RETURN_NONE;
}

PyDoc_STRVAR(count_lost_child_doc, "count_lost_child()\n--\n\n"
                                   "Write into the present ring, which is the parent's, that this process has none.");

static PyObject *
count_lost_child(PyObject *object, PyObject *nothing)
{
    Callback *self = (Callback *)object;
    (void)nothing;
    if (self->ring.words != NULL)
        __atomic_add_fetch(self->ring.words + WIRE_CHILDREN_LOST, 1, __ATOMIC_RELEASE);
    Py_RETURN_NONE;
}

static PyObject *
callback_new(PyTypeObject *type, PyObject *arguments, PyObject *names)
{
    PyObject *gc, *own_folder, *folder, *version;
    long interpreter;
    (void)names;
    if (!PyArg_ParseTuple(arguments, "OUSl", &gc, &own_folder, &folder, &interpreter))
        return NULL;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Callback *self = (Callback *)allocate(type, 0);
    if (self == NULL)
        return NULL;
    self->places = PyMem_Calloc(SLOTS, sizeof(Place));
    if (self->places == NULL) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    self->vectorcall = callback_vectorcall;
    Py_INCREF(own_folder);
    self->own_folder = own_folder;
    Py_INCREF(folder);
    self->folder = folder;
    self->interpreter = interpreter;
    version = PySys_GetObject("hexversion"); /* borrowed */
    self->frames_are_made = version != NULL && PyLong_AsLong(version) >= 0x030b0000;
    self->collects_late = version != NULL && PyLong_AsLong(version) >= 0x030c0000;
    self->generation = PyUnicode_InternFromString("generation");
    self->collected = PyUnicode_InternFromString("collected");
    self->uncollectable = PyUnicode_InternFromString("uncollectable");
    self->f_code = PyUnicode_InternFromString("f_code");
    self->co_filename = PyUnicode_InternFromString("co_filename");
    self->co_names = PyUnicode_InternFromString("co_names");
    self->function_name = PyUnicode_InternFromString(self->frames_are_made ? "co_qualname" : "co_name");
    if (version != NULL && PyLong_AsLong(version) >= 0x030f0000) {
        self->candidates = PyUnicode_InternFromString("candidates");
        self->duration = PyUnicode_InternFromString("duration");
    }
    self->is_enabled = function_of(gc, "isenabled");
    self->get_count = function_of(gc, "get_count");
    self->get_threshold = function_of(gc, "get_threshold");
    if (PyErr_Occurred()) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static void
callback_dealloc(PyObject *object)
{
    Callback *self = (Callback *)object;
    PyTypeObject *type = Py_TYPE(object);
    ring_let_go(&self->ring);
    forget_places(self);
    PyMem_Free(self->places);
    PyObject *held[] = {
        self->spares[0], self->spares[1],   self->generation,    self->collected, self->uncollectable,
        self->f_code,    self->co_filename, self->function_name, self->own_folder,    self->folder,
        self->co_names,  self->duration,    self->candidates,  self->is_enabled,    self->get_count, self->get_threshold,
    };
    for (size_t at = 0; at < sizeof(held) / sizeof(*held); at++)
        Py_XDECREF(held[at]);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"open_ring", open_ring, METH_O, open_ring_doc},
    {"count_lost_child", count_lost_child, METH_NOARGS, count_lost_child_doc},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Callback, vectorcall), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot type_slots[] = {
    {Py_tp_doc, "Callback(gc, own_folder, folder, interpreter)\n--\n\n"
                "A callback for gc.callbacks that records into a ring in `folder`, bytes, once that is opened."},
    {Py_tp_new, callback_new},
    {Py_tp_dealloc, callback_dealloc},
    {Py_tp_call, callback_call},
    {Py_tp_methods, methods},
    {Py_tp_members, members},
    {0, NULL},
};

static PyType_Spec type_spec = {
    "_gctui_agent._native.Callback", sizeof(Callback), 0, Py_TPFLAGS_DEFAULT | HAVE_VECTORCALL, type_slots};

PyObject *
make_callback_type(void)
{
    PyObject *type = PyType_FromSpec(&type_spec);
    /* 3.8 does not know the member of that name. The field has stood there, after tp_dealloc, since the first Python. */
    if (type != NULL)
        *(Py_ssize_t *)((char *)type + sizeof(PyVarObject) + sizeof(char *) + 2 * sizeof(Py_ssize_t)
                        + sizeof(destructor)) = offsetof(Callback, vectorcall);
    return type;
}
