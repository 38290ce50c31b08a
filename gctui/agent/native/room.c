/* How much memory a process may still take: what the machine has, and what its control groups allow, such as those of a
container. For a child that is about to leave its parent: it opens files, and keeps no descriptor free for others. */

#include "reading.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 16384 };

/* The file's text, cut at MOST; empty when it cannot be read. */
static const char *
text_of(const char *path, char *text)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, MOST - 1);
    text[length < 0 ? 0 : length] = 0;
    if (file >= 0)
        close(file);
    return text;
}

/* The number behind `label`, or `otherwise`. */
static uint64_t
number_in(const char *text, const char *label, uint64_t otherwise)
{
    const char *found = strstr(text, label);
    char *end;
    if (found == NULL)
        return otherwise;
    found += strlen(label);
    uint64_t number = strtoull(found, &end, 10);
    return end == found ? otherwise : number; /* "max" */
}

/* What the group in that folder may still take; file pages that it can give back count as free. */
static uint64_t
room_in(const char *folder, const char *limit, const char *usage, const char *inactive, char *text)
{
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", folder, limit);
    uint64_t most = number_in(text_of(path, text), "", UINT64_MAX);
    snprintf(path, sizeof path, "%s/%s", folder, usage);
    uint64_t used = number_in(text_of(path, text), "", 0);
    snprintf(path, sizeof path, "%s/memory.stat", folder);
    uint64_t spare = number_in(text_of(path, text), inactive, 0);
    used -= spare < used ? spare : used;
    return most < used ? 0 : most - used;
}

/* The least of the group at `path` below `mount` and of those above it. */
static uint64_t
room_below(const char *mount, const char *path, const char *limit, const char *usage, const char *inactive, char *text)
{
    char folder[PATH_MAX];
    uint64_t least = UINT64_MAX;
    snprintf(folder, sizeof folder, "%s%.*s", mount, (int)strcspn(path, "\n"), path);
    for (;;) {
        uint64_t room = room_in(folder, limit, usage, inactive, text);
        least = room < least ? room : least;
        char *slash = strrchr(folder, '/');
        if (slash == NULL || (size_t)(slash - folder) < strlen(mount))
            return least;
        *slash = 0;
    }
}

uint64_t
room_for_memory(void)
{
    static char text[MOST], groups[MOST];
    uint64_t least = number_in(text_of("/proc/meminfo", text), "MemAvailable:", UINT64_MAX / 1024) * 1024, room;
    text_of("/proc/self/cgroup", groups);
    const char *unified = strstr(groups, "0::/"), *memory = strstr(groups, ":memory:/");
    if (unified != NULL) {
        room = room_below("/sys/fs/cgroup", unified + 3, "memory.max", "memory.current", "\ninactive_file ", text);
        least = room < least ? room : least;
    }
    if (memory != NULL) {
        room = room_below("/sys/fs/cgroup/memory", memory + 8, "memory.limit_in_bytes", "memory.usage_in_bytes",
                          "\ntotal_inactive_file ", text);
        least = room < least ? room : least;
    }
    return least;
}
