/* tracemalloc read by a child process, so that the program goes on meanwhile: it is stopped only for as long as the
kernel copies its page tables.

The program must not notice the child. fork() would run what the program's libraries have registered with
pthread_atfork, and the child's end would send a SIGCHLD and be found by wait(-1). A bare clone with 0 as exit signal does
neither: such a child is found only by who asks with __WALL or __WCLONE, and Python's own hooks, warning and audit event belong to
os.fork(). What fork() does besides is to take malloc's locks, so that none is held in the child by a thread that does not
exist there. Here one may be held, for the nanoseconds that a thread without the GIL is in malloc or in tracemalloc's
free(): then the child waits for ever, and is killed when its time is over. That is rare, and costs one snapshot.

The child runs the calling thread alone, which has all signals blocked and holds the GIL. It never gives it back, for it
runs no Python code (aggregate.c). It closes all descriptors at once, so that no reader waits for it, and answers in
shared memory: a pipe would take two of the program's descriptor numbers, if only for a moment. */

#include "parts.h"
#include "reading.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum { PAGES = 8 << 20, LESS_URGENT = 5, LOOK_EVERY_US = 50000 };

typedef struct {
    pid_t pid, parent; /* `pid` 0: it has ended */
    Report *report;
    uint64_t stall_ns;
} Reading;

static uint64_t
now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* --- in the child --------------------------------------------------------------------------------------------------- */

static pid_t parent;

static void
leave(void)
{
    syscall(SYS_exit_group, 0);
}

/* Also when it waits for a lock that nobody will release. */
static void
leave_with_parent(int number)
{
    (void)number;
    if (getppid() != parent)
        leave();
}

static void
close_all(void)
{
    struct rlimit files;
    if (syscall(SYS_close_range, 0, UINT_MAX, 0) == 0 || getrlimit(RLIMIT_NOFILE, &files) < 0)
        return;
    for (int number = 0; (rlim_t)number < files.rlim_cur && number < INT_MAX; number++)
        close(number);
}

/* Room for so many bytes more than it has now, and the first to go when the machine has none. Whether there is so much:
while it lives, all that the program changes is copied. Of the addresses a quarter becomes memory. */
static int
limit_memory(size_t bytes)
{
    char text[64] = {0}, *resident = text;
    int file = open("/proc/self/statm", O_RDONLY);
    if (file >= 0 && read(file, text, sizeof text - 1) > 0) {
        rlim_t page = (rlim_t)sysconf(_SC_PAGESIZE), most = strtoull(text, &resident, 10) * page + bytes;
        struct rlimit space;
        if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur > most) {
            space.rlim_cur = most;
            setrlimit(RLIMIT_AS, &space);
        }
        if (room_for_memory() < strtoull(resident, NULL, 10) * page + bytes / 4)
            return 0;
    }
    int score = open("/proc/self/oom_score_adj", O_WRONLY);
    if (score >= 0 && write(score, "1000", 4) < 0)
        errno = 0; /* then all are equal */
    return 1;
}

/* Whether there is room for it. */
static int
keep_to_itself(size_t memory)
{
    close_all();
    setpgid(0, 0); /* what is sent to the program's group is not for it; above all, it is not stopped with it */
    prctl(PR_SET_NAME, "gctui snapshot");
    int has_room = limit_memory(memory);
    close_all();
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    prctl(PR_SET_DUMPABLE, 0); /* nor is a core written into a pipe */
    if (nice(LESS_URGENT) < 0)
        errno = 0;
    struct sigaction action = {.sa_handler = leave_with_parent, .sa_flags = SA_RESTART};
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, LOOK_EVERY_US}, {0, LOOK_EVERY_US}}, NULL);
    sigprocmask(SIG_UNBLOCK, &alarm, NULL);
    return has_room;
}

/* --- in the parent -------------------------------------------------------------------------------------------------- */

static int
has_ended(Reading *reading)
{
    if (reading->pid != 0 && waitpid(reading->pid, NULL, WNOHANG | __WALL) != 0)
        reading->pid = 0; /* or the program has waited for it: then its number is not ours any more */
    return reading->pid == 0;
}

