"""Takes the right or the room for more processes, files or memory from itself when it runs, and then forks."""

import gc
import os
import resource
import sys
import tempfile

gc.disable()
for _ in range(6):
    gc.collect(1)
what = sys.argv[1]
if what == "chroot":
    with tempfile.TemporaryDirectory() as empty:
        os.chroot(empty)
        os.chdir("/")
elif what == "setuid":
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
elif what == "processes":
    resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
    os.setuid(65534)
elif what == "files":
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
elif what == "size":
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
elif what == "memory":
    with open("/proc/self/statm") as sizes:
        used = int(sizes.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (used + (100 << 10), resource.RLIM_INFINITY))
for _ in range(3):
    try:
        pid = os.fork()
    except OSError as error:
        print(error)
        continue
    gc.collect(1)
    if pid == 0:
        os._exit(4)
    print(os.waitpid(pid, 0)[1] >> 8)
