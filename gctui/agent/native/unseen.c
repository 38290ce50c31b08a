/* Calls that the program's trace functions do not see. */

#include "parts.h"

/* From 3.11 on; missing ones are NULL. */
extern void PyThreadState_EnterTracing(PyThreadState *) __attribute__((weak));
extern void PyThreadState_LeaveTracing(PyThreadState *) __attribute__((weak));

/* Where 3.8, 3.9 and 3.10, which change no more, have `int tracing` in their public struct of a thread's state. */
#define TRACING_OFFSET 44

static void
suspend_tracing(int change)
{
    PyThreadState *state = PyThreadState_Get();
    if (PyThreadState_EnterTracing == NULL || PyThreadState_LeaveTracing == NULL)
        *(int *)((char *)state + TRACING_OFFSET) += change;
    else if (change > 0)
        PyThreadState_EnterTracing(state);
    else
        PyThreadState_LeaveTracing(state);
}

static PyObject *
call_unseen(PyObject *function, PyObject *nothing)
{
    (void)nothing;
    suspend_tracing(1);
    PyObject *result = PyObject_CallObject(function, NULL);
    suspend_tracing(-1);
    return result;
}

static PyMethodDef unseen_call = {"unseen", call_unseen, METH_NOARGS, "Calls what it was made of."};

const char unseen_doc[] =
    "unseen(function)\n--\n\n"
    "A callable without arguments that calls `function` with tracing, profiling and, from 3.12 on, monitoring\n"
    "suspended in its thread.";

PyObject *
unseen(PyObject *module, PyObject *function)
{
    (void)module;
    return PyCFunction_NewEx(&unseen_call, function, NULL);
}
