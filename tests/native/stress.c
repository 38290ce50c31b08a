/* stress SECONDS SEED hand|keep: the router under threads of several interpreters, while it is put in and taken out.

After each call of a thread of the main interpreter, and over all of its blocks now and then, it has to be so:
- tracemalloc is shown blocks of the main interpreter only (add_trace looks);
- the router knows exactly the blocks that tracemalloc was shown and that live; with `hand`, blocks go to other interpreters
  and are freed there: then it may know one that is gone, but tracemalloc must not;
- what is traced is traced with the size that it has. */

#define _DEFAULT_SOURCE /* usleep */

#include "../../gctui/agent/native/router.c"

#include "interpreter.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLOTS = 30000, OWN_SLOTS = 500, LARGEST = 300, MAIN_THREADS = 3, LETTERS = 64 };

static pthread_mutex_t other_gil = PTHREAD_MUTEX_INITIALIZER;
static Interpreter sharing_interpreter = {&main_gil}, other_interpreter = {&other_gil};

typedef struct {
    void *block;
    size_t size;
    int domain;
} Slot;

static Slot shared[SLOTS]; /* the main interpreter's, guarded by its GIL */
static int64_t mean_now = -1; /* -1: not tracing; guarded likewise */
static int most_bits;

static _Atomic int is_over;
static int hands_over;

/* Blocks on their way to another interpreter. */
static pthread_mutex_t mailbox = PTHREAD_MUTEX_INITIALIZER;
static Slot letters[LETTERS];
static int letters_waiting;

static _Thread_local uint64_t chance;

static uint32_t
random_below(uint32_t limit)
{
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((chance >> 32) * limit >> 32);
}

/* --- one call -------------------------------------------------------------------------------------------------------- */

static void
fill(Slot *slot)
{
    memset(slot->block, (int)slot->size & 255, slot->size);
}

static void
check_filled(Slot *slot)
{
    for (size_t at = 0; at < slot->size; at++)
        CHECK(((unsigned char *)slot->block)[at] == (slot->size & 255));
}

static void
allocate(Slot *slot, int domain, size_t size)
{
    Allocator *use = in_use[domain];
    *slot = (Slot){NULL, size, domain};
    if (random_below(3) == 0) {
        slot->block = use->calloc(use->context, 1, size);
        for (size_t at = 0; at < size; at++)
            CHECK(((char *)slot->block)[at] == 0);
    }
    else
        slot->block = use->malloc(use->context, size);
    CHECK(slot->block != NULL);
    fill(slot);
}

static void
reallocate(Slot *slot, size_t size)
{
    Allocator *use = in_use[slot->domain];
    check_filled(slot);
    void *moved = use->realloc(use->context, slot->block, size);
    CHECK(moved != NULL);
    *slot = (Slot){moved, size, slot->domain};
    fill(slot);
}

static void
release(Slot *slot)
{
    Allocator *use = in_use[slot->domain];
    check_filled(slot);
    use->free(use->context, slot->block);
    *slot = (Slot){NULL, 0, 0};
}

/* Anything, with one slot of an interpreter whose GIL is held; returns whether a block was made. */
static int
call(Slot *slot)
{
    if (slot->block == NULL)
        allocate(slot, random_below(4) == 0 ? RAW : random_below(2) ? MEM : OBJ, random_below(LARGEST));
    else if (random_below(3) == 0)
        reallocate(slot, random_below(LARGEST));
    else {
        release(slot);
        return 0;
    }
    return 1;
}

/* --- what has to be so ----------------------------------------------------------------------------------------------- */

static void
check_known(Slot *slot, int is_new, unsigned long shown_before)
{
    if (mean_now < 0)
        return;
    size_t traced = traced_size(slot->block);
    CHECK(traced == SIZE_MAX || traced == slot->size);
    if (is_new)
        CHECK((traced != SIZE_MAX) == (shown != shown_before));
    if (mean_now == 0)
        CHECK(!is_new || traced != SIZE_MAX);
    else if (slot->domain == RAW)
        CHECK(traced == SIZE_MAX);
    else if (traced != SIZE_MAX || !hands_over)
        CHECK(is_known((uintptr_t)slot->block) == (traced != SIZE_MAX));
}

