"""How true the estimates for other settings are: each demo as it is, then run again with the settings really changed.

One run at a time, `AFTER_S` of warming up and `SPANS_S` that are measured. Counts do not depend on the machine's load,
pauses do, and a full collection that comes every ten seconds is seen twice: docs/what-if.md discusses the errors.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, table
from gctui.demos import find_demos
from gctui.monitor import what_if
from gctui.monitor.command import resolve
from gctui.monitor.launch import AgentOptions, Launch
from gctui.monitor.live import LiveSource
from gctui.monitor.model import Collection, Snapshot
from gctui.monitor.streams import Streams
from gctui.monitor.watch import WatchSession
from gctui.monitor.what_if import Outlook
from gctui.monitor.what_if_basis import STARTING_NS, gather
from tests.integration.pythons import find_pythons

RELEASES = ((3, 11), (3, 14), (3, 15))
SETTINGS = ("5000,10,10", "50000,20,20", "freeze", "off")
AFTER_S = 6.0
SPANS_S = {"stall": 25.0, "cycles": 45.0, "relay": 10.0}
#: What the change itself takes is left out.
SETTLED_S = 1.0
STEERED = Path(__file__).parent / "programs" / "steered.py"


@dataclass(frozen=True, slots=True)
class Seen:
    """One run, from when its setting was changed."""

    snapshot: Snapshot
    """The last, as if the program had begun then: loading its heap is not what it goes on with."""
    collections: tuple[Collection, ...]
    span_s: float
    growth: float
    """Bytes per minute that RSS grew by."""


def measure() -> list[Figure]:
    scripts = {demo.name: demo.path for demo in find_demos()}
    figures = []
    newest = {python.version[:2]: python for python in find_pythons()}
    for release in RELEASES:
        for name in SPANS_S if release in newest else ():
            figures += _compare(newest[release].path, ".".join(map(str, release)), scripts[name])
    return figures


def _compare(executable: str, version: str, script: Path) -> list[Figure]:
    before = _run(executable, script, "as-is")
    basis = gather(before.snapshot)
    if basis is None:
        raise RuntimeError(f"nothing was recorded of {script.name} under {version}")
    figures = []
    for setting in SETTINGS:
        predicted = (
            what_if.frozen(basis) if setting == "freeze"
            else what_if.switched_off(basis) if setting == "off"
            else what_if.with_thresholds(basis, _thresholds(setting))
        )  # fmt: skip
        after = _between_full(_run(executable, script, setting))
        found = list(_errors(what_if.present(basis), predicted, before, after))
        figures += [replace(one, name=f"{version} {script.stem}, {setting}: {one.name}") for one in found]
        print(table(figures[-len(found) :]), flush=True)  # all of it takes half an hour
    return figures


def _errors(now: Outlook, predicted: Outlook, before: Seen, after: Seen) -> Iterator[Figure]:
    total = [0.0, 0.0, 0.0]  # ms per minute: now, predicted, measured
    for generation in range(3):
        earlier, pauses = (
            [one.pause_ns / 1e6 for one in seen.collections if one.generation == generation] for seen in (before, after)
        )
        present, rate = now.collections[generation], predicted.collections[generation]
        per_minute = 60 / after.span_s
        yield _error(f"generation {generation} per minute", present, rate, len(pauses) * per_minute)
        if rate >= per_minute and pauses and earlier:
            scale = predicted.pauses_ns[generation] / now.pauses_ns[generation]
            typical = median(earlier)
            yield _error(f"generation {generation} median pause, ms", typical, typical * scale, median(pauses))
        if rate >= per_minute:  # or the run is too short to meet one
            total[0] += present * now.pauses_ns[generation] / 1e6
            total[1] += rate * predicted.pauses_ns[generation] / 1e6
            total[2] += sum(pauses) * per_minute
    yield _error("ms paused per minute", total[0], total[1], total[2])
    if predicted.collections[2] >= 60 / after.span_s:
        longest = max((one.pause_ns for one in after.collections), default=0) / 1e6
        yield _error("longest pause, ms", now.longest_ns / 1e6, predicted.longest_ns / 1e6, longest)
    if predicted.growth is not None:
        yield _error("MiB per minute", 0.0, predicted.growth / 2**20, after.growth / 2**20)


def _error(what: str, present: float, predicted: float, measured: float) -> Figure:
    """In percent of what was measured; where that was nothing, of the present."""
    base = measured or present
    error = 100 * (predicted - measured) / base if base else 0.0
    return Figure(f"{what}: {present:.4g}, predicted {predicted:.4g}, was {measured:.4g}", error, "%")


def _thresholds(setting: str) -> tuple[int, int, int]:
    first, second, third = map(int, setting.split(","))
    return first, second, third


def _between_full(seen: Seen) -> Seen:
    """From the first full collection after the change on, which still goes by what came before it, to the last."""
    full = [one for one in seen.collections if one.generation == 2]
    if not full:
        return seen
    until = full[-1].number if len(full) > 1 else seen.snapshot.log.end
    until_ns = full[-1].started_ns if len(full) > 1 else seen.snapshot.taken_ns
    between = tuple(one for one in seen.collections if full[0].number < one.number <= until)
    return replace(seen, collections=between, span_s=(until_ns - full[0].started_ns) / 1e9)


def _run(executable: str, script: Path, setting: str) -> Seen:
    span_s = SPANS_S[script.stem]
    seconds = str(AFTER_S + span_s + 5)
    words = (executable, str(STEERED), str(AFTER_S), setting, str(script), "--seconds", seconds)
    started_ns = time.monotonic_ns()
    settled_ns, until_ns = (started_ns + int(1e9 * (AFTER_S + after)) for after in (SETTLED_S, span_s))
    launch = Launch(resolve(words, os.environ), AgentOptions(interval_ms=250), Streams.untouched())
    source = LiveSource(launch, started_ns)
    session = WatchSession(source)
    sizes: list[int] = []
    try:
        snapshot = session.tick()
        while snapshot.taken_ns < until_ns and snapshot.program.state != "ended":
            source.wait(0.25)
            snapshot = session.tick()
            if snapshot.taken_ns > settled_ns and snapshot.figures.rss is not None:
                sizes.append(snapshot.figures.rss)
        session.signal(signal.SIGTERM)
        source.wait(5)
    finally:
        session.close()
    log = snapshot.log
    collections = [log[number] for number in range(log.first, log.end)]
    span_s = (snapshot.taken_ns - settled_ns) / 1e9
    return Seen(
        replace(snapshot, program=replace(snapshot.program, started_ns=settled_ns - STARTING_NS)),
        tuple(one for one in collections if one.started_ns >= settled_ns),
        span_s,
        (sizes[-1] - sizes[0]) * 60 / span_s,
    )
