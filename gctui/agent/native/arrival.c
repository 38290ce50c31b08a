/* How a process begins that is spoken to by nobody yet: all that `entry.begin` does in Python in the others, and in C,
since each of the many children of a program would have to load that. */

#include "parts.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "door.h"
#include "summons.h"
#include "visitor.h"
#include "wire.h"
#include "words.h"

/* --- what is in the environment: `entry.decode_settings` ------------------------------------------------------------ */

/* The folder, which follows integers by name; NULL where it is something else, which `entry.begin` refuses. */
static const char *
folder_of(const char *settings)
{
    for (const char *item = settings;; item++) {
        char *end;
        const char *value = item + strspn(item, "abcdefghijklmnopqrstuvwxyz_0123456789");
        if (value == item || *value != '=' || !(isdigit((unsigned char)value[1]) || value[1] == '-'))
            return NULL;
        strtoll(value + 1, &end, 10);
        if (*end == '\n')
            return end[1] == '/' ? end + 1 : NULL;
        if (*end != ',')
            return NULL;
        item = end;
    }
}

static const char *
next_item(const char *item)
{
    const char *end = strpbrk(item, ",\n");
    return end == NULL || *end == '\n' ? NULL : end + 1;
}

/* The number of that name; -1 where there is none. */
static long long
number(const char *item, const char *name)
{
    size_t length = strlen(name);
    for (; item != NULL; item = next_item(item))
        if (strncmp(item, name, length) == 0 && item[length] == '=')
            return strtoll(item + length + 1, NULL, 10);
    return -1;
}

/* Whether the user wants something of each process from its first line on, or of its children. */
static int
wants_an_agent(const char *item)
{
    for (; item != NULL; item = next_item(item))
        if (strncmp(item, "gc_", 3) == 0 || strncmp(item, "follow=", 7) == 0)
            return 1;
    return 0;
}

/* --- what kind of process it is ------------------------------------------------------------------------------------- */

static int
has_pipe(const char *settings)
{
    struct stat found;
    long long descriptor = number(settings, "read"), inode = number(settings, "read_inode");
    return descriptor >= 0 && descriptor <= INT_MAX && fstat((int)descriptor, &found) == 0
           && found.st_ino == (ino_t)inode;
}

static int
is_main_interpreter(void)
{
    PyObject *number = interpreter_number(NULL, NULL);
    int is_first = number != NULL && PyLong_AsLong(number) == 0;
    Py_XDECREF(number);
    return is_first;
}

/* --- the arrival ---------------------------------------------------------------------------------------------------- */

/* What records; None, and why, where there can be no ring. */
static PyObject *
make_recorder(PyObject *native, PyObject *gc, PyObject *own_folder, PyObject *folder, PyObject **why_not)
{
    PyObject *type = PyObject_GetAttrString(native, "Callback"), *type_of_error, *error, *traceback;
    PyObject *callback = type == NULL ? NULL : PyObject_CallFunction(type, "OOOi", gc, own_folder, folder, 0);
    PyObject *done = callback == NULL ? NULL : PyObject_CallMethod(callback, "open_ring", "i", WIRE_SMALL_CAPACITY);
    Py_XDECREF(type);
    Py_XDECREF(done);
    if (done != NULL)
        return callback;
    Py_XDECREF(callback);
    if (callback == NULL || !PyErr_ExceptionMatches(PyExc_OSError))
        return NULL;
    PyErr_Fetch(&type_of_error, &error, &traceback);
    PyErr_NormalizeException(&type_of_error, &error, &traceback);
    *why_not = PyUnicode_FromFormat("no flight recorder: %S", error);
    Py_XDECREF(type_of_error);
    Py_XDECREF(error);
    Py_XDECREF(traceback);
    if (*why_not == NULL)
        return NULL;
    Py_RETURN_NONE;
}

/* `*.py` of the agent, and what they are compiled to. */
static PyObject *
patterns_of(PyObject *own_folder)
{
    PyObject *external = PyImport_ImportModule("_frozen_importlib_external");
    PyObject *sources = PyUnicode_FromFormat("%U*.py", own_folder), *patterns = NULL, *source = NULL, *compiled = NULL;
    PyObject *cached = external == NULL || sources == NULL
                           ? NULL
                           : PyObject_CallMethod(external, "cache_from_source", "O", sources);
    if (cached != NULL && (source = PyUnicode_EncodeFSDefault(sources)) != NULL
        && (compiled = PyUnicode_EncodeFSDefault(cached)) != NULL)
        patterns = PyTuple_Pack(2, source, compiled);
    Py_XDECREF(external);
    Py_XDECREF(sources);
    Py_XDECREF(cached);
    Py_XDECREF(source);
    Py_XDECREF(compiled);
    return patterns;
}

/* Which of the agent's files is compiled last: `loading.NAMES` ends with it. */
#define LAST "shown"

