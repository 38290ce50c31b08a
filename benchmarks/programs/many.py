"""A family: the first argument says how many processes, the second how often each collects in a second. Each ends with
the first, which waits for the end of its standard input."""

from __future__ import annotations

import gc
import os
import select
import sys
import time


def main() -> None:
    number, rate = int(sys.argv[1]), float(sys.argv[2])
    gc.disable()
    read, write = os.pipe()
    for _ in range(number - 1):
        if os.fork() == 0:
            os.close(write)
            collect(read, rate)
            os._exit(0)
    collect(0, rate)


def collect(until: int, rate: float) -> None:
    """Until there is something to read."""
    due = time.monotonic()
    while not select.select([until], [], [], max(due - time.monotonic(), 0))[0]:
        gc.collect(0)
        due = max(due + 1 / rate, time.monotonic())


if __name__ == "__main__":
    main()
