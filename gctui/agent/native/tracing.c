/* tracemalloc started beneath the router. */

#include "parts.h"
#include "router.h"

const char start_tracing_doc[] =
    "start_tracing(start, clear, frames, mean, seed)\n--\n\n"
    "Call `start(frames)`, which starts tracemalloc, and show it one allocation in `mean` bytes on average, 0 = all, and\n"
    "only those of the main interpreter. tracemalloc must not be tracing. `clear()` makes it forget what it was shown\n"
    "before the router stood in front of it. Sampling begins from `seed`.";

PyObject *
start_tracing(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *start, *clear;
    int frames;
    long long mean;
    unsigned long long seed;
    if (!PyArg_ParseTuple(arguments, "OOiLK", &start, &clear, &frames, &mean, &seed))
        return NULL;
    router_look();
    PyObject *result = PyObject_CallFunction(start, "i", frames);
    if (result == NULL)
        return NULL;
    router_install(mean, seed);
    Py_DECREF(result);
    return PyObject_CallObject(clear, NULL);
}

const char is_tracing_ours_doc[] =
    "is_tracing_ours()\n--\n\nWhether what `start_tracing` has started goes on: no one has stopped it since.";

PyObject *
is_tracing_ours(PyObject *module, PyObject *nothing)
{
    (void)module;
    (void)nothing;
    return PyBool_FromLong(router_is_installed());
}

const char tracing_cost_doc[] =
    "tracing_cost()\n--\n\nNanoseconds spent in tracemalloc since it was started, estimated from one call in 64.";

PyObject *
tracing_cost(PyObject *module, PyObject *nothing)
{
    (void)module;
    (void)nothing;
    return PyLong_FromUnsignedLongLong(router_cost());
}

const char live_samples_doc[] = "live_samples()\n--\n\nHow many of the sampled blocks are alive; 0 where every one is traced.";

PyObject *
live_samples(PyObject *module, PyObject *nothing)
{
    (void)module;
    (void)nothing;
    return PyLong_FromSize_t(router_samples());
}
