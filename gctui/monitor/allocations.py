"""From an allocation snapshot to the rows of a table: grouped, compared with the mark, filtered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from gctui.monitor.model import AllocationEntry, Allocations, Frame

Grouping = Literal["line", "file", "traceback"]
GROUPINGS: tuple[Grouping, ...] = ("line", "file", "traceback")

_NOWHERE = Frame("", 0)


@dataclass(frozen=True, slots=True)
class RowKey:
    """What a row stands for: the same in every snapshot, so that a cursor can stay on it."""

    grouping: Grouping
    frames: tuple[Frame, ...]
    """The traceback, most recent call first; one frame for a line; one frame with line 0 for a file."""
    folded: bool
    """It is the rest of a place: its many small tracebacks, which were not sent one by one."""


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """All live blocks of one line, file or traceback."""

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

    @property
    def average(self) -> float:
        """Bytes per block; 0 where no block is left."""
        return self.size / self.count if self.count else 0.0


def group(allocations: Allocations, mark: Allocations | None, grouping: Grouping) -> tuple[AllocationRow, ...]:
    """One row per line, file or traceback, largest first; sizes and counts add up to those of the entries.

    What was there at the mark and is gone is a row of size 0, so that the growths add up too. There is no
    growth without a mark, nor for tracebacks that were cut to another length at the mark.
    """
    if mark is not None and grouping == "traceback" and mark.trace_frames != allocations.trace_frames:
        mark = None
    now = _sums(allocations.entries, grouping)
    before = _sums(mark.entries, grouping) if mark is not None else {}
    gone = dict.fromkeys(before.keys() - now.keys(), (0, 0))
    rows = []
    for key, (size, count) in (now | gone).items():
        size_before, count_before = before.get(key, (0, 0))
        rows.append(
            AllocationRow(
                key=key,
                size=size,
                count=count,
                size_growth=None if mark is None else size - size_before,
                count_growth=None if mark is None else count - count_before,
                share=size / allocations.total_size if allocations.total_size else 0.0,
            )
        )
    rows.sort(key=lambda row: row.size, reverse=True)
    return tuple(rows)


def behind(allocations: Allocations, mark: Allocations | None, key: RowKey) -> tuple[AllocationRow, ...]:
    """The tracebacks that a row is made of, largest first."""
    tracebacks = group(allocations, mark, "traceback")
    return tuple(row for row in tracebacks if _key_of(row.key.frames, row.key.folded, key.grouping) == key)


def lines_of(allocations: Allocations, mark: Allocations | None, filename: str) -> tuple[AllocationRow, ...]:
    """The lines of one file that allocated something, largest first."""
    return tuple(row for row in group(allocations, mark, "line") if row.key.frames[0].filename == filename)


def frames_in_common(rows: Sequence[AllocationRow]) -> int:
    """How many of the most recent frames are the same in all of these tracebacks."""
    columns = zip(*(row.key.frames for row in rows), strict=False)
    return sum(1 for _ in takewhile(lambda frames: len(set(frames)) == 1, columns))


def matching(rows: Iterable[AllocationRow], text: str) -> tuple[AllocationRow, ...]:
    """The rows whose file names contain every word of `text` and no `!word`, case ignored.

    A row of a whole traceback is looked at with the files of all its frames.
    """
    words = text.casefold().split()
    wanted = [word for word in words if not word.startswith("!")]
    unwanted = [word[1:] for word in words if word.startswith("!") and len(word) > 1]

    def matches(row: AllocationRow) -> bool:
        names = [frame.filename.casefold() for frame in row.key.frames]
        return all(any(word in name for name in names) for word in wanted) and not any(
            word in name for word in unwanted for name in names
        )

    return tuple(row for row in rows if matches(row))


def _sums(entries: Sequence[AllocationEntry], grouping: Grouping) -> dict[RowKey, tuple[int, int]]:
    """(bytes, blocks) by key."""
    sums: dict[RowKey, tuple[int, int]] = {}
    for entry in entries:
        key = _key_of(entry.frames, entry.folded, grouping)
        size, count = sums.get(key, (0, 0))
        sums[key] = size + entry.size, count + entry.count
    return sums


def _key_of(frames: tuple[Frame, ...], folded: bool, grouping: Grouping) -> RowKey:
    place = frames[0] if frames else _NOWHERE
    if grouping == "traceback":
        return RowKey(grouping, frames or (_NOWHERE,), folded)
    if grouping == "file":
        return RowKey(grouping, (Frame(place.filename, 0),), False)
    # The small tracebacks of one line belong to that line; where the line is lost too there is a rest to show.
    return RowKey(grouping, (place,), folded and place.line == 0)
