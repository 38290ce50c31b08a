/* What an agent says of itself: payloads of frames as `wire.py` has them, JSON in UTF-8. */

#include "parts.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "wire.h"
#include "words.h"

/* Of a command line: bytes of a word, and of all. A socket takes so much at once. */
enum { MOST_OF_ONE = 4096, MOST_OF_ALL = 32768, ROOM = 65536 };

typedef struct {
    char bytes[ROOM];
    size_t length;
} Text;

static void
add(Text *text, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int length = vsnprintf(text->bytes + text->length, ROOM - text->length, format, values);
    va_end(values);
    if (length > 0)
        text->length += (size_t)length < ROOM - text->length ? (size_t)length : ROOM - text->length - 1;
}

/* As a JSON string, cut at `most` bytes. */
static void
add_bytes(Text *text, const char *bytes, size_t length, size_t most)
{
    add(text, "\"");
    for (size_t at = 0; at < length; at++) {
        unsigned char one = (unsigned char)bytes[at];
        if (at >= most && (one & 0xC0) != 0x80) /* not within a character */
            break;
        if (one < ' ' || one == 0x7F)
            add(text, "\\u%04x", one);
        else if (one == '"' || one == '\\')
            add(text, "\\%c", one);
        else if (text->length < ROOM - 1)
            text->bytes[text->length++] = (char)one;
    }
    add(text, "\"");
}

static void
add_string(Text *text, PyObject *string)
{
    char *bytes = NULL;
    Py_ssize_t length = 0;
    PyObject *encoded = string == NULL ? NULL : PyUnicode_AsEncodedString(string, "utf-8", "replace");
    if (encoded == NULL || PyBytes_AsStringAndSize(encoded, &bytes, &length) < 0)
        PyErr_Clear();
    add_bytes(text, bytes, (size_t)length, MOST_OF_ONE);
    Py_XDECREF(encoded);
}

/* The words of a command line, as many as there is room for. */
static void
add_words(Text *text, PyObject *words)
{
    size_t end = text->length + MOST_OF_ALL;
    for (Py_ssize_t at = 0; words != NULL && PyList_Check(words) && at < PyList_Size(words); at++) {
        size_t before = text->length;
        PyObject *word = PyList_GetItem(words, at);
        if (at > 0)
            add(text, ",");
        add_string(text, PyUnicode_Check(word) ? word : NULL);
        if (text->length > end) {
            text->length = before;
            return;
        }
    }
}

static const char *
collector_kind(long version)
{
    PyObject *flags = PySys_GetObject("abiflags"); /* borrowed */
    PyObject *letter = flags == NULL ? NULL : PyUnicode_FromString("t");
    int is_free_threaded = letter != NULL && PyUnicode_Contains(flags, letter) == 1;
    Py_XDECREF(letter);
    if (is_free_threaded)
        return "free-threaded";
    return version >= 0x030e0000 && version < 0x030e0500 ? "incremental" : "generational"; /* collector.py says why */
}

static void
add_hello(Text *text, long interpreter, uint64_t started)
{
    PyObject *hexversion = PySys_GetObject("hexversion"), *words = PySys_GetObject("orig_argv");
    long version = hexversion == NULL ? 0 : PyLong_AsLong(hexversion);
    add(text, "{\"protocol\":%d,\"pid\":%ld,\"ppid\":%ld,\"started\":%llu,\"interpreter\":%ld,\"thread\":%lu,", WIRE_PROTOCOL,
        (long)getpid(), (long)getppid(), (unsigned long long)started, interpreter, PyThread_get_thread_ident());
    add(text, "\"python\":\"%ld.%ld.%ld\",\"build\":", version >> 24, version >> 16 & 0xFF, version >> 8 & 0xFF);
    add_string(text, PySys_GetObject("version"));
    add(text, ",\"collector\":\"%s\",\"executable\":", collector_kind(version));
    add_string(text, PySys_GetObject("executable"));
    add(text, ",\"argv\":[");
    add_words(text, words != NULL ? words : PySys_GetObject("argv"));
    add(text, "]}");
}

static PyObject *
finished(Text *text)
{
    PyObject *payload = PyBytes_FromStringAndSize(text->bytes, (Py_ssize_t)text->length);
    PyMem_Free(text);
    return payload;
}

PyObject *
hello_payload(long interpreter, uint64_t started)
{
    Text *text = PyMem_Malloc(sizeof *text);
    if (text == NULL)
        return PyErr_NoMemory();
    text->length = 0;
    add_hello(text, interpreter, started);
    return finished(text);
}

PyObject *
failure_payload(PyObject *reason, int is_last)
{
    Text *text = PyMem_Malloc(sizeof *text);
    if (text == NULL)
        return PyErr_NoMemory();
    text->length = 0;
    add(text, "{\"error\":");
    add_string(text, reason);
    add(text, ",\"last\":%s}", is_last ? "true" : "false");
    return finished(text);
}

const char hello_doc[] =
    "hello(interpreter, started)\n--\n\n"
    "The payload of HELLO: who is there. `started` is when the agent started, in monotonic nanoseconds.";

PyObject *
hello(PyObject *module, PyObject *arguments)
{
    (void)module;
    long interpreter;
    unsigned long long started;
    if (!PyArg_ParseTuple(arguments, "lK", &interpreter, &started))
        return NULL;
    return hello_payload(interpreter, started);
}
