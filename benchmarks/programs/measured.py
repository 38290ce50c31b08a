"""What a program says of itself at its end."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

started, used = time.perf_counter(), time.process_time()


def repeat(work: Callable[[], object]) -> None:
    """Do `work` as often as the first argument says, then print the figures of the whole process."""
    for _ in range(int(sys.argv[1])):
        work()
    report()


def report() -> None:
    figures = {
        "wall_s": time.perf_counter() - started,  # from the first statement after the imports on
        "work_s": time.process_time() - used,  # the same of the processor
        "processor_s": time.process_time(),  # user and system, of all threads, from the interpreter's start on
    }
    print(json.dumps(figures), flush=True)
