"""What it costs to tell of the pauses of a million collections, how true it is, and what Python 3.15 says of them."""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.figures import Figure, median
from gctui.monitor.columns import Columns
from gctui.monitor.history import InterpreterHistory
from gctui.monitor.messages import Record, RingRead
from gctui.monitor.model import CollectionLog, Site
from gctui.monitor.pause_history import PauseHistory
from gctui.monitor.pauses import WINDOWS_NS, Span
from tests.integration.guests import watching
from tests.integration.pythons import Python, find_pythons
from tests.integration.waiting import wait_for

COLLECTIONS, PER_READ, REFRESHES = 1_000_000, 1000, 20
REFRESH_LIMIT_MS = 20.0
FOLD_LIMIT_US = 2.5
"""What one folding cost before there was anything on pauses but percentiles, 1.5, and 1 more."""
PERCENTILE_LIMIT = 1.0
DURATION_LIMIT = 5.0
SITES = {8 + 40 * number: Site(f"module{number % 20}.py", number, f"function{number}") for number in range(200)}
SPANS: tuple[Span, Span] = ("run", "minute")

#: Of a program that allocates in loops and keeps some of it: all generations are collected, for a second or two.
ALLOCATING = """
import gc, json, os, time
began, before = time.monotonic_ns(), gc.get_stats()
kept = []
for turn in range(200):
    kept.append([[number] for number in range(4000)])
    for _ in range(20):
        loops = [[] for _ in range(2000)]
        for one in loops: one.append(one)
with open(PATH, "w") as file: json.dump([began, before, gc.get_stats()], file)
os._exit(0)
"""


def measure() -> list[Figure]:
    # Where there are few, a second has to be begun for each hundred of them, and there is all the time for it.
    figures = [*_told("100 a second", 10_000_000, None), *_told("20,000 a second", 50_000, FOLD_LIMIT_US)]
    for python in find_pythons():
        if python.version >= (3, 15) and not python.abiflags:
            figures += _agreement(python)
    return figures


def made_up(gap_ns: int) -> list[Record]:
    """Of all generations, from 200 places, some of them asked for."""
    chance, now = random.Random(1), 0
    kinds = [2 if number % 100 == 99 else 1 if number % 10 == 9 else 0 for number in range(100)]
    records: list[Record] = []
    sites = list(SITES)
    for number in range(COLLECTIONS):
        generation = kinds[number % 100]
        now += int(chance.expovariate(1 / gap_ns))
        pause = int(chance.lognormvariate((10, 12, 15)[generation], 0.7))
        site = sites[min(int(chance.expovariate(0.03)), len(sites) - 1)]
        records.append((now, pause, generation, number % 7, 0, 1, site, number + 1))
        now += pause
    return records


def _told(how: str, gap_ns: int, fold_limit_us: float | None) -> list[Figure]:
    records = made_up(gap_ns)
    now = records[-1][0] + records[-1][1]
    history = InterpreterHistory(0, 0)
    history.keep(long=True)
    alone = PauseHistory(0, Columns())
    alone.keep(long=True)
    alone_us, all_us = [], []
    for at in range(0, COLLECTIONS, PER_READ):
        part = records[at : at + PER_READ]
        alone_us.append(_milliseconds(lambda: alone.fold(at, part, 0)) * 1000 / PER_READ)  # noqa: B023
        read = RingRead(1, part, 0, None, SITES if at == 0 else {})
        all_us.append(_milliseconds(lambda: history.fold_ring(read)) * 1000 / PER_READ)  # noqa: B023
    pauses = history.pauses
    figures = [
        median(f"{COLLECTIONS:,} collections, {how}: folding one", all_us, "µs", fold_limit_us),
        median("  of that what is told of pauses", alone_us, "µs"),
    ]
    for span in SPANS:
        figures.append(_refresh(f"  figures of the {span}", lambda: pauses.figures(span, now)))  # noqa: B023
        figures.append(_refresh(f"  triggers of the {span}", lambda: pauses.triggers(span, now)))  # noqa: B023
    rarest = pauses.triggers("run", now)[-1]
    first_ms = _milliseconds(lambda: pauses.numbers(rarest, 1000))
    figures.append(Figure("  collections of the rarest trigger: listed for the first time", first_ms, "ms"))
    figures.append(_refresh("  listed again", lambda: pauses.numbers(rarest, 1000)))
    return [*figures, *_truth(pauses, records, now)]


def _refresh(name: str, refresh: Callable[[], object]) -> Figure:
    return median(name, [_milliseconds(refresh) for _ in range(REFRESHES)], "ms", REFRESH_LIMIT_MS)


def _truth(pauses: PauseHistory, records: Sequence[Record], now: int) -> Iterator[Figure]:
    for span in SPANS:
        figures = pauses.figures(span, now)
        first = 0 if span == "run" else (now // 10**9 - 59) * 10**9
        ordered = sorted(record[1] for record in records if record[0] + record[1] >= first)
        found = figures.all
        errors = [
            100 * abs(value / ordered[-(-per_mille * len(ordered) // 1000) - 1] - 1)
            for value, per_mille in (
                (found.p50, 500), (found.p90, 900), (found.p95, 950), (found.p99, 990), (found.p999, 999),
            )
        ]  # fmt: skip
        yield Figure(f"  percentiles of the {span}: greatest error", max(errors), "%", PERCENTILE_LIMIT)
        worst = [_worst(records, window, first) for window in WINDOWS_NS]
        off = [
            abs((one.minimum or 0) - (1 - most / one.window_ns))
            for one, most in zip(figures.utilisations, worst, strict=True)
        ]
        yield Figure(f"  minimum mutator utilisation of the {span}: greatest error", 100 * max(off), "%", 1e-9)


def _worst(records: Sequence[Record], window: int, first: int) -> int:
    """Time in pauses in the worst window that ends with a pause, by a plain sweep: the oldest pause leaves as the
    newest comes."""
    oldest = busy = worst = 0
    for started, pause, *_ in records:
        end = started + pause
        busy += pause
        while records[oldest][0] + records[oldest][1] <= end - window:
            busy -= records[oldest][1]
            oldest += 1
        if end >= first:
            worst = max(worst, busy - max(end - window - records[oldest][0], 0))
    return worst


def _agreement(python: Python) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "told"
        with watching(python.path, "-c", ALLOCATING.replace("PATH", repr(str(path)))) as session:

            def last() -> CollectionLog | None:
                snapshot = session.tick()
                return snapshot.log if snapshot.program.state == "ended" else None

            log = wait_for(last, "the program is over", limit=120)
        assert log is not None
        began, before, after = json.loads(path.read_text())
    collections = [log[number] for number in range(log.first, log.end)]
    for generation in range(3):
        told = (after[generation]["duration"] - before[generation]["duration"]) * 1e9
        found = sum(one.pause_ns for one in collections if one.generation == generation and one.started_ns > began)
        off = 100 * abs(found / told - 1)
        yield Figure(f"python {python}: generation {generation}, total pause against its own", off, "%", DURATION_LIMIT)


def _milliseconds(do: Callable[[], object]) -> float:
    """Of the processor, which other work on the machine hardly changes."""
    started = time.process_time()
    do()
    return (time.process_time() - started) * 1000
