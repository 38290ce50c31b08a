/* Which allocations tracemalloc is shown. See router.c. */

#include <stddef.h>
#include <stdint.h>

/* To be called in this order, by a thread that holds the main interpreter's GIL: tracemalloc starts in between. */
void router_look(void);
/* `mean`: bytes between two samples on average; 0: every allocation is shown. */
void router_install(int64_t mean, uint64_t seed);

/* Whether what this router stands on is still there: whoever stops tracemalloc takes the router away with it. */
int router_is_installed(void);

/* Nanoseconds that the program has spent in tracemalloc's calls since the router was installed, from one timed call in
64; what the allocation itself takes is part of it. */
uint64_t router_cost(void);

/* How many of the sampled blocks are alive. To be called with the main interpreter's GIL. */
size_t router_samples(void);
