"""What a command will probably cost the program, said before it is sent."""

from __future__ import annotations

from gctui.monitor.cycles import Cycles
from gctui.monitor.model import Snapshot
from gctui.monitor.objects import Census

ASK_ABOVE_NS = 1_000_000_000
"""A pause estimated longer than this is worth a question first."""

_NS_PER_MIB = 1_000_000
"""Of resident memory, for a full collection of a heap of small objects."""


def pause_estimate(snapshot: Snapshot, generation: int) -> int | None:
    """Nanoseconds that `gc.collect(generation)` would stop the program; None when nothing is known.

    The longest pause on record is the best guess: heaps grow slowly compared with how often they are collected. The
    younger generations' pauses count too, since they are collected along. Without a full collection on record, one is
    guessed at from the size of the process, all of which it may visit.
    """
    longest = max(one.pauses.maximum for one in snapshot.generations[: generation + 1])
    if generation == 2 and not snapshot.generations[2].pauses.maximum and snapshot.figures.rss is not None:
        longest = max(longest, int(snapshot.figures.rss / (1 << 20) * _NS_PER_MIB))
    return longest or None


_CENSUS_NS_PER_MIB = 1_500_000
"""Of resident memory, for a census of a heap of small objects."""


def census_estimate(snapshot: Snapshot, last: Census | None) -> int | None:
    """Nanoseconds that a census would stop the program: as many as the last one, or else going by the size of the
    process. None when nothing is known."""
    if last is not None:
        return last.stall_ns
    rss = snapshot.figures.rss
    return None if rss is None else int(rss / (1 << 20) * _CENSUS_NS_PER_MIB)


def probe_estimate(snapshot: Snapshot, last: Cycles | None) -> int | None:
    """Nanoseconds that the two collections of a cycle probe would stop the program, together: as many as those of the
    last probe, or else twice a full collection. None when nothing is known."""
    if last is not None:
        return sum(last.stalls_ns)
    one = pause_estimate(snapshot, 2)
    return None if one is None else 2 * one
