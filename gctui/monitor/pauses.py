"""What is told of an interpreter's pauses: how long they are, how they are spread over time, what set them off.

A collection belongs to the second in which it stopped. Those of a cycle probe are left out. Collections that were
missed in the ring are in no figure: see `PauseFigures.unseen_ns` for how far that puts them off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from gctui.monitor.model import Site
from gctui.monitor.units import duration

Span = Literal["run", "minute"]
"""Since the recorder started, or the last minute: this second and the 59 before it."""

#: Windows over which the minimum mutator utilisation is taken: 1, 10, 100 ms and 1 s.
WINDOWS_NS = (1_000_000, 10_000_000, 100_000_000, 1_000_000_000)


@dataclass(frozen=True, slots=True)
class PauseStatistics:
    """The pauses of one generation or of all of them, nanoseconds. All 0 where there were none."""

    events: int
    total: int
    longest: int
    longest_number: int | None
    """Number of that collection in the log; None where there is none, or it is the one that still runs."""
    p50: int
    p90: int
    p95: int
    p99: int
    p999: int
    """Percentiles: the smallest pause that so many percent (p999: 99.9) of all do not exceed, within 1 %."""
    share: float
    """Of the span's wall time, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Utilisation:
    """Minimum mutator utilisation (Cheng and Blelloch, "A Parallel, Real-Time Garbage Collector", PLDI 2001): the
    smallest share of any window of that length that was the program's and not the collector's. Exact, but that windows
    with more than a thousand pauses may have been worse, as long as the screen did not show the interpreter."""

    window_ns: int
    minimum: float | None
    """0 to 1, over all windows that end in the span; None while the interpreter is younger than one window."""


@dataclass(frozen=True, slots=True)
class HistogramBucket:
    """Collections whose pause was `low_ns` or longer, and shorter than `high_ns`. Exact."""

    low_ns: int
    high_ns: int | None
    """None: there is no end."""
    collections: tuple[int, int, int]
    """Per generation."""

    @property
    def label(self) -> str:
        if self.high_ns is None:
            return f"{_edge(self.low_ns)} and more"
        return f"{_edge(self.low_ns)} to {_edge(self.high_ns)}" if self.low_ns else f"under {_edge(self.high_ns)}"


def _edge(nanoseconds: int) -> str:
    number, unit = duration(nanoseconds).split()
    return f"{float(number):.0f} {unit}"


@dataclass(frozen=True, slots=True)
class PauseFigures:
    """The pauses of a span, a collection that is still running included."""

    span: Span
    lived_ns: int
    """How much of the span there has been."""
    all: PauseStatistics
    generations: tuple[PauseStatistics, PauseStatistics, PauseStatistics]
    utilisations: tuple[Utilisation, ...]
    """One per window of `WINDOWS_NS`."""
    histogram: tuple[HistogramBucket, ...]
    """Back to back, logarithmic (two per power of ten), from the shortest pause to the longest; empty ones between."""
    missed: int
    """Collections of which nothing is known but that they were: overwritten in the ring before they were read."""
    unseen_ns: int
    """Time in which those must have run, between collections that were read. So all that was missed took between
    nothing and `unseen_ns`: totals and shares may be that much higher, no pause longer than the longer of `longest`
    and it, and utilisations are upper bounds."""

    @property
    def throughput(self) -> float:
        """Share of wall time that was the program's, 0 to 1."""
        return 1 - self.all.share


@dataclass(frozen=True, slots=True)
class Trigger:
    """Where the program was when the collector stopped it, and what that came to. From Python 3.12 on a collection
    waits for the next place where the interpreter can be interrupted, so the place is near, not exact."""

    site: Site
    """No other trigger has the same."""
    collections: tuple[int, int, int]
    """Per generation."""
    total_ns: int
    longest_ns: int
    longest_number: int
    """Number of the longest in the log."""
    last_number: int
    """Number of the latest in the log."""
    collected: int
    by_program: int
    """How many the program asked for itself, of those of generation 2; of the others that is not known. One that came
    when the counts were above their thresholds passes for the collector's own."""


class PauseReport(Protocol):
    """The pauses of one interpreter up to now. Live: figures are made when they are asked for."""

    def figures(self, span: Span, now_ns: int) -> PauseFigures: ...

    def triggers(self, span: Span, now_ns: int) -> tuple[Trigger, ...]:
        """Those that took longest in all come first. Of more than `triggers.MOST_SITES` the rest are one."""
        ...

    def numbers(self, trigger: Trigger, most: int) -> tuple[int, ...]:
        """Of the trigger's collections in the log: their numbers, latest first, no more than `most`."""
        ...
