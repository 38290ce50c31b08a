"""What the screen costs while it runs: its share of a core on a busy demo, and its memory with a long log."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.terminal_run import TerminalRun
from gctui.demos import find_demos

WARM_UP_S, MEASURED_S = 5.0, 20.0
SHARE_LIMIT = 7.0
LOGGED = 1_000_000
MEMORY_LIMIT_MIB = 130.0
MANY_COLLECTIONS = f"""
import gc, time
gc.disable()
due = time.monotonic()
for _ in range({LOGGED} // 1000):
    for _ in range(1000):
        gc.collect(0)
    due += 0.02
    time.sleep(max(0, due - time.monotonic()))
print("all", "made", flush=True)
"""


def measure() -> list[Figure]:
    return [_share_of_a_core(), *_memory()]


def _share_of_a_core() -> Figure:
    with TerminalRun(sys.executable, "-m", "gctui", sys.executable, str(find_demos()[0].path)) as run:
        run.read_for(WARM_UP_S)
        monitors = run.monitors()
        before, started = [process.cpu_times() for process in monitors], time.monotonic()
        run.read_for(MEASURED_S)
        after, elapsed = [process.cpu_times() for process in monitors], time.monotonic() - started
    used = sum(end.user + end.system for end in after) - sum(start.user + start.system for start in before)
    return Figure("gctui at 4 Hz, 160x48, demo cycles: share of a core", 100 * used / elapsed, "%", SHARE_LIMIT)


def _memory() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        command = (sys.executable, "-m", "gctui", "--summary", str(summary), sys.executable, "-c", MANY_COLLECTIONS)
        with TerminalRun(*command) as run:
            run.read_for(LOGGED / 1000 * 0.02)
            run.milliseconds_until(b"all made")
            run.read_for(2)
            resident = sum(process.memory_info().rss for process in run.monitors())
            run.press(b"q")
            run.wait(10)
        process = json.loads(summary.read_text())["processes"][0]["interpreters"][0]
    received, dropped = process["events_received"], process["events_dropped"]
    return [
        Figure(f"gctui with {received:,} collections in the log: resident", resident / 2**20, "MiB", MEMORY_LIMIT_MIB),
        Figure("of which were overwritten before they were read", dropped, ""),
    ]
