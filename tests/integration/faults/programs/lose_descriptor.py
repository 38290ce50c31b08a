"""Closes the descriptor of its first argument's place among those above 2, or puts a file of its own over it."""

import gc
import os
import sys
import tempfile
import time


def is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


place, way = int(sys.argv[1]), sys.argv[2]
# The list's own descriptor is in the list, and closed.
others = [number for number in sorted(map(int, os.listdir("/proc/self/fd"))) if number > 2 and is_open(number)]
with tempfile.TemporaryFile() as file:
    file.write(b"mine\n")
    file.seek(0)
    time.sleep(0.1)  # whoever waits for one of them does so by now
    for number in others[place : place + 1]:
        if way == "close":
            os.close(number)
        else:
            os.dup2(file.fileno(), number)
    for _ in range(12):
        gc.collect(1)
        time.sleep(0.07)
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    print(os.lseek(file.fileno(), 0, os.SEEK_CUR), os.pread(file.fileno(), 100, 0))