/* Nothing is traced but what lives in `shared`, and in the exact mode with threads that hold no GIL, theirs. */
static void
check_all(void)
{
    size_t known = 0, live = 0, traced = 0;
    for (Slot *slot = shared; slot < shared + SLOTS; slot++)
        if (slot->block != NULL) {
            check_known(slot, 0, 0);
            known += mean_now > 0 && slot->domain != RAW && is_known((uintptr_t)slot->block);
            live += traced_size(slot->block) != SIZE_MAX;
        }
    if (mean_now <= 0)
        return;
    pthread_mutex_lock(&tables);
    for (size_t at = 0; at < 1 << TRACE_BITS; at++)
        traced += traces[at].is_traced;
    pthread_mutex_unlock(&tables);
    if (hands_over) /* one may be in the mail, or about to be freed */
        CHECK(traced >= live && traced <= live + LETTERS + 1);
    else {
        CHECK(traced == live && known == live);
        CHECK(used == live);
    }
    size_t in_table = 0;
    for (size_t at = 0; at < (size_t)1 << bits; at++)
        in_table += blocks[at] != 0;
    CHECK(in_table == used && used <= ((size_t)1 << bits) / 2);
    most_bits = bits > most_bits ? bits : most_bits;
}

/* --- the threads ----------------------------------------------------------------------------------------------------- */

/* tracemalloc hears of an object that is made from a block it knows. */
static void
check_told(Slot *slot)
{
#ifndef LIKE_3_8
    ReferenceTracer *tracer = listener;
    unsigned long before = renewed;
    if (tracer != NULL && slot->size > BEFORE_OBJECT) {
        tracer((char *)slot->block + random_below(3) * (BEFORE_OBJECT / 2), 0, NULL);
        CHECK(traced_size(slot->block) == SIZE_MAX || renewed != before);
    }
#else
    (void)slot;
#endif
}

static void
call_in_main(void)
{
    Slot *slot = &shared[random_below(SLOTS)];
    unsigned long before = shown;
    if (call(slot)) {
        check_known(slot, 1, before);
        check_told(slot);
    }
}

/* As tracemalloc does it: a list grows behind its lock. */
static void
read_traces(void)
{
    enum { TIMES = 30 };
    void *gone[TIMES];
    Slot list;
    allocate(&list, OBJ, 100);
    pthread_mutex_lock(&tables);
    is_inside = 1;
    for (int time = 0; time < TIMES; time++) {
        gone[time] = list.block;
        reallocate(&list, list.size + 100);
    }
    is_inside = 0;
    pthread_mutex_unlock(&tables);
    for (int time = 0; time < TIMES; time++)
        remove_trace(gone[time]); /* of which it was not told */
    release(&list);
}

static void
post(void)
{
    Slot *slot = &shared[random_below(SLOTS)];
    pthread_mutex_lock(&mailbox);
    if (slot->block != NULL && letters_waiting < LETTERS) {
        letters[letters_waiting++] = *slot;
        slot->block = NULL;
    }
    pthread_mutex_unlock(&mailbox);
}

/* What another interpreter does with what it was sent: frees it, or has it moved first. */
static void
open_post(void)
{
    Slot slot = {NULL, 0, 0};
    pthread_mutex_lock(&mailbox);
    if (letters_waiting > 0)
        slot = letters[--letters_waiting];
    pthread_mutex_unlock(&mailbox);
    if (slot.block == NULL)
        return;
    if (random_below(2)) {
        reallocate(&slot, random_below(LARGEST));
        CHECK(traced_size(slot.block) == SIZE_MAX);
    }
    release(&slot);
}

static void
calls_elsewhere(Slot *own)
{
    for (int number = 0; number < 50; number++) {
        unsigned long before = shown;
        call(&own[random_below(OWN_SLOTS)]);
        CHECK(shown == before);
    }
    if (hands_over)
        open_post();
}

/* Of the main interpreter; now and then it enters another one, with a GIL of its own or with the same. */
static void *
main_thread(void *number)
{
    static Slot visiting[MAIN_THREADS][2][OWN_SLOTS];
    Interpreter *visited[] = {&other_interpreter, &sharing_interpreter};
    ThreadState own = {NULL, NULL, &main_interpreter};
    chance = (uintptr_t)number;
    Slot (*slots)[OWN_SLOTS] = visiting[(uintptr_t)number % MAIN_THREADS];
    while (!is_over) {
        attach(&own);
        for (int call_number = 0; call_number < 200; call_number++)
            call_in_main();
        if (hands_over && random_below(4) == 0)
            post();
        if (random_below(4) == 0)
            read_traces();
        detach();
        if (random_below(8) == 0) {
            int where = (int)random_below(2);
            ThreadState there = {NULL, NULL, visited[where]};
            attach(&there);
            calls_elsewhere(slots[where]);
            detach();
        }
    }
    return NULL;
}

