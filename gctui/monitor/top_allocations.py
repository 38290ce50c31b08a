"""The largest sites of an allocation snapshot, for the summary of a run."""

from __future__ import annotations

from dataclasses import dataclass

from gctui.monitor.allocations import LINES, AllocationRow, group
from gctui.monitor.model import Allocations

LISTED = 10
"""Lines of code in the summary."""
HIGHER = 1.1
"""A peak is listed besides when it has so many times as much in it as the last snapshot."""


@dataclass(frozen=True, slots=True)
class TopAllocations:
    """What the program held at one moment."""

    taken_s: float
    """Seconds since the program began."""
    size: int
    """Bytes; an estimate where blocks were sampled, as in the rows."""
    count: int
    """Blocks."""
    sample_bytes: int
    """Bytes between two samples on average; 0: every block was traced."""
    frames: int
    """Per traceback."""
    lines: tuple[AllocationRow, ...]
    """The largest, by line."""


def top_allocations(allocations: Allocations, started_ns: int) -> TopAllocations:
    return TopAllocations(
        taken_s=max(0, allocations.taken_ns - started_ns) / 1e9,
        size=allocations.total_size,
        count=allocations.total_count,
        sample_bytes=allocations.sample_bytes,
        frames=allocations.trace_frames,
        lines=group(allocations, None, LINES)[:LISTED],
    )


def is_higher(peak: Allocations, last: Allocations) -> bool:
    """Whether it is worth a list of its own."""
    return peak.total_size > last.total_size * HIGHER
