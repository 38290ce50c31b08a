"""Closes every descriptor from 3 on and opens files under the same numbers; nothing may be in them but its own."""

import gc
import os
import tempfile
import time

MOST = 1000
with tempfile.TemporaryDirectory() as folder:
    os.closerange(3, 4096)
    numbers = [os.open(os.path.join(folder, str(n)), os.O_RDWR | os.O_CREAT) for n in range(3, MOST)]
    for number in numbers:
        os.write(number, b"mine %d\n" % number)
    for _ in range(40):
        gc.collect()
        time.sleep(0.02)
    pid = os.fork()
    gc.collect()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    found = [os.pread(number, 100, 0) for number in numbers]
    print(numbers == list(range(3, MOST)), found == [b"mine %d\n" % number for number in numbers])
