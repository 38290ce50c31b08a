"""What the screen of all pauses costs after very many collections: its share of a core, beside the main screen's."""

from __future__ import annotations

import sys
import time

import psutil

from benchmarks.figures import Figure
from benchmarks.terminal_run import TerminalRun

COLLECTIONS, TRIGGERS = 1_000_000, 2000
TOLD_EVERY = 100_000
SHARE_LIMIT = 20.0
WARM_UP_S, MEASURED_S = 3.0, 15.0


def measure() -> list[Figure]:
    """Display at 4 Hz; 2,000 collections more each second, so that every figure and every row changes."""
    what = f"{COLLECTIONS:,} collections, {TRIGGERS:,} triggers, at 4 Hz"
    screens = {
        "main screen": (b"", None),
        "pauses": (b"x", SHARE_LIMIT),
        "pauses, last minute, filtered": (b"xl/!views7\r", SHARE_LIMIT),
        "a trigger": (b"x\r", SHARE_LIMIT),
    }
    return [
        Figure(f"{what}, {screen}: share of a core", _share_of_a_core(keys), "%", limit)
        for screen, (keys, limit) in screens.items()
    ]


def _share_of_a_core(keys: bytes) -> float:
    program = ("-m", "benchmarks.programs.many_pauses", str(COLLECTIONS), str(TRIGGERS))
    with TerminalRun(sys.executable, *program) as run:
        for count in range(TOLD_EVERY, COLLECTIONS + 1, TOLD_EVERY):
            run.milliseconds_until(b"folded %d." % count)
        run.read_for(WARM_UP_S)
        for key in keys:
            run.press(bytes([key]))
            run.read_for(0.2)
        run.read_for(WARM_UP_S)
        process = psutil.Process(run.process.pid)
        before, started = process.cpu_times(), time.monotonic()
        run.read_for(MEASURED_S)
        after, elapsed = process.cpu_times(), time.monotonic() - started
    return 100 * (after.user + after.system - before.user - before.system) / elapsed
