/* Stands between the interpreter and tracemalloc, and decides which allocations tracemalloc is shown.

Two reasons. Tracing everything makes a program several times slower: here one allocation in `mean` bytes is shown to it,
all others go straight to the allocator below. And tracemalloc does not survive interpreters beside the main one: it
keeps references to their file names beyond their end (3.12 and 3.14 crash when it lets go of them), and waits for itself
for ever (3.8 to 3.11): here it is never shown what is not the main interpreter's.

Sampling. Each thread counts its allocated bytes down from a number drawn from the exponential distribution; at 0 the
allocation is sampled and the next number drawn. Since that distribution has no memory, a block of n bytes is sampled
with probability p = 1 - exp(-n / mean), whatever came before, and counts for 1 / p blocks. A reallocated block is drawn
anew with its new size, so that this holds for the size that it has.

Threads. The raw domain, which is called without the GIL, is not sampled. The other two are called with a GIL held; only
the main interpreter's may change `blocks`, `seeds` and `generator`. A thread of another interpreter can reach no more
than its own count-down and `may_hold`, which is read and written with relaxed atomics: it may see an old value there,
but none for a block of its own, which only a holder of its own GIL could have put there. What it frees of the main
interpreter's, as 3.8's collector does, which is one for all, tracemalloc is told of behind a lock of its own, and
`blocks` is not: it may hold the address for longer, which costs a vain question when it is freed again.

A forked child goes on with what it has: there is no lock. tracemalloc.stop() puts its own allocators back and thereby
takes the router out; blocks that it marked are then freed by the allocator below, as they should be. No Python.h: the
few functions that are called have been the same in every CPython since 3.8, and a test can stand in for them. */

#define _POSIX_C_SOURCE 199309L /* clock_gettime */

#include "blocks.h"
#include "router.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#ifdef __GLIBC__
#define PER_THREAD __attribute__((tls_model("initial-exec"))) _Thread_local /* 3 times as fast as what dlopen expects */
#else
#define PER_THREAD _Thread_local
#endif

typedef struct {
    void *context;
    void *(*malloc)(void *context, size_t size);
    void *(*calloc)(void *context, size_t number, size_t size);
    void *(*realloc)(void *context, void *block, size_t size);
    void (*free)(void *context, void *block);
} Allocator;

enum { RAW, MEM, OBJ, DOMAINS };

extern void PyMem_GetAllocator(int domain, Allocator *allocator);
extern void PyMem_SetAllocator(int domain, Allocator *allocator);
extern void *PyInterpreterState_Main(void);
extern void *PyGILState_GetThisThreadState(void);
/* The same function: it was renamed in 3.13. */
extern void *_PyThreadState_UncheckedGet(void) __attribute__((weak));
extern void *PyThreadState_GetUnchecked(void) __attribute__((weak));
/* From 3.13 on. */
typedef int ReferenceTracer(void *object, int event, void *data);
extern ReferenceTracer *PyRefTracer_GetTracer(void **data) __attribute__((weak));
extern int PyRefTracer_SetTracer(ReferenceTracer *tracer, void *data) __attribute__((weak));
/* From 3.9 on. In 3.8, which changes no more, it is the third word. */
extern void *PyThreadState_GetInterpreter(void *thread) __attribute__((weak));

typedef struct {
    Allocator below, tracing;
} Domain;

static Domain domains[DOMAINS];
static ReferenceTracer *reference_tracer; /* tracemalloc's */
static void *reference_data;
static int64_t mean;

/* --- whose allocation it is ---------------------------------------------------------------------------------------- */

enum owner { OTHER, MAIN, NOBODY };

static enum owner
owner(void)
{
    void *thread = PyThreadState_GetUnchecked != NULL ? PyThreadState_GetUnchecked() : _PyThreadState_UncheckedGet();
    if (thread == NULL) /* it has let go of the GIL; tracemalloc would take it again, as this thread */
        thread = PyGILState_GetThisThreadState();
    if (thread == NULL)
        return NOBODY;
    void *interpreter = PyThreadState_GetInterpreter != NULL ? PyThreadState_GetInterpreter(thread) : ((void **)thread)[2];
    return interpreter == PyInterpreterState_Main() ? MAIN : OTHER;
}

/* --- letting tracemalloc forget a block that lives on, or is gone already -------------------------------------------- */

static void
free_nothing(void *context, void *block)
{
    (void)context;
    (void)block;
}

/* By its own `free`, whose context is the allocator that it calls. PyTraceMalloc_Untrack would wait for ever for a
lock that this thread may hold itself: 3.14 holds it while it hands out traces, and only its own functions know that. */
static void
untrack(void *block)
{
    static Allocator nothing = {NULL, NULL, NULL, NULL, free_nothing};
    domains[OBJ].tracing.free(&nothing, block);
}

/* --- what tracing costs --------------------------------------------------------------------------------------------- */

enum { TIMED_ONE_IN = 64 };

static _Atomic uint64_t cost; /* ns, of one traced call in TIMED_ONE_IN */