static void *
other_thread(void *number)
{
    ThreadState own = {NULL, NULL, &other_interpreter};
    chance = (uintptr_t)number;
    Slot *slots = calloc(OWN_SLOTS, sizeof *slots);
    while (!is_over) {
        attach(&own);
        calls_elsewhere(slots);
        detach();
    }
    for (Slot *slot = slots; slot < slots + OWN_SLOTS; slot++)
        if (slot->block != NULL)
            release(slot);
    free(slots);
    return NULL;
}

/* Without any thread state: the raw domain alone. */
static void *
foreign_thread(void *number)
{
    Slot slot = {NULL, 0, 0};
    chance = (uintptr_t)number;
    while (!is_over) {
        if (slot.block == NULL)
            allocate(&slot, RAW, random_below(LARGEST));
        else if (random_below(3) == 0)
            reallocate(&slot, random_below(LARGEST));
        else
            release(&slot);
    }
    if (slot.block != NULL)
        release(&slot);
    return NULL;
}

/* --- in, out, and a fork in between, by a thread that holds the main interpreter's GIL ------------------------------ */

static void
take_out(void)
{
    CHECK(mean_now < 0 || router_is_installed());
    if (mean_now >= 0)
        tracemalloc_stop();
    CHECK(!router_is_installed());
    mean_now = -1;
}

static void
put_in(int64_t bytes, uint64_t seed)
{
    router_look();
    pthread_mutex_lock(&other_gil); /* until the router is in, tracemalloc stands alone and would be shown theirs too */
    tracemalloc_start(bytes == 0);
    router_install(bytes, seed);
    pthread_mutex_unlock(&other_gil);
    CHECK(router_is_installed());
    mean_now = bytes;
}

#ifdef __SANITIZE_ADDRESS__
enum { CAN_FORK = 0 }; /* its malloc may be locked by another thread then, and stays so in the child */
#else
enum { CAN_FORK = 1 };
#endif

static void
fork_here(void)
{
    pthread_mutex_lock(&tables); /* that a fork finds them free is CPython's to see to */
    pid_t child = fork();
    pthread_mutex_unlock(&tables);
    CHECK(child >= 0);
    if (child == 0) {
        alarm(60);
        for (int number = 0; number < 5000; number++)
            call_in_main();
        check_all();
        _exit(0);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int
main(int count, char **words)
{
    CHECK(count == 4);
    uint64_t end = now() + (uint64_t)(atof(words[1]) * 1e9), seed = strtoull(words[2], NULL, 10);
    hands_over = strcmp(words[3], "hand") == 0;
    chance = seed;
    ThreadState own = {NULL, NULL, &main_interpreter};
    pthread_t threads[MAIN_THREADS + 3];
    int started = 0;
    for (uintptr_t number = 0; number < MAIN_THREADS; number++)
        pthread_create(&threads[started++], NULL, main_thread, (void *)(seed + number));
    for (uintptr_t number = 0; number < 2; number++)
        pthread_create(&threads[started++], NULL, other_thread, (void *)(seed + 10 + number));
    pthread_create(&threads[started++], NULL, foreign_thread, (void *)(seed + 20));

    int64_t means[] = {1, 100, 10, 1000, 0};
    int installs = 0, forks = 0;
    while (now() < end || installs < 6) {
        attach(&own);
        if (installs % 7 == 6)
            take_out();
        if (mean_now >= 0)
            take_out();
        put_in(means[installs % 5], seed + (uint64_t)installs);
        for (int number = 0; number < 20000; number++)
            call_in_main();
        installs++;
        detach();
        usleep(50000);
        attach(&own);
        check_all();
        if (CAN_FORK && installs % 3 == 0) {
            fork_here();
            forks++;
        }
        detach();
    }
    is_over = 1;
    for (int number = 0; number < started; number++)
        pthread_join(threads[number], NULL);
    attach(&own);
    check_all();
    for (Slot *slot = shared; slot < shared + SLOTS; slot++)
        if (slot->block != NULL)
            release(slot);
    while (letters_waiting > 0)
        release(&letters[--letters_waiting]);
    if (mean_now > 0) {
        CHECK(hands_over || used == 0);
        take_out();
    }
    detach();
    CHECK(most_bits > LEAST_BITS);
    printf("%d installations, %d forks, a table of %d places\n", installs, forks, 1 << most_bits);
    return 0;
}
