"""The collections of a run in parts of a second, so that the last minute can be told from the rest: its seconds are
kept, tens of them are added up on the way, and all that is older is one part."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable

from gctui.monitor.pauses import WINDOWS_NS
from gctui.monitor.triggers import Tallies, add_up

PART_NS = 1_000_000_000
#: The seconds of the last minute, and the one before, for the windows that end where the minute begins.
MOST_SECONDS = 61
#: Seconds in a block, and the blocks that meet a minute.
BLOCK, MOST_BLOCKS = 10, 7

_NEVER = 1 << 65  # no end of a pause is as late

Counts = defaultdict[int, int]


class Part:
    """The collections that stopped in a second, or in several."""

    __slots__ = ("counts", "edge", "first", "missed", "most", "second", "tallies", "unseen")

    def __init__(self, second: int = -1, first: tuple[int, int] = (0, 0)) -> None:
        self.second = second
        self.first = first
        """When the first of them started, and its generation: it may have begun in a second before."""
        self.counts: tuple[Counts, Counts, Counts] = (defaultdict(int), defaultdict(int), defaultdict(int))
        """Per generation, pauses by their bucket."""
        self.tallies: Tallies = {}
        self.most = self.edge = [0] * len(WINDOWS_NS)
        """Time in pauses in the worst windows that end in it, and in those that end with it."""
        self.missed = self.unseen = 0

    def add(self, other: Part) -> None:
        for counts, others in zip(self.counts, other.counts, strict=True):
            for bucket, number in others.items():
                counts[bucket] += number
        add_up(self.tallies, other.tallies)
        self.most = worse(self.most, other.most)
        self.missed += other.missed
        self.unseen += other.unseen


def worse(one: list[int], other: list[int]) -> list[int]:
    return [max(pair) for pair in zip(one, other, strict=True)]


def added_up(parts: Iterable[Part]) -> Part:
    whole = Part()
    for part in parts:
        whole.add(part)
    return whole


class Parts:
    """Each collection is in one of the seconds that are kept, the last of which is being made, or older; and, once its
    second is over, in a block or older than those."""

    def __init__(self) -> None:
        self.seconds = deque([Part()], MOST_SECONDS)
        self._blocks = deque([Part()], MOST_BLOCKS)
        self._over = Part()  # all that was in blocks but the last
        self.are_kept = True
        self.complete_from = 0
        """Time from which on all seconds are kept, ns."""

    def keep(self, long: bool, now_ns: int) -> None:
        """Whether there is a minute, which begins now, or one part of all that comes."""
        self._over = added_up(self.run())
        self._blocks = deque([Part()], MOST_BLOCKS)
        self.seconds = deque([Part()], MOST_SECONDS)
        self.are_kept, self.complete_from = long, now_ns

    @property
    def part_end(self) -> int:
        """When the part that is being made is over, ns."""
        return (self.seconds[-1].second + 1) * PART_NS if self.are_kept else _NEVER

    def begin(self, second: int, first: tuple[int, int]) -> Part:
        """The last second is over, and so are those between."""
        ended, tens = self.seconds[-1], self.seconds[-1].second // BLOCK * BLOCK
        if self._blocks[-1].second != tens:
            self._over.add(self._blocks[-1])
            self._blocks.append(Part(tens))
        self._blocks[-1].add(ended)
        self.seconds.append(Part(second, first))
        if len(self.seconds) == self.seconds.maxlen:
            self.complete_from = max(self.complete_from, self.seconds[0].second * PART_NS)
        return self.seconds[-1]

    def run(self) -> list[Part]:
        return [self._over, self._blocks[-1], self.seconds[-1]]

    def since(self, second: int) -> list[Part]:
        """Of that second, which is not before the last minute, and later: as few parts as there can be."""
        blocks = [block for block in self._blocks if block.second >= second]
        inside = blocks[0].second if blocks else self.seconds[-1].second
        loose = [part for part in self.seconds if second <= part.second < inside]
        last = self.seconds[-1]
        return [*loose, *blocks, *([last] if last.second >= second and last not in loose else [])]

    def first_since(self, second: int) -> tuple[int, int]:
        """`Part.first` of the first collection in the parts `since` there, which must not be empty."""
        return next(part.first for part in self.seconds if part.second >= second)
