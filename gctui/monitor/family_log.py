"""The collections of all processes of the family on one time line."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from gctui.agent import wire
from gctui.monitor.columns import UNNAMED, Columns
from gctui.monitor.messages import Record, RingRead
from gctui.monitor.model import Collection, Site

#: Collections held, of all processes together; 43 bytes each.
MOST_FAMILY_COLLECTIONS, FAMILY_CHUNK = 300_000, 15_000
#: Places kept by name. A family runs the same code in many processes.
MOST_SITES = 100_000


class _Waiting(NamedTuple):
    """A collection that came since the last tick."""

    started: int
    pid: int
    record: Record


class FamilyLog(Columns):
    """A `model.CollectionLog` with pids, in which what arrives between two ticks is in the order of time."""

    def __init__(self) -> None:
        super().__init__()
        self._pid = array("I")
        self.collectors: dict[int, str] = {}
        """The kind of collector of each process, by pid."""
        self._waiting: list[_Waiting] = []
        self._numbers: dict[Site, int] = {}
        self._of_ring: dict[int, dict[int, int]] = {}  # its numbers of places to ours

    def begin(self, log: Columns, pid: int) -> None:
        """With what an interpreter has had so far, as long as it was the only one."""
        self.copy(log, self._ours(log.sites), MOST_FAMILY_COLLECTIONS)
        self._pid = array("I", [pid]) * self.end

    def know(self, ring: int, sites: Mapping[int, Site]) -> None:
        """Places that were named in a ring."""
        self._of_ring.setdefault(ring, {}).update(self._ours(sites))

    def _ours(self, sites: Mapping[int, Site]) -> dict[int, int]:
        return {number: self._number(number, site) for number, site in sites.items()}

    def add(self, read: RingRead, pid: int) -> None:
        """What was read of a ring; it is in the log after `arrange`."""
        self.know(read.ring, read.sites)
        numbers = self._of_ring[read.ring]
        self._waiting += [
            _Waiting(record[0], pid, (*record[:6], numbers.get(record[6], UNNAMED), record[7]))
            for record in read.records
        ]

    def forget(self, ring: int) -> None:
        """It has ended."""
        self._of_ring.pop(ring, None)

    def arrange(self) -> None:
        """Put what came since the last call where it belongs in time."""
        waiting, self._waiting = sorted(self._waiting), []
        self._pid.extend([one.pid for one in waiting])
        self.extend([one.record for one in waiting])

    def __getitem__(self, number: int) -> Collection:
        pid = self._pid[number - self.first]
        return replace(super().__getitem__(number), pid=pid, collector=self.collectors.get(pid, ""))

    def _bounds(self) -> tuple[int, int]:
        return MOST_FAMILY_COLLECTIONS, FAMILY_CHUNK

    def _cut(self, surplus: int) -> None:
        super()._cut(surplus)
        del self._pid[:surplus]

    def _number(self, number: int, site: Site) -> int:
        """Ours of a place; that of what is no place says what it is."""
        if number >= wire.FIRST_SITE:
            number = self._numbers.get(site, wire.FIRST_SITE + len(self._numbers))
            if number not in self.sites and len(self._numbers) >= MOST_SITES:
                return UNNAMED
            self._numbers[site] = number
        self.sites[number] = site
        return number
