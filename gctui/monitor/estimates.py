"""What a command will probably cost the program, said before it is sent."""

from __future__ import annotations

from gctui.monitor.model import Snapshot

ASK_ABOVE_NS = 1_000_000_000
"""A pause estimated longer than this is worth a question first."""

_NS_PER_MIB = 1_000_000
"""Of resident memory, for a full collection of a heap of small objects."""


def pause_estimate(snapshot: Snapshot, generation: int) -> int | None:
    """Nanoseconds that `gc.collect(generation)` would stop the program; None when nothing is known.

    The longest pause on record is the best guess: heaps grow slowly compared with how often they are
    collected. Without one, only the full collection can be guessed at: it visits the whole process.
    """
    longest = snapshot.generations[generation].pauses.maximum
    if longest:
        return longest
    if generation != 2 or snapshot.figures.rss is None:
        return None
    return int(snapshot.figures.rss / (1 << 20) * _NS_PER_MIB)
