/* A number of an open file that may not be ours any more. */

#include <sys/types.h>

typedef struct {
    int number; /* -1: none */
    dev_t device;
    ino_t inode;
} End;

/* That which the number stands for now; -1 where it stands for nothing. */
extern End end_of(int number);
extern int is_ours(const End *end);
/* How many bytes of them went; -1 with errno set: EBADF where it is not ours. Never raises SIGPIPE in a socket. */
extern ssize_t end_write(const End *end, const char *bytes, size_t length);
extern void end_close(End *end);
