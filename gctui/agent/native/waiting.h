/* A thread that Python does not know until it is spoken to. */

typedef struct Waiting Waiting;

/* Begin to wait at the two descriptors, and then call the function, in a thread of its own. NULL with errno set when there
can be no thread. */
extern Waiting *waiting_begin(PyObject *function, int channel, int wake);
/* Whether it has been called off now. With both ends of the pipe that wakes it, and not -1, its thread is gone then. To be
asked once. */
extern int waiting_call_off(Waiting *waiting, int wake, int waker);
