"""The flight recorder under a flood: what a record costs, and that each of a million is read or counted as missed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, median

RECORDS = 1_000_000
RUNS = 3
FLOOD = f"""
import gc, os, sys, time
gc.disable()
if "empty" in sys.argv:
    gc.callbacks.append(lambda phase, info: None)
started = time.process_time()
for _ in range({RECORDS}):
    gc.collect(0)
took = time.process_time() - started
print(took, sum(one["collections"] for one in gc.get_stats()), flush=True)
os._exit(0)
"""
"""It leaves without a last collection, so that what it counted is all there is."""


def measure() -> list[Figure]:
    cost, empty, read, unaccounted = [], [], [], []
    for _ in range(RUNS):
        bare, _ = _flood([sys.executable, "-c", FLOOD])
        called, _ = _flood([sys.executable, "-c", FLOOD, "empty"])
        with tempfile.TemporaryDirectory() as folder:
            summary = Path(folder) / "summary.json"
            gctui = [sys.executable, "-m", "gctui", "--headless", "--summary", str(summary)]
            recorded, made = _flood([*gctui, sys.executable, "-c", FLOOD])
            told = json.loads(summary.read_text())["processes"][0]["interpreters"][0]
        cost.append((recorded - bare) / RECORDS * 1e9)
        empty.append((called - bare) / RECORDS * 1e9)
        read.append(100 * told["events_received"] / made)
        unaccounted.append(abs(made - told["events_received"] - told["events_dropped"]))
    return [
        median("flight recorder: added to each collection", cost, "ns", LIMIT_NS),
        median("  the same by a callback in Python that does nothing", empty, "ns"),
        median("of 1 M collections made flat out: read", read, "%"),
        median("neither read nor counted as missed", unaccounted, "", MADE_BEFORE_THE_AGENT),
    ]


LIMIT_NS = 1300.0
"""Where the callback that does nothing costs 550."""
MADE_BEFORE_THE_AGENT = 20
"""Collections of an interpreter's own start, before `site` runs; the flood counts them, no agent can."""


def _flood(command: list[str]) -> tuple[float, int]:
    """(processor seconds of the flood, which other work on the machine hardly changes; collections the interpreter
    counted)."""
    words = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return float(words[0]), int(words[1])
