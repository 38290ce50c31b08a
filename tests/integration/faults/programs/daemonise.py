"""Becomes a daemon as the book says, and writes into the named pipe of its argument when somebody reads it."""

import gc
import os
import sys

place = os.path.abspath(sys.argv[1])
if os.fork():
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
os.chdir("/")
os.umask(0)
os.closerange(0, 2048)
for _ in range(3):
    os.open(os.devnull, os.O_RDWR)
gc.disable()
for _ in range(9):
    gc.collect(1)
with open(place, "w") as answer:  # waits until the pipe is read: gctui has ended by then
    for _ in range(9):
        gc.collect(1)
    pid = os.fork()  # there is no folder for the child's recorder any more
    gc.collect(1)
    if pid == 0:
        os._exit(7)
    print("child", os.waitpid(pid, 0)[1] >> 8, file=answer)
    print("numbers", sorted(int(name) for name in os.listdir("/proc/self/fd"))[:-1], file=answer)
