"""Time until a screen is drawn with first data: gctui's beside memray's live screen, in turn, on a real terminal."""

from __future__ import annotations

import gc
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, median
from benchmarks.peers import install_memray
from benchmarks.terminal_run import TerminalRun
from gctui.demos import find_demos

RUNS = 11
LIMIT_MS = 600.0
DEMO = str(find_demos()[0].path)

GCTUI_HAS_DATA = b"/%d " % gc.get_threshold()[0]
"""Count and threshold of generation 0, there as soon as the agent's first gauges are."""
MEMRAY_HAS_DATA = b"_run_tracker"
"""The first row of its table."""


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        memray = install_memray(sys.executable, Path(folder))
        ours, theirs = [], []
        for _ in range(RUNS):
            ours.append(_first_data(GCTUI_HAS_DATA, sys.executable, "-m", "gctui", sys.executable, DEMO))
            if memray:
                theirs.append(_first_data(MEMRAY_HAS_DATA, memray, "-m", "memray", "run", "--live", DEMO))
    figures = [median("gctui: screen drawn with first data", ours, "ms", LIMIT_MS)]
    if theirs:
        figures.append(median("memray run --live: the same", theirs, "ms"))
        ratio = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        figures.append(median("gctui / memray, run by run", ratio, ""))
    return figures


def _first_data(text: bytes, *argv: str) -> float:
    with TerminalRun(*argv) as run:
        return run.milliseconds_until(text)