/* Whether this version of Python has compiled them all before, or cannot. */
static int
is_complete(PyObject *patterns, PyObject *own_folder)
{
    struct stat found;
    char path[PATH_MAX];
    const char *pattern = PyBytes_AsString(PyTuple_GetItem(patterns, 1)), *star = strrchr(pattern, '*');
    int length = star == NULL ? -1 : snprintf(path, sizeof path, "%.*s" LAST "%s", (int)(star - pattern), pattern, star + 1);
    if (length < 0 || (size_t)length >= sizeof path || stat(path, &found) == 0)
        return 1;
    PyObject *encoded = PyUnicode_EncodeFSDefault(own_folder);
    int can_write = PySys_GetObject("dont_write_bytecode") != Py_True && encoded != NULL
                    && access(PyBytes_AsString(encoded), W_OK) == 0;
    Py_XDECREF(encoded);
    return !can_write;
}

/* What the interpreter calls from now on. */
static int
arrange(PyObject *visitor, PyObject *callback)
{
    static const char *const hooks[][2] = {
        {"before", "before_fork"}, {"after_in_parent", "start"}, {"after_in_child", "after_fork_in_child"}};
    PyObject *posix = PyImport_ImportModule("posix"), *atexit = PyImport_ImportModule("atexit");
    PyObject *register_at_fork = posix == NULL ? NULL : PyObject_GetAttrString(posix, "register_at_fork");
    PyObject *nothing = PyTuple_New(0), *names = PyDict_New(), *done = NULL;
    int failed = atexit == NULL || register_at_fork == NULL || nothing == NULL || names == NULL;
    for (size_t at = 0; !failed && at < sizeof hooks / sizeof *hooks; at++) {
        PyObject *hook = PyObject_GetAttrString(visitor, hooks[at][1]);
        failed = hook == NULL || PyDict_SetItemString(names, hooks[at][0], hook) < 0;
        Py_XDECREF(hook);
    }
    if (!failed) {
        done = PyObject_Call(register_at_fork, nothing, names);
        failed = done == NULL;
        Py_XDECREF(done);
    }
    if (!failed) {
        PyObject *leave = PyObject_GetAttrString(visitor, "leave");
        done = leave == NULL ? NULL : PyObject_CallMethod(atexit, "register", "O", leave);
        failed = done == NULL;
        Py_XDECREF(leave);
        Py_XDECREF(done);
    }
    failed = failed || (callback != Py_None && PyList_Append(((Visitor *)visitor)->callbacks, callback) < 0);
    Py_XDECREF(names);
    Py_XDECREF(nothing);
    Py_XDECREF(register_at_fork);
    Py_XDECREF(posix);
    Py_XDECREF(atexit);
    return failed ? -1 : 0;
}

const char visit_doc[] =
    "visit(value, own_folder, module, as_they_are)\n--\n\n"
    "Begin as a visitor, if this process is one: whether none of the agent's files is to be compiled, and None where it\n"
    "is none. `value`: what is in the environment. `own_folder` ends in a slash. `module`: where `entry.py` is run when\n"
    "somebody speaks. `as_they_are`: what was in modules of Python's, by their names, before the program could change them.";

PyObject *
visit(PyObject *native, PyObject *arguments)
{
    PyObject *value, *own_folder, *module, *as_they_are;
    PyObject *gc = NULL, *type = NULL, *folder = NULL, *patterns = NULL, *callback = NULL, *why_not = NULL, *visitor = NULL;
    int is_arranged = 0, nothing_is_left = 0;
    if (!PyArg_ParseTuple(arguments, "UUOO", &value, &own_folder, &module, &as_they_are))
        return NULL;
    PyObject *encoded = PyUnicode_EncodeFSDefault(value);
    const char *settings = encoded == NULL ? NULL : PyBytes_AsString(encoded);
    const char *place = settings == NULL ? NULL : folder_of(settings);
    if (place != NULL && !wants_an_agent(settings) && is_main_interpreter() && !has_pipe(settings)
        && (folder = PyBytes_FromString(place)) != NULL && (gc = PyImport_ImportModule("gc")) != NULL
        && (type = PyObject_GetAttrString(native, "Visitor")) != NULL && (patterns = patterns_of(own_folder)) != NULL
        && (callback = make_recorder(native, gc, own_folder, folder, &why_not)) != NULL)
        visitor = PyObject_CallFunction(type, "OOOO", callback, gc, folder, patterns);
    if (visitor != NULL && summon_with(visitor, native, module, value, own_folder, as_they_are) == 0) {
        if (door_is_open_to_us()) {
            visitor_come_in((Visitor *)visitor);
            if (why_not != NULL && visitor_is_in((Visitor *)visitor))
                visitor_say((Visitor *)visitor, WIRE_FAILURE, failure_payload(why_not, 0));
        }
        is_arranged = arrange(visitor, callback) == 0;
    }
    if (is_arranged) {
        visitor_start((Visitor *)visitor);
        nothing_is_left = is_complete(patterns, own_folder);
    }
    PyObject *held[] = {encoded, folder, gc, type, patterns, callback, why_not, visitor};
    for (size_t at = 0; at < sizeof held / sizeof *held; at++)
        Py_XDECREF(held[at]);
    if (PyErr_Occurred())
        return NULL;
    if (!is_arranged)
        Py_RETURN_NONE;
    return PyBool_FromLong(nothing_is_left);
}
