/* A reading of tracemalloc by a child process: what the child leaves in memory that it shares with its parent. */

#include <Python.h>

#include <stdint.h>

enum { WORKING, DONE, NO_ROOM };

typedef struct {
    uint32_t state;                                    /* DONE: all else is there */
    uint32_t names, entries, tracebacks;               /* of the head of an ALLOCATIONS payload */
    uint64_t total_size, total_count, work_ns, length; /* `length`: of `columns` */
    char columns[];                                    /* what follows the head */
} Report;

/* Fill the report, whose columns have `most_bytes`, from the list that `_tracemalloc._get_traces` returned. It runs no
Python code. 0, or -1 when there was no room. */
int aggregate(Report *report, size_t most_bytes, PyObject *traces, size_t most, PyObject *own_folder, double mean);

/* Bytes of memory that this process may still take. */
uint64_t room_for_memory(void);
