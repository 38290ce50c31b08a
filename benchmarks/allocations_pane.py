"""What the allocations pane costs with thousands of rows: its share of a core."""

from __future__ import annotations

import sys
import time

import psutil

from benchmarks.figures import Figure
from benchmarks.terminal_run import TerminalRun

ROWS = 10_000
SHARE_LIMIT = 8.0
WARM_UP_S, MEASURED_S = 4.0, 20.0


def measure() -> list[Figure]:
    """Display at 4 Hz, a new snapshot every 2 s, as gctui asks for them; each changes all rows, and growth is shown."""
    views = {"by line": b"", "by traceback, my code first": b"llllu", "by line, filtered": b"/!module7\r"}
    return [
        Figure(f"{ROWS:,} rows at 4 Hz, {view}: share of a core", _share_of_a_core(keys), "%", SHARE_LIMIT)
        for view, keys in views.items()
    ]


def _share_of_a_core(keys: bytes) -> float:
    with TerminalRun(sys.executable, "-m", "benchmarks.programs.many_rows", str(ROWS)) as run:
        run.read_for(WARM_UP_S)
        run.press(b"\x1b[17~")  # F6: to the pane
        run.read_for(0.5)
        run.press(keys + b"jjj")
        run.read_for(WARM_UP_S)
        process = psutil.Process(run.process.pid)
        before, started = process.cpu_times(), time.monotonic()
        run.read_for(MEASURED_S)
        after, elapsed = process.cpu_times(), time.monotonic() - started
    return 100 * (after.user + after.system - before.user - before.system) / elapsed
