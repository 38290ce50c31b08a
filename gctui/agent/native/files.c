/* Reads the agent's own files. In C, since it is done in the middle of the program, before it forks: Python code would run
the program's signal handlers. */

#include "parts.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

static int
put(PyObject *files, const char *path, long long changed, PyObject *bytes)
{
    PyObject *key = PyUnicode_DecodeFSDefault(path), *value = Py_BuildValue("LO", changed, bytes);
    int failed = key == NULL || value == NULL || PyDict_SetItem(files, key, value) < 0;
    Py_XDECREF(key);
    Py_XDECREF(value);
    return failed ? -1 : 0;
}

static int
read_one(PyObject *files, const char *path)
{
    struct stat found;
    int failed = 0, descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return 0;
    if (fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode)) {
        PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)found.st_size);
        if (bytes == NULL)
            failed = -1;
        else if (read(descriptor, PyBytes_AsString(bytes), (size_t)found.st_size) == (ssize_t)found.st_size)
            failed = put(files, path, (long long)found.st_mtime, bytes);
        Py_XDECREF(bytes);
    }
    close(descriptor);
    return failed;
}

int
files_read(PyObject *files, const char *pattern)
{
    char folder[PATH_MAX], path[2 * PATH_MAX];
    const char *slash = strrchr(pattern, '/'), *star = slash == NULL ? NULL : strchr(slash, '*');
    if (star == NULL || slash - pattern >= PATH_MAX)
        return 0;
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - pattern), pattern);
    const char *begin = slash + 1, *end = star + 1;
    size_t before = (size_t)(star - begin), after = strlen(end);
    DIR *entries = opendir(folder);
    int failed = 0;
    for (struct dirent *entry; !failed && entries != NULL && (entry = readdir(entries)) != NULL; ) {
        size_t length = strlen(entry->d_name);
        if (length < before + after || strncmp(entry->d_name, begin, before) || strcmp(entry->d_name + length - after, end))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        failed = read_one(files, path);
    }
    if (entries != NULL)
        closedir(entries);
    return failed;
}
