"""How large each traceback was in the snapshots so far, so that any row can be drawn over time."""

from __future__ import annotations

from array import array
from typing import NamedTuple

from gctui.monitor.model import Allocations, Frame
from gctui.monitor.places import RowKey, View

MOST_SNAPSHOTS = 120
MOST_TRACEBACKS = 20_000
"""Tracebacks that are remembered, those that are gone by now among them."""


class SizeAt(NamedTuple):
    """A row's size in one snapshot."""

    taken_ns: int
    size: int
    """Bytes."""


class SizeHistory:
    """Bounded: when there is too much, every second snapshot is forgotten, so that the beginning stays."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[tuple[Frame, ...], bool], int] = {}
        self._snapshots: list[tuple[int, array[int], array[int]]] = []  # when, numbers of the tracebacks, their sizes
        self._way = (0, 0)

    def add(self, allocations: Allocations | None) -> None:
        """Remember a snapshot. One that was traced in another way, or none at all, begins from nothing."""
        way = (allocations.trace_frames, allocations.sample_bytes) if allocations is not None else (0, 0)
        if way != self._way:
            self._way = way
            self._numbers.clear()
            self._snapshots.clear()
        if allocations is None or (self._snapshots and self._snapshots[-1][0] == allocations.taken_ns):
            return
        numbers, entries = self._numbers, allocations.entries
        found = array("I", [numbers.setdefault((one.frames, one.folded), len(numbers)) for one in entries])
        self._snapshots.append((allocations.taken_ns, found, array("Q", [one.size for one in entries])))
        while len(self._snapshots) > 1 and (len(self._snapshots) > MOST_SNAPSHOTS or len(numbers) > MOST_TRACEBACKS):
            self._forget_half()

    def sizes(self, key: RowKey, view: View) -> tuple[SizeAt, ...]:
        """Those of a row of that view, since it was first seen."""
        mine = {number for (frames, folded), number in self._numbers.items() if view.key(frames, folded) == key}
        sizes = [
            SizeAt(taken, sum(size for number, size in zip(numbers, of_each, strict=True) if number in mine))
            for taken, numbers, of_each in self._snapshots
        ]
        first = next((place for place, one in enumerate(sizes) if one.size), len(sizes))
        return tuple(sizes[first:])

    def _forget_half(self) -> None:
        """The newest stays."""
        self._snapshots = self._snapshots[::-2][::-1]
        used = set().union(*(numbers for _, numbers, _ in self._snapshots))
        kept = [traceback for traceback, number in self._numbers.items() if number in used]
        renumbered = {self._numbers[traceback]: number for number, traceback in enumerate(kept)}
        self._numbers.clear()
        self._numbers.update({traceback: number for number, traceback in enumerate(kept)})
        self._snapshots = [
            (taken, array("I", [renumbered[number] for number in numbers]), sizes)
            for taken, numbers, sizes in self._snapshots
        ]