static uint64_t
now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Whether this call is one of those that are timed. */
static int
is_timed(void)
{
    static PER_THREAD uint32_t calls;
    return calls++ % TIMED_ONE_IN == 0;
}

static void
add_cost(uint64_t began)
{
    atomic_fetch_add_explicit(&cost, now() - began, memory_order_relaxed);
}

uint64_t
router_cost(void)
{
    return atomic_load_explicit(&cost, memory_order_relaxed) * TIMED_ONE_IN;
}

/* --- which allocations are sampled --------------------------------------------------------------------------------- */

enum { LOOK = 64 << 10 }; /* bytes after which a thread sees at the latest that there is another installation */

static PER_THREAD int64_t left; /* bytes until `reached` looks */
static PER_THREAD int64_t beyond; /* and from there to the next sample */
static PER_THREAD uint32_t drawn_for; /* for which installation they were drawn */
static uint32_t installation;
static uint64_t generator;

static int64_t
draw(void)
{
    /* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016. */
    generator ^= generator >> 12;
    generator ^= generator << 25;
    generator ^= generator >> 27;
    double uniform = (double)(((generator * 0x2545F4914F6CDD1Du) >> 11) + 1) * 0x1p-53; /* 0 < uniform <= 1 */
    return (int64_t)(-log(uniform) * (double)mean) + 1;
}

static void
count_down_from(int64_t number)
{
    left = number < LOOK ? number : LOOK;
    beyond = number - left;
}

/* Whether the allocation that ended the count-down is sampled. */
static __attribute__((noinline)) int
reached(size_t size)
{
    if (owner() != MAIN) { /* nor does it count down: the thread may come back to the main interpreter any time */
        left = 0;
        drawn_for = 0;
        return 0;
    }
    if (drawn_for != installation) { /* a thread's first: it has not counted down from a number yet */
        drawn_for = installation;
        left = -(int64_t)size;
        beyond = draw();
    }
    int64_t missing = beyond + left;
    count_down_from(missing > 0 ? missing : draw());
    return missing <= 0 && has_room();
}

/* Whether to ask `reached`. */
static inline int
is_due(size_t size)
{
    left -= (int64_t)size;
    return __builtin_expect(left <= 0, 0);
}

/* Whether to ask `is_traced`. */
static inline int
may_be_traced(uintptr_t block)
{
    return __builtin_expect(atomic_load_explicit(filter(block), memory_order_relaxed) != 0, 0);
}

static int
is_traced(uintptr_t block)
{
    if (owner() == MAIN)
        return is_known(block);
    untrack((void *)block); /* its own it does not know, and finds nothing */
    return 0;
}

size_t
router_samples(void)
{
    return used;
}

/* --- what tracemalloc is shown, and how long it takes ------------------------------------------------------------- */

static void *
show_malloc(Allocator *tracing, size_t size)
{
    if (!is_timed())
        return tracing->malloc(tracing->context, size);
    uint64_t began = now();
    void *block = tracing->malloc(tracing->context, size);
    add_cost(began);
    return block;
}

static void *
show_calloc(Allocator *tracing, size_t number, size_t size)
{
    if (!is_timed())
        return tracing->calloc(tracing->context, number, size);
    uint64_t began = now();
    void *block = tracing->calloc(tracing->context, number, size);
    add_cost(began);
    return block;
}

static void *
show_realloc(Allocator *tracing, void *block, size_t size)
{
    if (!is_timed())
        return tracing->realloc(tracing->context, block, size);
    uint64_t began = now();
    void *moved = tracing->realloc(tracing->context, block, size);
    add_cost(began);
    return moved;
}

static void
show_free(Allocator *tracing, void *block)
{
    if (!is_timed()) {
        tracing->free(tracing->context, block);
        return;
    }
    uint64_t began = now();
    tracing->free(tracing->context, block);
    add_cost(began);
}

/* --- one in `mean` bytes ------------------------------------------------------------------------------------------- */

static void *
known(void *block)
{
    if (block != NULL)
        remember((uintptr_t)block);
    return block;
}

/* What is rare has functions of its own, so that nothing is saved on the stack for it in the others. */

static __attribute__((noinline)) void *
malloc_when_due(Domain *domain, size_t size)
{
    if (reached(size))
        return known(show_malloc(&domain->tracing, size));
    return domain->below.malloc(domain->below.context, size);
}

static __attribute__((noinline)) void *
calloc_when_due(Domain *domain, size_t number, size_t size)
{
    if (reached(number * size))
        return known(show_calloc(&domain->tracing, number, size));
    return domain->below.calloc(domain->below.context, number, size);
}

static __attribute__((noinline)) void *
realloc_when_due(Domain *domain, void *block, size_t size, int is_due)
{
    int was = block != NULL && may_be_traced((uintptr_t)block) && is_traced((uintptr_t)block);
    int is = is_due && reached(size);
    void *moved = is ? show_realloc(&domain->tracing, block, size)
                     : domain->below.realloc(domain->below.context, block, size);
    if (moved == NULL)
        return NULL; /* `block` is as it was */
    if (was) {
        forget((uintptr_t)block);
        if (!is)
            untrack(block);
    }
    return is ? known(moved) : moved;
}

