"""Forks in a signal handler, which interrupts the allocation of garbage, a hundred times."""

import os
import signal
from types import FrameType

forked = 0


def handle(number: int, frame: "FrameType | None") -> None:
    global forked
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    forked += 1
    signal.setitimer(signal.ITIMER_REAL, 0.001)


signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.001)
while forked < 100:
    one: "list[object]" = []
    one.append(one)
signal.setitimer(signal.ITIMER_REAL, 0)
print("forked", forked >= 100)
