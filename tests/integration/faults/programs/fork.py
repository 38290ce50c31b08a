"""Forks; parent and child collect."""

import gc
import os

gc.disable()
for _ in range(5):
    gc.collect(1)
pid = os.fork()
for _ in range(11):
    gc.collect(1)
if pid == 0:
    os.write(1, b"child\n")
    os._exit(3)
print("parent", os.waitpid(pid, 0)[1] >> 8)