static __attribute__((noinline)) void
free_if_traced(Domain *domain, void *block)
{
    if (is_traced((uintptr_t)block)) {
        forget((uintptr_t)block);
        show_free(&domain->tracing, block);
    }
    else
        domain->below.free(domain->below.context, block);
}

static void *
sample_malloc(void *context, size_t size)
{
    Domain *domain = context;
    if (is_due(size))
        return malloc_when_due(domain, size);
    return domain->below.malloc(domain->below.context, size);
}

static void *
sample_calloc(void *context, size_t number, size_t size)
{
    Domain *domain = context;
    if (is_due(number * size)) /* one that overflows is refused, sampled or not */
        return calloc_when_due(domain, number, size);
    return domain->below.calloc(domain->below.context, number, size);
}

static void *
sample_realloc(void *context, void *block, size_t size)
{
    Domain *domain = context;
    int due = is_due(size);
    if (due || may_be_traced((uintptr_t)block))
        return realloc_when_due(domain, block, size, due);
    return domain->below.realloc(domain->below.context, block, size);
}

static void
sample_free(void *context, void *block)
{
    Domain *domain = context;
    if (may_be_traced((uintptr_t)block))
        free_if_traced(domain, block);
    else
        domain->below.free(domain->below.context, block);
}

/* From 3.13 on, each new object is told to a function of tracemalloc's, which looks behind a lock whether it knows its block:
one from a free list gets the traceback of its new use. Most are none that it could know. A block begins before its object
with what the collector, and what a dict and weak references of its own need: two words each. */
static int
sample_reference(void *object, int event, void *data)
{
    (void)data;
    uintptr_t block = (uintptr_t)object, part = 2 * sizeof(void *);
    if (may_be_traced(block) || may_be_traced(block - part) || may_be_traced(block - 2 * part))
        return reference_tracer(object, event, reference_data);
    return 0;
}

static void
sample_references(void)
{
    if (PyRefTracer_GetTracer == NULL)
        return;
    void *data;
    ReferenceTracer *tracer = PyRefTracer_GetTracer(&data);
    if (tracer == NULL)
        return;
    if (tracer != reference_tracer || data != reference_data) {
        reference_tracer = tracer;
        reference_data = data;
    }
    PyRefTracer_SetTracer(sample_reference, NULL);
}

/* --- all that is not another interpreter's -------------------------------------------------------------------------- */

static void *
trace_malloc(void *context, size_t size)
{
    Domain *domain = context;
    if (owner() == OTHER)
        return domain->below.malloc(domain->below.context, size);
    return show_malloc(&domain->tracing, size);
}

static void *
trace_calloc(void *context, size_t number, size_t size)
{
    Domain *domain = context;
    if (owner() == OTHER)
        return domain->below.calloc(domain->below.context, number, size);
    return show_calloc(&domain->tracing, number, size);
}

static void *
trace_realloc(void *context, void *block, size_t size)
{
    Domain *domain = context;
    if (owner() != OTHER)
        return show_realloc(&domain->tracing, block, size);
    if (block != NULL)
        untrack(block); /* a raw one may have been the main interpreter's */
    return domain->below.realloc(domain->below.context, block, size);
}

static void
trace_free(void *context, void *block)
{
    Domain *domain = context;
    show_free(&domain->tracing, block); /* tracemalloc looks whether it knows it */
}

/* --- in and out ---------------------------------------------------------------------------------------------------- */

/* Only if it is another than the last time: threads that do not hold the main interpreter's GIL may be reading it. */
static void
look(int domain, Allocator *last)
{
    Allocator now;
    PyMem_GetAllocator(domain, &now);
    if (memcmp(&now, last, sizeof now) != 0)
        *last = now;
}

void
router_look(void)
{
    for (int domain = 0; domain < DOMAINS; domain++)
        look(domain, &domains[domain].below);
}

void
router_install(int64_t bytes, uint64_t seed)
{
    mean = bytes;
    generator = seed | 1;
    installation++;
    left = 0;
    if (blocks != NULL)
        memset(blocks, 0, sizeof *blocks << bits);
    used = 0;
    atomic_store_explicit(&cost, 0, memory_order_relaxed);
    for (size_t at = 0; at < sizeof may_hold; at++)
        atomic_store_explicit(&may_hold[at], 0, memory_order_relaxed);
    for (int domain = 0; domain < DOMAINS; domain++) {
        Allocator sampling = {&domains[domain], sample_malloc, sample_calloc, sample_realloc, sample_free};
        Allocator tracing = {&domains[domain], trace_malloc, trace_calloc, trace_realloc, trace_free};
        look(domain, &domains[domain].tracing);
        PyMem_SetAllocator(domain, mean == 0 ? &tracing : domain == RAW ? &domains[domain].below : &sampling);
    }
    if (mean != 0)
        sample_references();
}

int
router_is_installed(void)
{
    Allocator now;
    PyMem_GetAllocator(OBJ, &now);
    return now.context == &domains[OBJ];
}
