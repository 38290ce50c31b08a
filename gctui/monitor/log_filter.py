"""Filter the collection log: what the user types, and a search over a million events in small steps."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from gctui.monitor.collectors import NUMBERS
from gctui.monitor.model import CollectionLog, Site

GENERATIONS = frozenset((0, 1, 2))

_NANOSECONDS = {"ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
_PAUSE = re.compile(r"(?P<sign>[<>]=?)(?P<number>\d+(?:\.\d*)?|\.\d+)(?P<unit>[a-zµμ]+)", re.ASCII)
_KINDS = ("collection", "change")
_LONGEST_WORD = 200


class FilterError(ValueError):
    """What was typed is no filter; the message is a sentence for the filter bar."""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which collections to show: those that meet every condition."""

    generations: frozenset[int] = GENERATIONS
    shortest_ns: int = 0
    """Pauses shorter than this are left out, nanoseconds."""
    longest_ns: int | None = None
    """Pauses longer than this are left out, nanoseconds; None: no limit."""
    words: tuple[str, ...] = ()
    """Each must be in the trigger site, or in what a change says, case ignored."""
    collections: bool = True
    changes: bool = True
    """Which of the two are shown."""
    pids: frozenset[int] | None = None
    """Processes whose collections are shown, in a log of several; None: of all."""

    @property
    def chooses_collections(self) -> bool:
        """Some collections are shown, and others not."""
        return self.collections and self != LogFilter(changes=self.changes)

    def fits(self, generation: int, pause_ns: int) -> bool:
        """All that can be told without the trigger site."""
        return (
            generation in self.generations
            and pause_ns >= self.shortest_ns
            and (self.longest_ns is None or pause_ns <= self.longest_ns)
        )

    def fits_pid(self, pid: int) -> bool:
        """0 is the process of a log of one."""
        return self.pids is None or not pid or pid in self.pids

    def fits_site(self, site: Site) -> bool:
        return self._has_words(str(site))

    def fits_change(self, text: str) -> bool:
        """Generation and pause choose among collections: what was set between them is shown with any."""
        return self.changes and self._has_words(text)

    def _has_words(self, text: str) -> bool:
        text = text.casefold()
        return all(word in text for word in self.words)


def parse_filter(text: str) -> LogFilter:
    """Read `gen:1,2 pause>10ms views.py`; raises FilterError."""
    generations, words, kinds = GENERATIONS, [], set(_KINDS)
    shortest, longest = 0, None
    pids: frozenset[int] | None = None
    for word in text.split():
        lowered = word.casefold()
        if lowered.startswith("gen:"):
            generations &= _generations(lowered[4:])
        elif lowered.startswith("pid:"):
            found = _pids(lowered[4:])
            pids = found if pids is None else pids & found
        elif lowered.startswith("is:"):
            kinds &= _kind(lowered[3:])
        elif lowered.startswith(("pause>", "pause<")):
            sign, limit = _pause(lowered[5:])
            if sign.startswith(">"):
                shortest = max(shortest, limit + (sign == ">"))
            else:
                limit -= sign == "<"
                longest = limit if longest is None else min(longest, limit)
        else:
            words.append(lowered[:_LONGEST_WORD])
    return LogFilter(generations, shortest, longest, tuple(words), "collection" in kinds, "change" in kinds, pids)


def _kind(text: str) -> set[str]:
    if text not in _KINDS:
        raise FilterError("is: takes change or collection, as in is:change")
    return {text}


def _pids(text: str) -> frozenset[int]:
    parts = [part for part in text.split(",") if part]
    if not parts or not all(part.isascii() and part.isdecimal() and len(part) <= 10 for part in parts):
        raise FilterError("pid: takes the number of a process or several, as in pid:123,124")
    return frozenset(map(int, parts))


def _generations(text: str) -> frozenset[int]:
    parts = [part for part in text.split(",") if part]
    if not parts or not NUMBERS.keys() >= set(parts):
        raise FilterError("gen: takes 0, 1, 2 or several, as in gen:1,2")
    return frozenset(NUMBERS[part] for part in parts)


def _pause(text: str) -> tuple[str, int]:
    """The sign, and the limit in nanoseconds."""
    found = _PAUSE.fullmatch(text)
    if found is None or found["unit"] not in _NANOSECONDS or len(found["number"]) > 15:
        raise FilterError("pause takes a time with its unit, µs, ms or s, as in pause>10ms")
    return found["sign"], round(float(found["number"]) * _NANOSECONDS[found["unit"]])


class LogSearch:
    """The numbers of the collections that a filter lets through, found from the newest to the oldest.

    It does nothing by itself: call `advance` again and again until `done`, and whenever new events came. What
    it found is kept as two columns that only grow at their ends, so that a match costs 8 bytes and no event
    is looked at twice.
    """

    def __init__(self, log: CollectionLog, wanted: LogFilter) -> None:
        self._log = log
        self._wanted = wanted
        self._older = array("q")  # found walking back: descending
        self._newer = array("q")  # found since: ascending
        self._first = self._end = log.end
        self._floor = log.first
        self._sites: dict[Site, bool] = {}

    def __len__(self) -> int:
        return len(self._older) + len(self._newer)

    def __getitem__(self, index: int) -> int:
        """The number of the match at that place, oldest first."""
        older = len(self._older)
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._older[older - 1 - index] if index < older else self._newer[index - older]

    def done(self, end: int) -> bool:
        """Every event held before `end` has been looked at."""
        return self._end >= end and self._first <= self._floor

    def progress(self, end: int) -> float:
        """How much of the log has been looked at, 0 to 1."""
        held = end - self._floor
        return min(1.0, (self._end - self._first) / held) if held > 0 else 1.0

    def place(self, number: int) -> int:
        """How many matches are older than that event."""
        older = len(self._older) - bisect_right(self._older, -number, key=lambda held: -held)
        return older + bisect_left(self._newer, number)

    def drop(self, first: int) -> int:
        """Forget the matches that the log no longer holds; how many there were."""
        self._floor = max(self._floor, first)
        if self._end < first:
            self._first = self._end = first
        self._first = max(self._first, first)
        dropped = 0
        while self._older and self._older[-1] < first:
            self._older.pop()
            dropped += 1
        if not self._older and self._newer and self._newer[0] < first:
            stale = bisect_left(self._newer, first)
            del self._newer[:stale]
            dropped += stale
        return dropped

    def advance(self, end: int, limit: int) -> None:
        """Look at `limit` more events at most: new ones before `end` first, then older ones."""
        self.drop(self._log.first)
        if self._end < end:
            stop = min(end, self._end + limit)
            self._newer.extend(self._matches(self._end, stop))
            self._end = stop
        elif self._first > self._floor:
            start = max(self._floor, self._first - limit)
            self._older.extend(reversed(self._matches(start, self._first)))
            self._first = start

    def _matches(self, first: int, end: int) -> list[int]:
        generations, pauses = self._log.columns(first, end)
        fits = self._wanted.fits
        numbers = [
            number
            for number, generation, pause in zip(range(first, end), generations, pauses, strict=True)
            if fits(generation, pause)
        ]
        if not self._wanted.words and self._wanted.pids is None:
            return numbers
        return [number for number in numbers if self._fits_in_full(number)]

    def _fits_in_full(self, number: int) -> bool:
        try:
            collection = self._log[number]
        except IndexError:
            return False
        if not self._wanted.fits_pid(collection.pid):
            return False
        site = collection.site
        known = self._sites.get(site)
        if known is None:
            if len(self._sites) >= 10_000:
                self._sites.clear()
            known = self._sites[site] = self._wanted.fits_site(site)
        return known
