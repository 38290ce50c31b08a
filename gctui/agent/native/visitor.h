/* A process that came in by the door, for as long as nobody has spoken to it. */

#include <sys/types.h>

#include "descriptor.h"
#include "waiting.h"

enum { CONNECTION, WAKE, WAKER, ENDS };

typedef enum { BEFORE_FORK, START, AFTER_FORK_IN_CHILD, LEAVE, HOOKS } Hook;

typedef struct {
    PyObject_HEAD
    PyObject *callback; /* that records; None: there is no ring */
    PyObject *callbacks, *get_stats; /* of the module gc */
    PyObject *folder, *begin; /* `begin` is called when it is spoken to, in a thread of its own */
    PyObject *patterns, *files; /* of the agent's; NULL before they are read */
    pid_t pid;
    End ends[ENDS];
    Waiting *waiting;
    int has_begun;
    PyObject *hooks[HOOKS]; /* the agent's; NULL before it is there */
    PyObject *totals; /* gc.get_stats() when a forked child began */
} Visitor;

/* Connect, if somebody opens, and say hello. */
extern void visitor_come_in(Visitor *self);
extern int visitor_is_in(Visitor *self);
/* Say a frame, whose payload is taken; or be silent from then on. */
extern void visitor_say(Visitor *self, int kind, PyObject *payload);
/* Say why there can be no agent, and be silent from then on. */
extern void visitor_give_up(Visitor *self, PyObject *reason);
/* That of one of its ends; -1 where the program has closed it. */
extern int visitor_number(const End *end);
/* Read the files of the agent, once: a child may have another root or another user. */
extern void visitor_keep_files(Visitor *self);

/* What the interpreter calls. */
extern void visitor_before_fork(Visitor *self);
extern void visitor_start(Visitor *self);
extern void visitor_after_fork_in_child(Visitor *self);
extern void visitor_leave(Visitor *self);