static void
end_reading(PyObject *capsule)
{
    Reading *reading = PyCapsule_GetPointer(capsule, NULL);
    if (reading->parent == getpid() && !has_ended(reading)) {
        kill(reading->pid, SIGKILL);
        Py_BEGIN_ALLOW_THREADS
        waitpid(reading->pid, NULL, __WALL);
        Py_END_ALLOW_THREADS
    }
    munmap(reading->report, PAGES);
    free(reading);
}

const char begin_reading_doc[] =
    "begin_reading(disable, get_traces, most, own_folder, mean, memory)\n--\n\n"
    "A child process that calls `disable()` of gc and `get_traces()` of tracemalloc, and sums up what that returns, with\n"
    "`memory` bytes at the most. It lives as long as this object does; its answer is `reading_result`. To be called with\n"
    "all signals blocked. OSError when there can be none.";

PyObject *
begin_reading(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *disable, *get_traces, *own_folder;
    Py_ssize_t most, memory;
    double mean;
    if (!PyArg_ParseTuple(arguments, "OOnUdn", &disable, &get_traces, &most, &own_folder, &mean, &memory))
        return NULL;
    Report *report = mmap(NULL, PAGES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (report == MAP_FAILED)
        return PyErr_SetFromErrno(PyExc_OSError);
    Reading *reading = malloc(sizeof *reading);
    if (reading == NULL) {
        munmap(report, PAGES);
        return PyErr_NoMemory();
    }
    parent = getpid();
    uint64_t began = now(CLOCK_MONOTONIC);
    pid_t pid = (pid_t)syscall(SYS_clone, 0, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        if (!keep_to_itself((size_t)memory)) {
            __atomic_store_n(&report->state, NO_ROOM, __ATOMIC_RELEASE);
            leave();
        }
        PyObject *done = PyObject_CallObject(disable, NULL), *traces = PyObject_CallObject(get_traces, NULL);
        if (done != NULL && traces != NULL &&
            aggregate(report, PAGES - sizeof *report, traces, (size_t)most, own_folder, mean) == 0) {
            report->work_ns = now(CLOCK_PROCESS_CPUTIME_ID);
            __atomic_store_n(&report->state, DONE, __ATOMIC_RELEASE);
        }
        leave();
    }
    *reading = (Reading){pid, parent, report, now(CLOCK_MONOTONIC) - began};
    if (pid < 0) {
        PyErr_SetFromErrno(PyExc_OSError);
        munmap(report, PAGES);
        free(reading);
        return NULL;
    }
    return PyCapsule_New(reading, NULL, end_reading);
}

const char reading_result_doc[] =
    "reading_result(reading)\n--\n\n"
    "None: it goes on. (): the child has ended without one. Else (size, blocks, stall in ns, processor time in ns, names,\n"
    "entries, tracebacks, columns) for an ALLOCATIONS payload. MemoryError: there was none for a child.";

PyObject *
reading_result(PyObject *module, PyObject *capsule)
{
    (void)module;
    Reading *reading = PyCapsule_GetPointer(capsule, NULL);
    if (reading == NULL)
        return NULL;
    if (!has_ended(reading))
        Py_RETURN_NONE;
    Report *report = reading->report;
    uint32_t state = __atomic_load_n(&report->state, __ATOMIC_ACQUIRE);
    if (state == NO_ROOM)
        return PyErr_NoMemory();
    if (state != DONE)
        return PyTuple_New(0);
    PyObject *columns = PyBytes_FromStringAndSize(report->columns, (Py_ssize_t)report->length);
    return columns == NULL ? NULL
                           : Py_BuildValue("KKKKIIIN", (unsigned long long)report->total_size,
                                           (unsigned long long)report->total_count, (unsigned long long)reading->stall_ns,
                                           (unsigned long long)report->work_ns, (unsigned int)report->names,
                                           (unsigned int)report->entries, (unsigned int)report->tracebacks, columns);
}
