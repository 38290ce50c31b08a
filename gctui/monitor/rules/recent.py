"""The little of earlier ticks that rules need: bounded, and folded tick by tick."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise

from gctui.monitor.collectors import words
from gctui.monitor.model import Collection, Snapshot

#: Nothing is said of what happens while a program starts: it loads and grows then.
QUIET_NS = 5_000_000_000
SAMPLE_NS = 1_000_000_000
#: Ten minutes of samples; full collections, however far apart.
MOST_SAMPLES, MOST_FULL = 600, 500
#: Full collections looked at in one tick, the newest.
MOST_AT_ONCE = 200
#: More objects frozen than that, and it was not the interpreter's own start.
FROZEN_LEAST = 1000
#: A full collection as shortly before a freeze as this was made for it.
COLLECTED_BEFORE_NS = 5_000_000_000
#: Where there are frozen objects already, the agent counts them so many times as late at most.
COUNTED_LATE = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """One second."""

    taken_ns: int
    rss: int | None
    """Bytes."""
    enabled: bool
    highest_count: int
    """Of generation 0 in any tick of that second."""
    pauses: tuple[int, int, int]
    """Nanoseconds in the collector since the start, per generation."""


class Recent:
    """What was seen of one interpreter; `fold` a snapshot of another one, and it begins anew."""

    snapshot: Snapshot
    """The newest; there is none before the first `fold`."""

    def __init__(self) -> None:
        self._who = (-1, -1)
        self._begin()

    def _begin(self) -> None:
        self.samples: deque[Sample] = deque(maxlen=MOST_SAMPLES)
        self.full: deque[Collection] = deque(maxlen=MOST_FULL)
        """Full collections that gctui did not ask for, oldest first."""
        self.frozen_unseen = 0
        """Objects that were frozen without a full collection shortly before."""
        self._read = 0
        self._last_full_ns = 0
        self._frozen: int | None = None
        self._highest = 0

    def fold(self, snapshot: Snapshot) -> bool:
        """Take in one tick; whether a second has passed, so that the rules are worth asking again."""
        who = (snapshot.agent.pid, snapshot.agent.interpreter)
        if who != self._who or snapshot.log.end < self._read:  # an exec leaves the process and its number
            self._who = who
            self._begin()
        self.snapshot = snapshot
        self._fold_collections(snapshot)
        gauges = snapshot.gauges
        if gauges is not None:
            self._fold_frozen(gauges.frozen, gauges.taken_ns)
            self._highest = max(self._highest, gauges.counts[0])
        if self.samples and snapshot.taken_ns - self.samples[-1].taken_ns < SAMPLE_NS:
            return False
        first, second, third = (one.pauses.total for one in snapshot.generations)
        enabled = gauges is None or gauges.enabled
        sample = Sample(snapshot.taken_ns, snapshot.figures.rss, enabled, self._highest, (first, second, third))
        self.samples.append(sample)
        self._highest = 0
        return True

    def _fold_collections(self, snapshot: Snapshot) -> None:
        log, full = snapshot.log, words(snapshot.agent.collector).full
        first = max(self._read, log.first)
        generations, _ = log.columns(first, log.end)
        for at in _last_places(bytes(generations), full, MOST_AT_ONCE):
            collection = log[first + at]
            self._last_full_ns = collection.started_ns + collection.pause_ns
            if not collection.forced:
                self.full.append(collection)
        self._read = log.end

    def _fold_frozen(self, frozen: int, told_ns: int) -> None:
        """Freezing sets apart the garbage too that nobody has collected."""
        before, self._frozen = self._frozen, frozen
        if before is None or before == frozen:
            return
        patience = COLLECTED_BEFORE_NS * (COUNTED_LATE if before else 1)
        was_collected = bool(self._last_full_ns) and told_ns - self._last_full_ns <= patience
        self.frozen_unseen = min(self.frozen_unseen, frozen)  # they die, or are unfrozen
        if frozen - before >= FROZEN_LEAST and not was_collected:
            self.frozen_unseen += frozen - before

    # --- what rules ask ---------------------------------------------------------------------------------------------

    @property
    def is_quiet(self) -> bool:
        """The program has just started."""
        return self.snapshot.taken_ns - self.snapshot.program.started_ns < QUIET_NS

    def full_within(self, seconds: float, by_program: bool = False) -> list[Collection]:
        """Full collections of the last `seconds`, those of the program's start left out; automatic ones, or those
        that the program asked for."""
        start = self.snapshot.program.started_ns + QUIET_NS
        oldest = max(self.snapshot.taken_ns - round(seconds * 1e9), start)
        return [one for one in self.full if one.started_ns >= oldest and one.by_program == by_program]

    def samples_within(self, seconds: float) -> list[Sample]:
        """Oldest first."""
        oldest = self.snapshot.taken_ns - round(seconds * 1e9)
        return [one for one in self.samples if one.taken_ns >= oldest]

    def rss_growth(self, seconds: float) -> tuple[int, int] | None:
        """RSS then and now, bytes, where it has risen in each third of that time; else None."""
        known = [(one.taken_ns, one.rss) for one in self.samples_within(2 * seconds) if one.rss is not None]
        begin = self.snapshot.taken_ns - round(seconds * 1e9)
        old = sum(taken <= begin for taken, _ in known)
        if not old:
            return None
        span = [rss for _, rss in known[old - 1 :]]
        thirds = [span[(len(span) - 1) * third // 3] for third in range(4)]
        rises = all(one < later for one, later in pairwise(thirds))
        return (thirds[0], thirds[3]) if rises else None


def _last_places(generations: bytes, wanted: frozenset[int], most: int) -> list[int]:
    """The last places of those numbers, ascending. A tick can bring 100,000 collections: C looks at them."""
    marks = generations.translate(bytes(number in wanted for number in range(256)))
    found: list[int] = []
    at = marks.rfind(1)
    while at >= 0 and len(found) < most:
        found.append(at)
        at = marks.rfind(1, 0, at)
    return found[::-1]
