/* Makes and maps the file of a flight recorder, whose layout is that of `wire.py`. */

#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ring.h"
#include "wire.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

/* What time.monotonic_ns() reads. */
uint64_t
nanoseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static size_t
size(const Ring *ring)
{
    return WIRE_RECORDS_OFFSET + ring->capacity * WIRE_RECORD_SIZE;
}

static int
write_header(int descriptor, pid_t pid, long interpreter, uint64_t started, size_t capacity)
{
    uint64_t words[WIRE_HEADER_WORDS] = {0};
    PyObject *version = PySys_GetObject("hexversion"); /* borrowed */
    words[WIRE_MAGIC] = WIRE_RING_MAGIC;
    words[WIRE_FORMAT] = WIRE_RING_FORMAT;
    words[WIRE_CAPACITY] = capacity;
    words[WIRE_SITES_BYTES] = WIRE_SITES_SIZE;
    words[WIRE_PID] = (uint64_t)pid;
    words[WIRE_PARENT] = (uint64_t)getppid();
    words[WIRE_INTERPRETER] = (uint64_t)interpreter;
    words[WIRE_STARTED] = started;
    words[WIRE_VERSION] = version == NULL ? 0 : (uint64_t)PyLong_AsLong(version);
    words[WIRE_SITES_USED] = WIRE_FIRST_SITE;
    return pwrite(descriptor, words, sizeof words, 0) == (ssize_t)sizeof words ? 0 : errno ? errno : EIO;
}

/* Reserve the file now, not at the first write: a full file system must be an error here, not a SIGBUS in the program.
And hold a shared lock on it, which the kernel frees however the last process that maps the file ends: that is how the
monitor knows that nothing more will be written. On a file system without locks the file stays until the session ends. */
static int
map(int descriptor, pid_t pid, long interpreter, uint64_t started, Ring *ring)
{
    int failed = fchmod(descriptor, S_IRUSR | S_IWUSR) < 0 ? errno : 0; /* whatever the program's umask takes away */
    if (!failed)
        failed = posix_fallocate(descriptor, 0, (off_t)size(ring));
    if (!failed)
        failed = write_header(descriptor, pid, interpreter, started, ring->capacity);
    if (failed)
        return failed;
    flock(descriptor, LOCK_SH | LOCK_NB);
    ring->words = mmap(NULL, size(ring), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (ring->words == MAP_FAILED)
        return errno;
    ring->ours = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (ring->ours == MAP_FAILED) {
        failed = errno;
        munmap(ring->words, size(ring));
        return failed;
    }
    madvise(ring->ours, 1, MADV_WIPEONFORK); /* before Linux 4.14 only forks that run Python's own hooks are noticed */
    *ring->ours = 1;
    return 0;
}

int
ring_open(Ring *ring, size_t capacity, const char *folder, long interpreter)
{
    char path[PATH_MAX], unfinished[PATH_MAX + 4];
    Ring made = {.capacity = capacity};
    pid_t pid = getpid();
    uint64_t started = nanoseconds();
    int length = snprintf(path, sizeof path, "%s/%ld-%ld-%llu.ring", folder, (long)pid, interpreter,
                          (unsigned long long)started);
    if (length < 0 || (size_t)length >= sizeof path)
        return ENAMETOOLONG;
    snprintf(unfinished, sizeof unfinished, "%s.new", path); /* the monitor never sees half a header */
    int descriptor = open(unfinished, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (descriptor < 0)
        return errno;
    int failed = map(descriptor, pid, interpreter, started, &made);
    close(descriptor);
    if (!failed && rename(unfinished, path) < 0) {
        failed = errno;
        ring_let_go(&made);
    }
    if (failed) {
        unlink(unfinished);
        return failed;
    }
    ring_let_go(ring);
    *ring = made;
    return 0;
}

void
ring_let_go(Ring *ring)
{
    if (ring->words != NULL)
        munmap(ring->words, size(ring));
    if (ring->ours != NULL)
        munmap(ring->ours, 1);
    ring->words = NULL;
    ring->ours = NULL;
}
