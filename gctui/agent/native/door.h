/* The way in for a process that inherited no pipe. */

/* Connect to the Unix socket in the folder: the connection, and both ends of a pipe, all out of the program's way, non-
blocking and close-on-exec. 0, or errno at once when nobody listens there, too many wait, or the program may open no more
files. */
extern int door_enter(const char *folder, int ends[3]);

/* Whether this process, which has just begun, may come in. Not the resource tracker and the fork server of
multiprocessing, since no thread is to be started in them: the one must end at once, the other forks all the time. */
extern int door_is_open_to_us(void);
