/* Files, read while they can be. */

/* Put those that match a pattern, a path with one `*` in its last part, into a dictionary: by path, as a string, a tuple of
when the file was changed, in seconds, and what is in it. What cannot be read is left out. 0, or -1 with an error set. */
extern int files_read(PyObject *files, const char *pattern);
