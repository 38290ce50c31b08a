"""The log of collections in compact columns: about 31 bytes each, so that a million of them fit in a small monitor."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress

from gctui.agent import wire
from gctui.monitor.messages import GENERATIONS, Record
from gctui.monitor.model import Collection, Site

#: Collections held. Older ones go, a chunk at a time, and live on in the statistics.
MOST_COLLECTIONS = 1_000_000
CHUNK = 50_000
#: Collections held of an interpreter that the screen does not show.
FEW_COLLECTIONS = 1000
#: How many collections may be younger than the last gauges. More could only be behind gauges with a false time.
MOST_UNTOLD = 250_000

_MOST_32 = (1 << 32) - 1
_MOST_SITE, _BY_PROGRAM = (1 << 31) - 1, 1 << 31
_UNKNOWN = Site("", 0, "(unknown)")
#: The number of no place.
UNNAMED = wire.FIRST_SITE - 1


class Columns:
    """A `model.CollectionLog`. Numbers count from 0 for the interpreter's first collection that was read."""

    def __init__(self) -> None:
        self.first = 0
        self.is_short = False
        """Only the last few are held."""
        self._started, self._pause, self._thread = array("Q"), array("Q"), array("Q")
        self._generation = array("B")
        self._collected, self._uncollectable = array("I"), array("I")
        self._site = array("I")  # and _BY_PROGRAM
        self._candidates = array("I")  # as wire.RECORD has them; empty until Python tells any
        self.sites: dict[int, Site] = {}
        """By the number that records have."""

    @property
    def end(self) -> int:
        return self.first + len(self._started)

    def name_sites(self, sites: dict[int, Site]) -> None:
        self.sites.update(sites)

    def extend(self, records: Sequence[Record]) -> None:
        if records:
            started, pauses, whats, collected, uncollectable, threads, sites, _ = zip(*records, strict=True)
            if self._candidates or max(whats) >> wire.CANDIDATES:
                self._candidates.extend(bytes(len(self._started) - len(self._candidates)))
                self._candidates.extend([what >> wire.CANDIDATES for what in whats])
            self._started.extend(started)
            self._pause.extend(pauses)
            self._generation.extend([GENERATIONS[what & wire.GENERATION_BITS] for what in whats])
            self._collected.extend(_clamped(collected, _MOST_32))
            self._uncollectable.extend(_clamped(uncollectable, _MOST_32))
            self._thread.extend(threads)
            self._site.extend(_clamped(sites, _MOST_SITE))
            for at, what in enumerate(whats, -len(whats)):
                if what & wire.BY_PROGRAM:
                    self._site[at] |= _BY_PROGRAM
        most, chunk = self._bounds()
        surplus = len(self._started) - most
        if surplus >= chunk:
            self._cut(surplus)

    def _bounds(self) -> tuple[int, int]:
        """Collections held, and how many more before those go."""
        return (FEW_COLLECTIONS, FEW_COLLECTIONS) if self.is_short else (MOST_COLLECTIONS, CHUNK)

    def _cut(self, surplus: int) -> None:
        for column in (
            self._started, self._pause, self._thread, self._generation,
            self._collected, self._uncollectable, self._site, self._candidates,
        ):  # fmt: skip
            del column[:surplus]
        self.first += surplus

    def copy(self, other: Columns, sites: Mapping[int, int], most: int) -> None:
        """Begin with the latest `most` of another log. `sites`: its numbers of places to those here."""
        at = max(other.end - other.first - most, 0)
        self._started, self._pause, self._thread = other._started[at:], other._pause[at:], other._thread[at:]
        self._generation, self._candidates = other._generation[at:], other._candidates[at:]
        self._collected, self._uncollectable = other._collected[at:], other._uncollectable[at:]
        self._site = array(
            "I", [sites.get(site & _MOST_SITE, UNNAMED) | site & _BY_PROGRAM for site in other._site[at:]]
        )

    def __getitem__(self, number: int) -> Collection:
        at = number - self.first
        if not 0 <= at < len(self._started):
            raise IndexError(number)
        site, candidates = self._site[at] & _MOST_SITE, self._candidates[at] if self._candidates else 0
        return Collection(
            number=number,
            started_ns=self._started[at],
            pause_ns=self._pause[at],
            generation=self._generation[at],
            collected=self._collected[at],
            uncollectable=self._uncollectable[at],
            thread=self._thread[at],
            site=self.sites.get(site, _UNKNOWN),
            forced=site in (wire.FORCED_SITE, wire.PROBE_SITE),
            is_probe=site == wire.PROBE_SITE,
            by_program=bool(self._site[at] & _BY_PROGRAM),
            candidates=candidates - 1 if candidates else None,
        )

    def of_site(self, site: Site, first: int) -> Iterator[int]:
        """Numbers of the collections from `first` on that were set off there, latest first."""
        known_as = {number for number, one in self.sites.items() if one == site}
        known_as |= {number | _BY_PROGRAM for number in known_as}
        for end in range(self.end, first, -CHUNK):
            start = max(end - CHUNK, first)
            column = self._site[start - self.first : end - self.first]
            yield from compress(range(end - 1, start - 1, -1), map(known_as.__contains__, reversed(column)))

    def columns(self, first: int, end: int) -> tuple[array[int], array[int]]:
        """(generations, pauses in ns) of `first` to `end` - 1."""
        window = slice(max(first - self.first, 0), max(end - self.first, 0))
        return self._generation[window], self._pause[window]

    def after(self, moment_ns: int) -> tuple[list[int], list[int], list[int]]:
        """Of the collections that stopped after `moment_ns`: their number, collected and uncollectable, per
        generation. Those of a probe are left out."""
        number, collected, uncollectable = [0, 0, 0], [0, 0, 0], [0, 0, 0]
        last = len(self._started) - 1
        for at in range(last, max(last - MOST_UNTOLD, -1), -1):
            if self._started[at] + self._pause[at] <= moment_ns:
                break
            if self._site[at] == wire.PROBE_SITE:
                continue
            generation = self._generation[at]
            number[generation] += 1
            collected[generation] += self._collected[at]
            uncollectable[generation] += self._uncollectable[at]
        return number, collected, uncollectable


def _clamped(values: Sequence[int], most: int) -> Sequence[int]:
    return values if max(values) <= most else [min(value, most) for value in values]
