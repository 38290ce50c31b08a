/* The blocks that tracemalloc knows, summed up by traceback, line and file, as `allocations.py` does it in Python.

For a child process that must not run any: another thread may have asked for the GIL, or the collector may be due, when
it was forked, and the evaluation of Python code would then wait for a thread that does not exist, or run the finalizers
of the program. What this keeps, it keeps in pages of its own, since any other thread may have held a lock of malloc.
tracemalloc hands out each traceback, and each file name, as one shared object: its address tells it from all others. */

#include "reading.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { FOLDED = 0x80, MOST_FRAMES = 100, MOST_NAME = 4096 }; /* as in wire.py and allocations.py */

typedef struct {
    PyObject *key; /* a traceback, or a file name */
    uint64_t line; /* of a file, 0: all of it */
    double size, count, size_variance, count_variance;
    uint64_t samples;
} Group;

typedef struct {
    Group *groups;
    uint32_t *slots; /* numbers of groups, from 1 */
    size_t number, mask;
} Table;

/* An empty table for so many groups at the most; 0, or -1. */
static int
make_table(Table *table, size_t most)
{
    size_t slots = 16;
    while (slots < 2 * most)
        slots *= 2;
    size_t bytes = slots * sizeof *table->slots;
    char *pages = mmap(NULL, bytes + (most + 1) * sizeof *table->groups, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED)
        return -1;
    *table = (Table){(Group *)(void *)(pages + bytes), (uint32_t *)(void *)pages, 0, slots - 1};
    return 0;
}

