/* As much of CPython as the router calls: allocators, interpreters with their GILs, thread states, and a tracemalloc that
remembers each block it is shown. With `LIKE_3_8` there are only the functions that 3.8 has.

Included after router.c, in the same file, so that a test can also look into the router. */

#include <pthread.h>
#include <stdio.h>

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* --- interpreters and threads --------------------------------------------------------------------------------------- */

typedef struct {
    pthread_mutex_t *gil;
} Interpreter;

typedef struct {
    void *previous, *next;
    Interpreter *interpreter;
} ThreadState;

static pthread_mutex_t main_gil = PTHREAD_MUTEX_INITIALIZER;
static Interpreter main_interpreter = {&main_gil};

static _Thread_local ThreadState *attached; /* holds the GIL */
static _Thread_local ThreadState *first; /* of this thread, as PyGILState_GetThisThreadState has it */

static void
attach(ThreadState *thread)
{
    pthread_mutex_lock(thread->interpreter->gil);
    attached = thread;
    if (first == NULL)
        first = thread;
}

static ThreadState *
detach(void)
{
    ThreadState *thread = attached;
    attached = NULL;
    pthread_mutex_unlock(thread->interpreter->gil);
    return thread;
}

void *
PyInterpreterState_Main(void)
{
    return &main_interpreter;
}

void *
PyGILState_GetThisThreadState(void)
{
    return first;
}

#ifdef LIKE_3_8
void *
_PyThreadState_UncheckedGet(void)
{
    return attached;
}
#else
void *
PyThreadState_GetUnchecked(void)
{
    return attached;
}

void *
PyThreadState_GetInterpreter(void *thread)
{
    return ((ThreadState *)thread)->interpreter;
}
#endif

/* --- allocators: read at any time by threads that hold no GIL or another, so each is published as a whole ---------- */

static void *
plain_malloc(void *context, size_t size)
{
    (void)context;
    return malloc(size + !size);
}

static void *
plain_calloc(void *context, size_t number, size_t size)
{
    (void)context;
    return calloc(number + !number, size + !size);
}

static void *
plain_realloc(void *context, void *block, size_t size)
{
    (void)context;
    return realloc(block, size + !size);
}

static void
plain_free(void *context, void *block)
{
    (void)context;
    free(block);
}

enum { MOST_ALLOCATORS = 1 << 16 };

static Allocator allocators[MOST_ALLOCATORS] = {{NULL, plain_malloc, plain_calloc, plain_realloc, plain_free}};
static int allocators_used = 1;
static _Atomic(Allocator *) in_use[DOMAINS] = {allocators, allocators, allocators};

void
PyMem_GetAllocator(int domain, Allocator *allocator)
{
    *allocator = *in_use[domain];
}

void
PyMem_SetAllocator(int domain, Allocator *allocator)
{
    CHECK(allocators_used < MOST_ALLOCATORS);
    allocators[allocators_used] = *allocator;
    in_use[domain] = &allocators[allocators_used++];
}

/* --- tracemalloc ----------------------------------------------------------------------------------------------------- */

enum { TRACE_BITS = 20 };

typedef struct {
    uintptr_t block; /* 0: never used */
    size_t size;
    int is_traced;
} Trace;

static pthread_mutex_t tables = PTHREAD_MUTEX_INITIALIZER;
static Trace traces[1 << TRACE_BITS];
static int is_tracing, is_raw_shown;
static Allocator saved[DOMAINS];
static _Thread_local unsigned long shown; /* how many blocks it was shown by this thread */

static Trace *
trace_of(uintptr_t block)
{
    size_t at = (size_t)(block * 0xD6E8FEB86659FD93u >> (64 - TRACE_BITS));
    while (traces[at].block != 0 && traces[at].block != block)
        at = (at + 1) % (1 << TRACE_BITS);
    return &traces[at];
}

/* Its size; SIZE_MAX: it is not traced. */
static size_t
traced_size(void *block)
{
    pthread_mutex_lock(&tables);
    Trace *trace = trace_of((uintptr_t)block);
    size_t size = trace->is_traced ? trace->size : SIZE_MAX;
    pthread_mutex_unlock(&tables);
    return size;
}

