"""What the collector did lately, in the figures that an estimate for other settings goes by."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, median

from gctui.monitor.model import Collection, CollectionLog, Snapshot
from gctui.monitor.settings import changed

WINDOW_NS = 60_000_000_000
#: The newest collections that are looked at; in a program that collects more often, the span is shorter.
MOST = 10_000
LEAST_NS = 1_000_000_000
STARTING_NS = 5_000_000_000

Three = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Basis:
    """One span of the log, under one setting of the collector. Per generation where there are three. Collections that
    gctui asked for are left out of all figures."""

    span_s: float
    """Seconds, over 0."""
    thresholds: Three
    """Those in force, none below 0; the first is over 0."""
    automatic: Three
    """Collections that the thresholds started."""
    asked: int
    """Full collections that the program asked for: they come under any setting."""
    pauses_ns: Three
    """Sum of the pauses of the automatic ones, nanoseconds."""
    asked_ns: int
    """Sum of the pauses of those asked for, nanoseconds."""
    longest_ns: Three
    """Longest pause of either kind; 0: there was none."""
    collected: Three
    """Unreachable objects that both kinds found."""
    gaps: tuple[int, ...]
    """Collections of generation 1 that came before each automatic full one, since the full one before it. Empty where
    some collections were lost."""
    since_full: int
    """Collections of generation 1 since the last full one: the count of generation 2."""
    earlier_full_ns: int
    """Average pause of a full collection before the span; 0: there was none."""
    alive_most: int
    """Net allocations since the interpreter began, less what was collected: no more objects can be alive. Those made
    while the collector was off are not in it."""
    examined: tuple[float | None, float | None, float | None]
    """Objects that a collection looked at, on average; None before Python 3.15, or where there was none."""
    typical: float | None
    """The median of the same, of generation 0."""
    grown: float | None
    """Objects that full collections left more at the end than at the beginning, per second; None where fewer than two
    told."""
    rss: int | None
    """Resident set, bytes."""
    garbage_bytes: float | None
    """What a collected object gave back on average, all that hung on it included; None: not measured."""


def why_not(snapshot: Snapshot) -> str:
    """A sentence on why there is nothing to go by; empty where `gather` has something."""
    gauges = snapshot.gauges
    if snapshot.agent.collector not in ("", "generational"):
        return (
            f"No estimate: the model is one of the generational collector, and this one is {snapshot.agent.collector}."
        )
    if gauges is None:
        return "No estimate: the agent has not said the thresholds yet."
    if not gauges.enabled or gauges.thresholds[0] <= 0:
        return "No estimate: automatic collection is off, so there is no record to go by."
    if gather(snapshot) is None:
        return "No estimate yet: it goes by what the collector did for at least a second."
    return ""


def gather(snapshot: Snapshot) -> Basis | None:
    """None when there is nothing to go by: `why_not` says why."""
    gauges = snapshot.gauges
    if gauges is None or not gauges.enabled or gauges.thresholds[0] <= 0:
        return None
    if snapshot.agent.collector not in ("", "generational"):
        return None
    thresholds = (gauges.thresholds[0], max(gauges.thresholds[1], 0), max(gauges.thresholds[2], 0))
    log = snapshot.log
    began_ns = max(snapshot.taken_ns - WINDOW_NS, _running_ns(snapshot), _settled_ns(snapshot))
    first = _first(log, began_ns)
    if first and first == max(log.first, log.end - MOST):  # what came before is not looked at, or not held
        began_ns = max(began_ns, log[first].started_ns)
    span_ns = snapshot.taken_ns - began_ns
    if span_ns < LEAST_NS:
        return None
    tally = _Tally()
    for number in range(first, log.end):
        tally.add(log[number])
    whole = snapshot.generations[2].pauses
    return Basis(
        span_s=span_ns / 1e9,
        thresholds=thresholds,
        automatic=_three(tally.automatic),
        asked=tally.asked,
        pauses_ns=_three(tally.pauses_ns),
        asked_ns=tally.asked_ns,
        longest_ns=_three(tally.longest_ns),
        collected=_three(tally.collected),
        gaps=() if snapshot.losses.collections else tuple(tally.gaps),
        since_full=max(gauges.counts[2], 0),
        earlier_full_ns=whole.average,
        alive_most=_alive_most(snapshot, thresholds[0]),
        examined=tally.means(),
        typical=tally.typical(),
        grown=tally.grown(),
        rss=snapshot.figures.rss,
        garbage_bytes=snapshot.garbage_bytes,
    )


def _running_ns(snapshot: Snapshot) -> int:
    """Since when the program has done what it goes on with: what it loads while it starts is left out, once there is
    as much to go by without."""
    started_ns = snapshot.program.started_ns
    return started_ns + STARTING_NS * (snapshot.taken_ns - started_ns >= 2 * STARTING_NS)


def _settled_ns(snapshot: Snapshot) -> int:
    """Since when the collector has run under its present settings; 0: all the time."""
    ruling = {"enabled", "thresholds", "frozen"}
    changes = (one.made_ns for one in reversed(snapshot.changes) if ruling.intersection(changed(one.before, one.after)))
    return next(changes, 0)


def _alive_most(snapshot: Snapshot, threshold: int) -> int:
    began = snapshot.settings_at_start
    highest = max(threshold, began.thresholds[0] if began else 0)
    passed = sum(one.collections for one in snapshot.generations) * (highest + 1)
    return max(passed - sum(one.collected for one in snapshot.generations), 0)


def _first(log: CollectionLog, since_ns: int) -> int:
    """Number of the first collection that is looked at."""
    low, high = max(log.first, log.end - MOST), log.end
    while low < high:
        middle = (low + high) // 2
        if log[middle].started_ns < since_ns:
            low = middle + 1
        else:
            high = middle
    return low


def _three(values: list[int]) -> Three:
    return values[0], values[1], values[2]


class _Tally:
    """Adds collections up, oldest first."""

    def __init__(self) -> None:
        self._middle: int | None = (
            None  # collections of generation 1 since the last full one; unknown until there is one
        )
        self._examined: tuple[list[int], list[int], list[int]] = ([], [], [])
        self._left: list[tuple[int, int]] = []  # (when, objects) after each full collection
        self.automatic, self.collected, self.pauses_ns, self.longest_ns = [0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]
        self.asked = self.asked_ns = 0
        self.gaps: list[int] = []

    def add(self, one: Collection) -> None:
        generation = one.generation
        if not one.forced:
            self.longest_ns[generation] = max(self.longest_ns[generation], one.pause_ns)
            self.collected[generation] += one.collected
            if one.by_program:
                self.asked += 1
                self.asked_ns += one.pause_ns
            else:
                self._add_automatic(one)
        if generation == 2:
            self._middle = 0
        elif generation == 1 and self._middle is not None:
            self._middle += 1

    def _add_automatic(self, one: Collection) -> None:
        generation = one.generation
        self.automatic[generation] += 1
        self.pauses_ns[generation] += one.pause_ns
        if generation == 2 and self._middle is not None:
            self.gaps.append(self._middle)
        if one.candidates is not None:
            self._examined[generation].append(one.candidates)
            if generation == 2:
                self._left.append((one.started_ns, one.candidates - one.collected))

    def means(self) -> tuple[float | None, float | None, float | None]:
        first, second, third = (fmean(one) if one else None for one in self._examined)
        return first, second, third

    def typical(self) -> float | None:
        return float(median(self._examined[0])) if self._examined[0] else None

    def grown(self) -> float | None:
        if len(self._left) < 2:
            return None
        (began_ns, before), (ended_ns, after) = self._left[0], self._left[-1]
        return (after - before) * 1e9 / max(ended_ns - began_ns, 1)