static Group *
group_of(Table *table, PyObject *key, uint64_t line)
{
    uint64_t hash = ((uint64_t)(uintptr_t)key / 16 + line * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    for (size_t at = hash >> 20;; at++) {
        uint32_t *slot = &table->slots[at & table->mask];
        if (*slot == 0) {
            *slot = (uint32_t)++table->number;
            Group *made = &table->groups[*slot - 1];
            made->key = key;
            made->line = line;
            return made;
        }
        Group *found = &table->groups[*slot - 1];
        if (found->key == key && found->line == line)
            return found;
    }
}

static void
add(Group *to, const Group *more)
{
    to->size += more->size;
    to->count += more->count;
    to->size_variance += more->size_variance;
    to->count_variance += more->count_variance;
    to->samples += more->samples;
}

/* What one block stands for: see `_estimate` in allocations.py. */
static Group
worth(double size, long domain, double mean)
{
    double missed = mean == 0 || domain != 0 ? 0 : exp(-size / mean);
    double weight = 1 / (1 - missed), spread = missed * weight * weight;
    return (Group){NULL, 0, size * weight, weight, size * size * spread, spread, 1};
}

static int
larger_first(const void *left, const void *right)
{
    double less = ((const Group *)left)->size, more = ((const Group *)right)->size;
    return (less < more) - (less > more);
}

/* Sorted, which makes the table useless for looking up: its first `most`, the others added to `rest` by `line`. */
static size_t
keep(Table *table, size_t most, Table *rest, int by_line)
{
    qsort(table->groups, table->number, sizeof *table->groups, larger_first);
    for (size_t number = most; number < table->number; number++) {
        Group *group = &table->groups[number];
        PyObject *name = group->key;
        uint64_t line = 0;
        if (by_line) {
            PyObject *frame = PyTuple_GetItem(group->key, 0);
            name = PyTuple_GetItem(frame, 0);
            line = PyLong_AsUnsignedLongLong(PyTuple_GetItem(frame, 1));
        }
        add(group_of(rest, name, line), group);
    }
    return table->number < most ? table->number : most;
}

/* --- what is sent --------------------------------------------------------------------------------------------------- */

typedef struct {
    char *at, *end; /* `at` NULL: there was no room */
} Writer;

static void
put(Writer *to, const void *bytes, size_t length)
{
    if (to->at == NULL || (size_t)(to->end - to->at) < length) {
        to->at = NULL;
        return;
    }
    memcpy(to->at, bytes, length);
    to->at += length;
}

static void
put_number(Writer *to, uint64_t number, size_t length)
{
    put(to, &number, length); /* little-endian, as every machine that CPython has wheels for but one */
}

static void
put_name(Writer *to, PyObject *name)
{
    char *bytes;
    Py_ssize_t length;
    PyObject *encoded = PyUnicode_AsEncodedString(name, "utf-8", "replace");
    if (encoded == NULL || PyBytes_AsStringAndSize(encoded, &bytes, &length) < 0) {
        to->at = NULL;
        return;
    }
    length = length < MOST_NAME ? length : MOST_NAME;
    put_number(to, (uint64_t)length, 2);
    put(to, bytes, (size_t)length);
    Py_DECREF(encoded);
}

static Py_ssize_t
frames_of(const Group *group)
{
    if (!PyTuple_Check(group->key))
        return 1;
    Py_ssize_t number = PyTuple_Size(group->key);
    return number < MOST_FRAMES ? number : MOST_FRAMES;
}

static PyObject *
place_of(const Group *group, Py_ssize_t number, uint64_t *line)
{
    *line = group->line;
    if (!PyTuple_Check(group->key))
        return group->key;
    PyObject *frame = PyTuple_GetItem(group->key, number);
    *line = PyLong_AsUnsignedLongLong(PyTuple_GetItem(frame, 1));
    return PyTuple_GetItem(frame, 0);
}

static uint64_t
whole(double number)
{
    return (uint64_t)(number + 0.5);
}

static int
pack(Report *report, size_t most_bytes, const Group *entries, size_t number, double mean)
{
    Writer to = {report->columns, report->columns + most_bytes};
    Table names;
    uint64_t line;
    size_t places = 0;
    for (size_t at = 0; at < number; at++)
        places += (size_t)frames_of(&entries[at]);
    if (make_table(&names, places) < 0)
        return -1;
    for (size_t at = 0; at < number; at++) {
        report->total_size += whole(entries[at].size);
        report->total_count += whole(entries[at].count);
        for (Py_ssize_t frame = 0; frame < frames_of(&entries[at]); frame++)
            group_of(&names, place_of(&entries[at], frame, &line), 0);
    }
    for (size_t at = 0; at < names.number; at++)
        put_name(&to, names.groups[at].key);
    for (size_t at = 0; at < number; at++)
        put_number(&to, whole(entries[at].size), 8);
    for (size_t at = 0; at < number; at++)
        put_number(&to, whole(entries[at].count), 8);
    for (size_t at = 0; at < number; at++)
        put_number(&to, PyTuple_Check(entries[at].key) ? (uint64_t)frames_of(&entries[at]) : 1 | FOLDED, 1);
    for (size_t at = 0; at < number; at++)
        for (Py_ssize_t frame = 0; frame < frames_of(&entries[at]); frame++) {
            PyObject *name = place_of(&entries[at], frame, &line);
            put_number(&to, (uint64_t)(group_of(&names, name, 0) - names.groups), 4);
            put_number(&to, line, 4);
        }
    for (size_t at = 0; mean != 0 && at < number; at++)
        put_number(&to, entries[at].samples, 8);
    for (size_t at = 0; mean != 0 && at < number; at++)
        put(&to, &entries[at].size_variance, 8);
    for (size_t at = 0; mean != 0 && at < number; at++)
        put(&to, &entries[at].count_variance, 8);
    report->names = (uint32_t)names.number;
    report->entries = (uint32_t)number;
    report->length = to.at == NULL ? 0 : (uint64_t)(to.at - report->columns);
    return to.at == NULL ? -1 : 0;
}

int
aggregate(Report *report, size_t most_bytes, PyObject *traces, size_t most, PyObject *own_folder, double mean)
{
    Table tracebacks, all, lines, files;
    size_t blocks = (size_t)PyList_Size(traces);
    if (make_table(&all, blocks) < 0)
        return -1;
    for (size_t at = 0; at < blocks; at++) {
        PyObject *trace = PyList_GetItem(traces, (Py_ssize_t)at);
        double size = (double)PyLong_AsUnsignedLongLong(PyTuple_GetItem(trace, 1));
        Group one = worth(size, PyLong_AsLong(PyTuple_GetItem(trace, 0)), mean);
        add(group_of(&all, PyTuple_GetItem(trace, 2), 0), &one);
    }
    if (make_table(&tracebacks, all.number) < 0)
        return -1;
    for (size_t at = 0; at < all.number; at++) {
        PyObject *frames = all.groups[at].key, *name = PyTuple_GetItem(PyTuple_GetItem(frames, 0), 0);
        if (PyUnicode_Tailmatch(name, own_folder, 0, PY_SSIZE_T_MAX, -1) != 1)
            add(group_of(&tracebacks, frames, 0), &all.groups[at]);
    }
    size_t rest = tracebacks.number > most ? tracebacks.number - most : 0;
    if (make_table(&lines, rest) < 0 || make_table(&files, rest) < 0)
        return -1;
    size_t kept = keep(&tracebacks, most, &lines, 1), by_line = keep(&lines, most, &files, 0);
    keep(&files, files.number, &files, 0);
    size_t number = kept + by_line + files.number;
    Table entries;
    if (make_table(&entries, number) < 0)
        return -1;
    memcpy(entries.groups, tracebacks.groups, kept * sizeof(Group));
    memcpy(entries.groups + kept, lines.groups, by_line * sizeof(Group));
    memcpy(entries.groups + kept + by_line, files.groups, files.number * sizeof(Group));
    report->tracebacks = (uint32_t)tracebacks.number;
    return pack(report, most_bytes, entries.groups, number, mean);
}