static _Thread_local int is_inside; /* it hands out its traces, and holds `tables`: what is allocated then it ignores */

static void
remove_trace(void *block)
{
    if (is_inside)
        return;
    pthread_mutex_lock(&tables);
    trace_of((uintptr_t)block)->is_traced = 0;
    pthread_mutex_unlock(&tables);
}

/* As a thread of the main interpreter that holds its GIL: nobody else may show it anything, and a thread that is none yet
becomes one for the time. Such a one may have been on its way in when tracing began anew without the raw domain. */
static void *
add_trace(void *block, size_t size)
{
    if (is_inside)
        return block;
    static _Thread_local ThreadState for_the_time = {NULL, NULL, &main_interpreter};
    ThreadState *thread = attached != NULL ? attached : first != NULL ? first : &for_the_time;
    CHECK(thread->interpreter == &main_interpreter);
    int is_detached = attached == NULL;
    if (is_detached)
        pthread_mutex_lock(&main_gil);
    pthread_mutex_lock(&tables);
    if (block != NULL && is_tracing && (is_raw_shown || thread != &for_the_time)) {
        *trace_of((uintptr_t)block) = (Trace){(uintptr_t)block, size, 1};
        shown++;
    }
    pthread_mutex_unlock(&tables);
    if (is_detached)
        pthread_mutex_unlock(&main_gil);
    return block;
}

static void *
traced_malloc(void *context, size_t size)
{
    Allocator *below = context;
    return add_trace(below->malloc(below->context, size), size);
}

static void *
traced_calloc(void *context, size_t number, size_t size)
{
    Allocator *below = context;
    return add_trace(below->calloc(below->context, number, size), number * size);
}

static void *
traced_realloc(void *context, void *block, size_t size)
{
    Allocator *below = context;
    size_t before = is_inside ? SIZE_MAX : traced_size(block);
    remove_trace(block);
    void *moved = below->realloc(below->context, block, size);
    if (moved == NULL && before != SIZE_MAX)
        add_trace(block, before);
    return add_trace(moved, size);
}

static void
traced_free(void *context, void *block)
{
    Allocator *below = context;
    remove_trace(block);
    below->free(below->context, block);
}

#ifndef LIKE_3_8
/* Whom each new object is told to. */
static _Atomic(ReferenceTracer *) listener;
static _Thread_local unsigned long renewed; /* how many traced blocks this thread has made objects from */

ReferenceTracer *
PyRefTracer_GetTracer(void **data)
{
    *data = NULL;
    return listener;
}

int
PyRefTracer_SetTracer(ReferenceTracer *tracer, void *data)
{
    (void)data;
    listener = tracer;
    return 0;
}

enum { BEFORE_OBJECT = 32 }; /* bytes from a block's beginning to its object at the most, in two equal parts */

static int
traced_reference(void *object, int event, void *data)
{
    (void)data;
    CHECK(event == 0);
    for (size_t before = 0; before <= BEFORE_OBJECT; before += BEFORE_OBJECT / 2)
        renewed += traced_size((char *)object - before) != SIZE_MAX;
    return 0;
}
#endif

static void
tracemalloc_start(int with_raw)
{
    for (int domain = 0; domain < DOMAINS; domain++) {
        Allocator now;
        PyMem_GetAllocator(domain, &now);
        if (memcmp(&now, &saved[domain], sizeof now) != 0)
            saved[domain] = now;
        Allocator traced = {&saved[domain], traced_malloc, traced_calloc, traced_realloc, traced_free};
        PyMem_SetAllocator(domain, &traced);
    }
#ifndef LIKE_3_8
    PyRefTracer_SetTracer(traced_reference, NULL);
#endif
    pthread_mutex_lock(&tables);
    is_tracing = 1;
    is_raw_shown = with_raw;
    pthread_mutex_unlock(&tables);
}

static void
tracemalloc_stop(void)
{
    for (int domain = 0; domain < DOMAINS; domain++)
        PyMem_SetAllocator(domain, &saved[domain]);
#ifndef LIKE_3_8
    PyRefTracer_SetTracer(NULL, NULL);
#endif
    pthread_mutex_lock(&tables);
    is_tracing = 0;
    memset(traces, 0, sizeof traces);
    pthread_mutex_unlock(&tables);
}
