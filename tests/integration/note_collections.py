"""Run a script and write a line of JSON for each full collection in it: `note_collections.py LOG SCRIPT [ARG...]`.

Run by every CPython from 3.8 on. When the script is over it forces one more collection, which the log has too.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import sys
import time

started = [0.0, 0]
"""When the collection that is running started, seconds, and the resident set then, bytes."""


def resident() -> int:
    with open("/proc/self/statm", "rb") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def note(phase: str, info: dict[str, int]) -> None:
    """Keeps nothing: an object that stays alive would pin the memory around it, and RSS could not fall."""
    if info["generation"] < 2:
        return
    if phase == "start":
        started[:] = time.perf_counter(), resident()
    else:
        pause = time.perf_counter() - started[0]
        line = json.dumps(
            {"collected": info["collected"], "pause": pause, "rss_before": started[1], "rss_after": resident()}
        )
        os.write(log, line.encode() + b"\n")


log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
sys.argv = sys.argv[2:]
gc.callbacks.append(note)
runpy.run_path(sys.argv[0], run_name="__main__")
gc.collect()
gc.callbacks.remove(note)
