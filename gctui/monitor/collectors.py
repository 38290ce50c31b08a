"""What the generations of each kind of collector are called, since the same number means different things.

Sources: CPython's gc documentation and `Python/gc.c` for 3.14.0 to 3.14.4 (incremental: a number is a way of
collecting, the third threshold is not used), `Python/gc_free_threading.c` (every collection is full).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One kind of collector, in words."""

    labels: tuple[str, str, str]
    """Of the rows of a table."""
    short: tuple[str, str, str]
    """In three characters at the most, for narrow columns."""
    names: tuple[str, str, str]
    """What is collected, within a sentence."""
    counted: tuple[bool, bool, bool]
    """Whether the threshold of that number is one that its count runs towards."""
    full: frozenset[int]
    """Numbers under which collections of the whole heap are reported."""
    note: str = ""
    """For the title of the generations; empty where they are what the gc module's documentation says."""


_NUMBERS = ("0", "1", "2")
GENERATIONAL = Words(
    labels=_NUMBERS,
    short=_NUMBERS,
    names=("generation 0", "generation 1", "generation 2"),
    counted=(True, True, True),
    full=frozenset({2}),
)
_KINDS = {
    "generational": GENERATIONAL,
    "incremental": Words(
        labels=("young", "increment", "full"),
        short=("yng", "inc", "ful"),
        names=("the young generation", "an increment", "the whole heap"),
        counted=(True, True, False),
        full=frozenset({2}),
        note="incremental: a step at a time, in full only when asked for",
    ),
    "free-threaded": Words(
        labels=("0 full", "1 full", "2 full"),
        short=_NUMBERS,
        names=("the whole heap, as generation 0", "the whole heap, as generation 1", "the whole heap"),
        counted=(True, False, False),
        full=frozenset({0, 1, 2}),
        note="free-threaded: in name only, each collection is full",
    ),
}

NUMBERS = {
    label: number
    for kind in _KINDS.values()
    for labels in (kind.labels, kind.short)
    for number, label in enumerate(labels)
}
"""The number of each label of any kind."""


def words(collector: str) -> Words:
    """Those of `Agent.collector`; a kind that nobody told, or that is not known, counts as generational."""
    return _KINDS.get(collector, GENERATIONAL)
