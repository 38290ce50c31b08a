"""From an allocation snapshot to the rows of a table: grouped, compared with the mark, filtered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from itertools import takewhile

from gctui.monitor.confidence import Z, interval
from gctui.monitor.filter_words import filter_words
from gctui.monitor.model import AllocationEntry, Allocations
from gctui.monitor.places import Places, RowKey, View

_LONGEST_WORD = 200


@dataclass(slots=True)
class AllocationRow:
    """All live blocks of one line, function, file, package or traceback. Changed by nobody; but making it frozen would
    take three times as long, and thousands are made per snapshot."""

    key: RowKey
    size: int
    """Bytes."""
    count: int
    """Blocks."""
    size_growth: int | None
    """Bytes more than at the mark; None where that cannot be said."""
    count_growth: int | None
    """Blocks more than at the mark; None where that cannot be said."""
    share: float
    """Part of all traced memory, 0 to 1."""
    samples: int = 0
    """Blocks that were seen; the others of a sampled snapshot are estimated from them."""
    size_variance: float = 0.0
    """Of the estimate, bytes squared; 0 where every block was traced."""
    count_variance: float = 0.0
    growth_variance: float = 0.0
    """Of `size_growth`: that of both snapshots. Too large where blocks are in both, whose errors are the same in each
    and cancel out: a growth that it lets through is one all the more."""
    count_growth_variance: float = 0.0

    @property
    def average(self) -> float:
        """Bytes per block; 0 where no block is left."""
        return self.size / self.count if self.count else 0.0

    @property
    def between(self) -> tuple[float, float]:
        """(low, high) that holds the true size 95 times in 100, bytes."""
        return interval(self.size, self.size_variance)

    @property
    def deviation(self) -> float:
        """How much larger the true size may be, as a part of the estimate; 0 where it is exact."""
        return (self.between[1] - self.size) / self.size if self.size and self.size_variance else 0.0

    @property
    def growth_deviation(self) -> float:
        """How far the true growth may be off, bytes."""
        return float(Z * self.growth_variance**0.5)

    @property
    def count_growth_deviation(self) -> float:
        """The same in blocks."""
        return float(Z * self.count_growth_variance**0.5)

    @property
    def is_vague(self) -> bool:
        """It may as well be twice as much."""
        return self.deviation > 1

    @property
    def is_count_vague(self) -> bool:
        return bool(self.count_variance) and interval(self.count, self.count_variance)[1] > 2 * self.count


LINES = View("line")
TRACEBACKS = View("traceback")


class _Sum:
    __slots__ = ("count", "count_variance", "samples", "size", "size_variance")

    def __init__(self) -> None:
        self.size = self.count = self.samples = 0
        self.size_variance = self.count_variance = 0.0


def group(allocations: Allocations, mark: Allocations | None, view: View) -> tuple[AllocationRow, ...]:
    """The rows of that view, largest first; sizes and counts add up to those of the entries, and so do variances, since
    each block is sampled or not whatever becomes of the others.

    What was there at the mark and is gone is a row of size 0, so that the growths add up too. There is no
    growth without a mark, nor for tracebacks that were cut to another length at the mark.
    """
    if mark is not None and view.grouping == "traceback" and mark.trace_frames != allocations.trace_frames:
        mark = None
    now = _sums(allocations.entries, view)
    before = _sums(mark.entries, view) if mark is not None else {}
    nothing, whole = _Sum(), allocations.total_size or 1
    rows = []
    for key in (now | before) if before else now:
        one, was = now.get(key, nothing), before.get(key, nothing)
        rows.append(
            AllocationRow(
                key,
                one.size,
                one.count,
                None if mark is None else one.size - was.size,
                None if mark is None else one.count - was.count,
                one.size / whole,
                one.samples,
                one.size_variance,
                one.count_variance,
                one.size_variance + was.size_variance,
                one.count_variance + was.count_variance,
            )
        )
    rows.sort(key=lambda row: row.size, reverse=True)
    return tuple(rows)


def behind(allocations: Allocations, mark: Allocations | None, key: RowKey, view: View) -> tuple[AllocationRow, ...]:
    """The tracebacks that a row of that view is made of, largest first."""
    tracebacks = group(allocations, mark, TRACEBACKS)
    return tuple(row for row in tracebacks if view.key(row.key.frames, row.key.folded) == key)


def largest_entry(allocations: Allocations, key: RowKey, view: View) -> AllocationEntry | None:
    """The largest part of that row; None where nothing is left of it."""
    entries = (entry for entry in allocations.entries if view.key(entry.frames, entry.folded) == key)
    return max(entries, key=lambda entry: entry.size, default=None)


def lines_of(allocations: Allocations, mark: Allocations | None, filename: str) -> tuple[AllocationRow, ...]:
    """The lines of one file that allocated something, largest first."""
    return tuple(row for row in group(allocations, mark, LINES) if row.key.frames[0].filename == filename)


def frames_in_common(rows: Sequence[AllocationRow]) -> int:
    """How many of the most recent frames are the same in all of these tracebacks."""
    columns = zip(*(row.key.frames for row in rows), strict=False)
    return sum(1 for _ in takewhile(lambda frames: len(set(frames)) == 1, columns))


def matching(rows: Iterable[AllocationRow], text: str, places: Places) -> tuple[AllocationRow, ...]:
    """The rows that have every word of `text` somewhere in the names of their files, functions and packages, and no
    `!word`, case ignored. A word with `*` or `?` is a pattern for a whole name, or for the end of a path.

    A row of a whole traceback is looked at with all its frames.
    """
    wanted, unwanted = (list(map(_finder, words)) for words in filter_words(text))
    if not wanted and not unwanted:
        return tuple(rows)

    def matches(row: AllocationRow) -> bool:
        names = places.names(row.key)
        return all(any(map(one, names)) for one in wanted) and not any(any(map(one, names)) for one in unwanted)

    return tuple(row for row in rows if matches(row))


def _finder(word: str) -> Callable[[str], object]:
    word = word[:_LONGEST_WORD]
    if "*" in word or "?" in word:
        return re.compile("(?:.*/)?" + translate(word), re.DOTALL).match
    return lambda name: word in name


def _sums(entries: Sequence[AllocationEntry], view: View) -> dict[RowKey, _Sum]:
    sums: dict[RowKey, _Sum] = {}
    for entry in entries:
        key = view.key(entry.frames, entry.folded)
        one = sums.get(key)
        if one is None:
            one = sums[key] = _Sum()
        one.size += entry.size
        one.count += entry.count
        one.samples += entry.samples
        one.size_variance += entry.size_variance
        one.count_variance += entry.count_variance
    return sums
