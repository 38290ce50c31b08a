/* Which blocks tracemalloc knows: a hash table with linear probing, and a filter in front of it. A part of router.c, in a
file of its own; what its threads may do with it is said there. */

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

enum { FILTER_BITS = 14, LEAST_BITS = 12 };

static uintptr_t *blocks; /* 0: never used */
static int bits;
static size_t used;
static _Atomic uint8_t may_hold[1 << FILTER_BITS]; /* how many blocks have this hash; 255 stays for good */

static uint64_t
hash(uintptr_t block)
{
    return (uint64_t)block * 0x9E3779B97F4A7C15u;
}

static _Atomic uint8_t *
filter(uintptr_t block)
{
    return &may_hold[hash(block) >> (64 - FILTER_BITS)];
}

static void
count_in_filter(uintptr_t block, int change)
{
    uint8_t now = atomic_load_explicit(filter(block), memory_order_relaxed);
    if (now != UINT8_MAX)
        atomic_store_explicit(filter(block), (uint8_t)(now + change), memory_order_relaxed);
}

/* Where the block is, or where it would go. */
static size_t
place(uintptr_t block)
{
    size_t mask = ((size_t)1 << bits) - 1, at = hash(block) >> (64 - bits);
    while (blocks[at] != 0 && blocks[at] != block)
        at = (at + 1) & mask;
    return at;
}

static int
is_known(uintptr_t block)
{
    return blocks != NULL && blocks[place(block)] == block;
}

/* Twice as large, or the first. */
static int
grow(void)
{
    uintptr_t *before = blocks;
    size_t size = before == NULL ? 0 : (size_t)1 << bits;
    int more = before == NULL ? LEAST_BITS : bits + 1;
    uintptr_t *larger = calloc((size_t)1 << more, sizeof *larger);
    if (larger == NULL)
        return 0;
    blocks = larger;
    bits = more;
    for (size_t at = 0; at < size; at++)
        if (before[at] != 0)
            blocks[place(before[at])] = before[at];
    free(before);
    return 1;
}

/* Room for one more, so that what tracemalloc is shown can also be remembered. */
static int
has_room(void)
{
    return (blocks != NULL && used < ((size_t)1 << bits) / 2) || grow();
}

static void
remember(uintptr_t block)
{
    size_t at = place(block);
    if (blocks[at] == block)
        return;
    blocks[at] = block;
    used++;
    count_in_filter(block, 1);
}

static void
forget(uintptr_t block)
{
    size_t mask = ((size_t)1 << bits) - 1, hole = place(block);
    for (size_t at = (hole + 1) & mask; blocks[at] != 0; at = (at + 1) & mask) {
        size_t home = hash(blocks[at]) >> (64 - bits);
        if (((at - home) & mask) >= ((at - hole) & mask)) { /* it may stand in the hole */
            blocks[hole] = blocks[at];
            hole = at;
        }
    }
    blocks[hole] = 0;
    used--;
    count_in_filter(block, -1);
}
