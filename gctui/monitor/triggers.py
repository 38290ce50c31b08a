"""What set collections off, added up per place of the program and generation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, islice

from gctui.monitor.columns import Columns
from gctui.monitor.model import Site
from gctui.monitor.pauses import Trigger

#: Places told apart in one second. A program has no more, but it could lie; the others are one.
MOST_SITES = 500

OTHER = -1
"""Number of the site of all others."""
OTHER_SITES = Site("", 0, "(other places)")


class Tally:
    """Collections of one generation that were set off in one place."""

    __slots__ = ("by_program", "collected", "events", "last", "longest", "longest_number", "total", "uncollectable")

    def __init__(self) -> None:
        self.events = self.total = self.collected = self.uncollectable = self.by_program = 0
        self.longest = self.longest_number = self.last = -1

    def add(self, other: Tally) -> None:
        self.events += other.events
        self.total += other.total
        self.collected += other.collected
        self.uncollectable += other.uncollectable
        self.by_program += other.by_program
        self.last = max(self.last, other.last)
        if other.longest > self.longest:
            self.longest, self.longest_number = other.longest, other.longest_number


Tallies = dict[int, Tally]
"""By `key`."""


class Listing:
    """The numbers of a site's collections in the log, latest first, no more than `most`. Only the first time is all of
    the log looked through."""

    def __init__(self, site: Site, most: int) -> None:
        self.site, self.most = site, most
        self._looked_to = 0
        self._numbers: list[int] = []

    def update(self, log: Columns) -> list[int]:
        new = log.of_site(self.site, max(self._looked_to, log.first))
        held = (number for number in self._numbers if number >= log.first)
        self._looked_to, self._numbers = log.end, list(islice(chain(new, held), self.most))
        return self._numbers


def key(site: int, generation: int) -> int:
    return site << 2 | generation


def place(tallies: Tallies, site: int, generation: int, sites: Mapping[int, Site]) -> Tally:
    """The tally of a place that has none yet; that of all others where there is no room for it or it has no name."""
    if site not in sites or len(tallies) >= MOST_SITES:
        site = OTHER
    return tallies.setdefault(key(site, generation), Tally())


def add_up(tallies: Tallies, others: Tallies) -> None:
    for number, other in others.items():
        tally = tallies.get(number)
        if tally is None:
            tally = tallies[number] = Tally()
        tally.add(other)


def per_generation(tallies: Tallies) -> tuple[Tally, Tally, Tally]:
    found = (Tally(), Tally(), Tally())
    for number, tally in tallies.items():
        found[number & 3].add(tally)
    return found


def triggers(tallies: Tallies, sites: Mapping[int, Site]) -> tuple[Trigger, ...]:
    """One per place, by total time. The recorder may know one place by several numbers."""
    by_site: dict[Site, Tallies] = {}
    for number, tally in tallies.items():
        site = sites.get(number >> 2, OTHER_SITES)
        add_up(by_site.setdefault(site, {}), {number & 3: tally})
    found = [_trigger(site, per_generation(tallies)) for site, tallies in by_site.items()]
    return tuple(sorted(found, key=lambda one: (-one.total_ns, one.longest_number)))


def _trigger(site: Site, generations: Iterable[Tally]) -> Trigger:
    zeroth, first, second = generations
    whole = Tally()
    for tally in (zeroth, first, second):
        whole.add(tally)
    return Trigger(
        site=site,
        collections=(zeroth.events, first.events, second.events),
        total_ns=whole.total,
        longest_ns=whole.longest,
        longest_number=whole.longest_number,
        last_number=whole.last,
        collected=whole.collected,
        by_program=whole.by_program,
    )
