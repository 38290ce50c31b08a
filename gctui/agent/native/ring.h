/* A ring file, mapped. */

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t *words; /* NULL: there is none */
    size_t capacity; /* records */
    char *ours;      /* one page that the kernel empties in a forked child, however it was forked: the ring is not its */
} Ring;

/* Make a ring of so many records for this process and interpreter in the folder, and let the one before go. 0, or errno:
then all is as it was. */
extern int ring_open(Ring *ring, size_t capacity, const char *folder, long interpreter);
extern void ring_let_go(Ring *ring);
extern uint64_t nanoseconds(void);

/* A word, after all that was written before it. */
static inline void
store(uint64_t *word, uint64_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}
