"""What finding the lines in view costs in a log of a million collections with changes of settings among them."""

from __future__ import annotations

import time
from dataclasses import replace

from benchmarks.figures import Figure
from gctui.monitor.columns import MOST_COLLECTIONS, Columns
from gctui.monitor.log_filter import parse_filter
from gctui.monitor.log_lines import LogLines
from gctui.monitor.settings import MOST_CHANGES, CollectorSettings, SettingsChange

IN_VIEW, ROUNDS = 40, 50
LIMIT_MS = 5.0
_SETTINGS = CollectorSettings(True, (2000, 10, 10), 0, 0)


def measure() -> list[Figure]:
    """One tick: what is held is updated, and what stands on the lines in view is looked up."""
    log = Columns()
    log.extend([(n * 1000, 500, n % 3, 0, 0, 1, 8, n + 1) for n in range(MOST_COLLECTIONS)])
    step = MOST_COLLECTIONS * 1000 // MOST_CHANGES
    after = replace(_SETTINGS, enabled=False)
    changes = tuple(SettingsChange(n * step + 1, _SETTINGS, after, "gctui") for n in range(MOST_CHANGES))
    cases = {"no changes": ((), ""), "changes": (changes, ""), "changes, filtered": (changes, "gen:1")}
    return [
        Figure(f"{MOST_COLLECTIONS:,} collections, {name}: a tick of the log", _tick_ms(log, *case), "ms", LIMIT_MS)
        for name, case in cases.items()
    ]


def _tick_ms(log: Columns, changes: tuple[SettingsChange, ...], text: str) -> float:
    lines = LogLines(log, parse_filter(text))
    lines.update(log.first, log.end, changes)
    while not lines.is_done:
        lines.advance(10_000)
    started = time.perf_counter()
    for _ in range(ROUNDS):
        lines.update(log.first, log.end, changes)
        for line in range(len(lines) - IN_VIEW, len(lines)):
            lines.place(line)
    return (time.perf_counter() - started) * 1000 / ROUNDS
