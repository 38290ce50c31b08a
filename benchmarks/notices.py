"""What the rules cost gctui per tick: in a long run that goes on, and when a whole log comes at once."""

from __future__ import annotations

import time
from dataclasses import replace

from benchmarks.figures import Figure, median
from gctui.monitor.adviser import Adviser
from gctui.monitor.columns import MOST_COLLECTIONS, Columns
from tests.fakes import NOW, SECOND, make_snapshot

TICKS, PER_TICK = 4 * 600, 250
LIMIT_US, FIRST_LIMIT_MS = 1000.0, 20.0


def measure() -> list[Figure]:
    """At 4 ticks a second and 1,000 collections a second, a twentieth of them full."""
    log, adviser = Columns(), Adviser()
    log.extend([_record(number) for number in range(MOST_COLLECTIONS - TICKS * PER_TICK)])
    base = make_snapshot(log=log)
    samples = []
    for tick in range(TICKS + 1):
        now = NOW + tick * SECOND // 4
        snapshot = replace(base, taken_ns=now, figures=replace(base.figures, rss=(100 << 20) + tick * 10_000))
        started = time.perf_counter()
        adviser.fold(snapshot)
        samples.append((time.perf_counter() - started) * 1e6)
        log.extend([_record(log.end + number, now) for number in range(PER_TICK)])
    return [
        median(f"rules, per tick, {TICKS:,} ticks", samples[1:], "µs", LIMIT_US),
        Figure(f"rules, first tick, {MOST_COLLECTIONS - TICKS * PER_TICK:,} collections", samples[0] / 1000, "ms",
               FIRST_LIMIT_MS),
    ]  # fmt: skip


def _record(number: int, started_ns: int = NOW) -> tuple[int, int, int, int, int, int, int, int]:
    is_full = number % 20 == 0
    return (started_ns, 150_000_000 if is_full else 20_000, 2 if is_full else 0, 0, 0, 1, 8, number + 1)
