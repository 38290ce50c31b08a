"""Closes every descriptor from 3 on and opens a file under all these numbers; nothing may be in it but its own."""

import gc
import os
import tempfile
import time

MINE = b"mine\n" * 20000
with tempfile.NamedTemporaryFile() as file:
    file.write(MINE)
    file.flush()
    name = file.name
    os.closerange(3, 4096)
    numbers = [os.open(name, os.O_RDWR) for _ in range(3, 1000)]
    for _ in range(30):
        gc.collect()
        time.sleep(0.02)
    pid = os.fork()
    gc.collect()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    print(numbers == list(range(3, 1000)))
    print(os.pread(numbers[-1], len(MINE) + 1, 0) == MINE, {os.lseek(number, 0, os.SEEK_CUR) for number in numbers})
