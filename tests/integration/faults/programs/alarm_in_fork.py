"""Ends a loop of forks by an alarm, two hundred times: the alarm's exception has to come out of it each time."""

import os
import signal
from types import FrameType


class TooLate(Exception):
    pass


def ring(number: int, frame: "FrameType | None") -> None:
    raise TooLate


signal.signal(signal.SIGALRM, ring)
late = 0
own = os.getpid()
for turn in range(200):
    pid = 0
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0001 + turn * 0.00001)
        for _ in range(400):
            pid = os.fork()
            if pid == 0:
                os._exit(0)
            os.waitpid(pid, 0)
    except TooLate:
        if os.getpid() != own:
            os._exit(0)
        late += 1
signal.setitimer(signal.ITIMER_REAL, 0)
print("late", late, signal.pthread_sigmask(signal.SIG_BLOCK, ()))
