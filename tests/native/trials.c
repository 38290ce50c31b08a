/* trials SEED NUMBER MEAN MIB: how a heap is estimated from its samples, on stdout.

The heap is made anew NUMBER times, MIB in size, of the same sites in a random order: some allocate small blocks, some
large ones, some a mixture, some lists that grow; half as much again is allocated and freed in between. The truth comes first,
"site SITE SIZE COUNT", then each sampled block of each trial, "TRIAL SITE SIZE". No memory is behind the blocks. */

#include "../../gctui/agent/native/router.c"

#include "interpreter.h"

#include <inttypes.h>

enum { SPACING = 16 }; /* between one block's address and the next: none is used twice */

static uintptr_t next_address = SPACING;

static void *
empty_malloc(void *context, size_t size)
{
    (void)context;
    (void)size;
    return (void *)(next_address += SPACING);
}

static void *
empty_realloc(void *context, void *block, size_t size)
{
    (void)context;
    (void)block;
    (void)size;
    return (void *)(next_address += SPACING);
}

static void
empty_free(void *context, void *block)
{
    (void)context;
    (void)block;
}

static uint64_t chance;

static uint64_t
random_word(void)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return chance * 0x9E3779B97F4A7C15u;
}

/* --- the sites ------------------------------------------------------------------------------------------------------- */

typedef struct {
    unsigned share; /* of the heap, per mille */
    size_t least, most; /* bytes of one block: the powers of two in between, in turn */
    int grows; /* by an eighth at a time, from 88 bytes on, as lists do */
} Site;

static const Site sites[] = {
    {250, 64, 64, 0},       {160, 1000, 1000, 0},     {120, 16, 65536, 0},  {100, 32768, 32768, 0},
    {80, 600000, 600000, 0}, {70, 4096, 1048576, 0},  {60, 3000, 3000, 1},  {50, 2000000, 2000000, 0},
    {40, 500, 500, 0},      {30, 128, 4096, 0},       {20, 100000, 100000, 1}, {12, 56, 56, 0},
    {8, 200, 200, 0},
};
enum { SITES = sizeof sites / sizeof *sites };

static size_t
size_of(const Site *site, uint64_t number)
{
    unsigned steps = 1;
    for (size_t size = site->least; size < site->most; size *= 2)
        steps++;
    return site->least << number % steps;
}

typedef struct {
    uint64_t left[SITES], count[SITES], size[SITES];
} Heap;

/* --- one trial ------------------------------------------------------------------------------------------------------- */

static int trial;

static void *
make(const Site *site, size_t size)
{
    Allocator *use = in_use[OBJ];
    if (!site->grows)
        return use->malloc(use->context, size);
    size_t now = 88;
    void *block = use->malloc(use->context, now);
    while (now < size) {
        now = now + now / 8 < size ? now + now / 8 : size;
        block = use->realloc(use->context, block, now);
    }
    return block;
}

static void
release(void *block)
{
    in_use[OBJ]->free(in_use[OBJ]->context, block);
}

/* In the order of a shuffled heap: each site in proportion to what it has still to allocate. */
static void
fill(Heap *heap, uint64_t heap_size)
{
    memset(heap, 0, sizeof *heap);
    uint64_t left = 0;
    for (int site = 0; site < SITES; site++)
        left += heap->left[site] = heap_size / 1000 * sites[site].share;
    while (left > 0) {
        uint64_t at = random_word() % left;
        int site = 0;
        while (at >= heap->left[site])
            at -= heap->left[site++];
        /* Many at a time of the small ones; else the shuffling is all that is timed. */
        size_t bytes = 0;
        do {
            size_t size = size_of(&sites[site], heap->count[site]);
            unsigned long before = shown;
            void *block = make(&sites[site], size);
            if (shown != before && traced_size(block) != SIZE_MAX)
                printf("%d %d %zu\n", trial, site, traced_size(block));
            if (random_word() % 2)
                release(make(&sites[site], size));
            heap->count[site]++;
            heap->size[site] += size;
            bytes += size;
        } while (bytes < 30000 && bytes < heap->left[site]);
        uint64_t done = bytes < heap->left[site] ? bytes : heap->left[site];
        heap->left[site] -= done;
        left -= done;
    }
}

int
main(int count, char **words)
{
    CHECK(count == 5);
    uint64_t seed = strtoull(words[1], NULL, 10), heap_size = strtoull(words[4], NULL, 10) << 20;
    int trials = atoi(words[2]);
    long mean_bytes = atol(words[3]);
    static Heap truth, heap;
    Allocator empty = {NULL, empty_malloc, NULL, empty_realloc, empty_free};
    for (int domain = 0; domain < DOMAINS; domain++)
        PyMem_SetAllocator(domain, &empty);
    ThreadState own = {NULL, NULL, &main_interpreter};
    attach(&own);
    chance = seed;
    fill(&truth, heap_size);
    for (int site = 0; site < SITES; site++)
        printf("site %d %" PRIu64 " %" PRIu64 "\n", site, truth.size[site], truth.count[site]);
    for (trial = 0; trial < trials; trial++) {
        chance = seed + (uint64_t)trial;
        router_look();
        tracemalloc_start(0);
        router_install(mean_bytes, 2 * (seed + (uint64_t)trial));
        fill(&heap, heap_size);
        CHECK(memcmp(heap.count, truth.count, sizeof heap.count) == 0);
        tracemalloc_stop();
    }
    detach();
    return 0;
}
