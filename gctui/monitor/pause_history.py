"""Folds an interpreter's collections into what is told of its pauses. No record is looked at again, so a refresh costs
the same after a million collections."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from gctui.agent import wire
from gctui.monitor.columns import Columns
from gctui.monitor.distribution import EDGES, histogram, percentiles
from gctui.monitor.messages import GENERATIONS, Record
from gctui.monitor.model import GenerationTotals, Pauses, Running, Site
from gctui.monitor.pause_parts import PART_NS, Counts, Part, Parts, added_up, worse
from gctui.monitor.pauses import WINDOWS_NS, PauseFigures, PauseStatistics, Span, Trigger, Utilisation
from gctui.monitor.triggers import Listing, Tallies, Tally, add_up, per_generation, place, triggers
from gctui.monitor.utilisation import MOST_PAUSES, Sweep

#: Of an interpreter that the screen does not show.
FEW_PAUSES = 1000

_PER_MILLE = (500, 900, 950, 990, 999)


class GenerationFound(NamedTuple):
    """What was read of a generation's collections."""

    totals: GenerationTotals
    pauses: Pauses


Generations = tuple[GenerationFound, GenerationFound, GenerationFound]


class PauseHistory:
    """A `PauseReport`."""

    def __init__(self, started_ns: int, log: Columns) -> None:
        self.started_ns = started_ns
        self.running: Running | None = None
        self._log = log
        self._sweep = Sweep()
        self._parts = Parts()
        self._generations: Generations | None = None
        self._listed = Listing(Site("", 0, ""), 0)
        self._last = 0, 0  # number and end of the last record that was read
        self._unread_follow = False  # what was missed last has nothing after it yet

    def keep(self, long: bool) -> None:
        """Whether there is a minute, and a full sweep: see `InterpreterHistory.keep`."""
        self._sweep.begin_part(self._sweep.latest)
        self._parts.keep(long, self._sweep.latest)
        self._sweep.most_pauses = MOST_PAUSES if long else FEW_PAUSES

    # --- folding ----------------------------------------------------------------------------------------------------

    def fold(self, first: int, records: Sequence[Record], missed: int) -> None:
        """The first of the records has the number `first` in the log."""
        unseen = self._unseen(records, missed)
        part = self._parts.seconds[-1]
        part_end = self._parts.part_end
        sweep, sites = self._sweep, self._log.sites
        for number, (started, pause, what, collected, uncollectable, _, site, _) in enumerate(records, first):
            if site == wire.PROBE_SITE:
                continue
            generation = GENERATIONS[what & wire.GENERATION_BITS]
            end = started + pause
            if end >= part_end:
                part = self._begin_part(end // PART_NS, (started, generation))
                part_end = self._parts.part_end
            sweep.add(started, end)
            part.counts[generation][bisect_right(EDGES, pause)] += 1
            tally = part.tallies.get(site << 2 | generation) or place(part.tallies, site, generation, sites)
            tally.events += 1
            tally.total += pause
            tally.collected += collected
            tally.last = number
            if uncollectable:
                tally.uncollectable += uncollectable
            if what & wire.BY_PROGRAM:
                tally.by_program += 1
            if pause > tally.longest:
                tally.longest, tally.longest_number = pause, number
        sweep.let_go()
        self._generations = self._generations if not records else None
        part.most = sweep.most
        part.missed += missed
        part.unseen += unseen

    def _begin_part(self, second: int, first: tuple[int, int]) -> Part:
        ended = self._parts.seconds[-1]
        ended.most = self._sweep.most
        ended.edge = self._sweep.begin_part((ended.second + 1) * PART_NS)
        return self._parts.begin(second, first)

    def _unseen(self, records: Sequence[Record], missed: int) -> int:
        """Time between collections that were read where others were not."""
        unseen = 0
        number, end = self._last if self._last[0] else (0, self.started_ns)
        for record in records if missed else records[:1]:
            if record[7] != number + 1:
                unseen += max(record[0] - end, 0)
            number, end = record[7], record[0] + record[1]
        if records:
            self._last = records[-1][7], records[-1][0] + records[-1][1]
        self._unread_follow = bool(missed) and not records
        return unseen

    # --- telling ----------------------------------------------------------------------------------------------------

    def figures(self, span: Span, now_ns: int) -> PauseFigures:
        begin, parts = self._chosen(span, now_ns)
        whole = added_up(parts)
        lived = max(now_ns - begin, 1)
        tallies = per_generation(whole.tallies)
        inside = [tally.total for tally in tallies]
        if span == "minute" and parts:
            started, generation = self._parts.first_since(_first_second(now_ns))
            inside[generation] -= max(begin - started, 0)
        running = self._running(now_ns)
        if running is not None:
            so_far = now_ns - running.started_ns
            _count_running(whole.counts[running.generation], tallies[running.generation], so_far)
            inside[running.generation] += min(so_far, lived)
        together = Tally()
        counts: Counts = defaultdict(int)
        for tally, buckets in zip(tallies, whole.counts, strict=True):
            together.add(tally)
            for bucket, number in buckets.items():
                counts[bucket] += number
        zeroth, first, second = (
            _statistics(*one) for one in zip(tallies, whole.counts, (time / lived for time in inside), strict=True)
        )
        return PauseFigures(
            span=span,
            lived_ns=lived,
            all=_statistics(together, counts, sum(inside) / lived),
            generations=(zeroth, first, second),
            utilisations=tuple(self._utilisations(span, now_ns, whole.most, running)),
            histogram=histogram(whole.counts),
            missed=whole.missed,
            unseen_ns=whole.unseen + (max(now_ns - self._last[1], 0) if self._unread_follow else 0),
        )

    def generations(self) -> Generations:
        """Of the whole run, without a collection that is running."""
        if self._generations is None:
            whole = added_up(self._parts.run())
            tallies = per_generation(whole.tallies)
            zeroth, first, second = (_found(*one) for one in zip(tallies, whole.counts, strict=True))
            self._generations = zeroth, first, second
        return self._generations

    def triggers(self, span: Span, now_ns: int) -> tuple[Trigger, ...]:
        tallies: Tallies = {}
        for part in self._chosen(span, now_ns)[1]:
            add_up(tallies, part.tallies)
        return triggers(tallies, self._log.sites)

    def numbers(self, trigger: Trigger, most: int) -> tuple[int, ...]:
        if self._listed.site != trigger.site or self._listed.most != most:
            self._listed = Listing(trigger.site, most)
        found = self._listed.update(self._log)
        latest = (number for number in found if number <= trigger.last_number)
        return tuple(islice(latest, sum(trigger.collections)))

    def _chosen(self, span: Span, now_ns: int) -> tuple[int, list[Part]]:
        """When the span begins, and the parts that are in it."""
        if span == "run":
            return self.started_ns, self._parts.run()
        first = _first_second(now_ns)
        return max(first * PART_NS, self._parts.complete_from, self.started_ns), self._parts.since(first)

    def _running(self, now_ns: int) -> Running | None:
        """Unless it has stopped: the ring may have said that it runs, and be read with its record in it."""
        running = self.running
        return running if running and self._sweep.latest <= running.started_ns < now_ns else None

    def _utilisations(self, span: Span, now_ns: int, most: list[int], running: Running | None) -> Iterator[Utilisation]:
        if span == "minute":
            first = _first_second(now_ns)
            if self._parts.seconds[-1].second < first:
                most = worse(most, [self._sweep.spent(window, first * PART_NS) for window in WINDOWS_NS])
            for part in self._parts.seconds:
                if part.second == first - 1:
                    most = worse(most, part.edge)
        if running is not None:
            most = worse(most, self._sweep.running(running.started_ns, now_ns))
        for window, spent in zip(WINDOWS_NS, most, strict=True):
            is_known = now_ns - self.started_ns >= window
            yield Utilisation(window, 1 - spent / window if is_known else None)


def _found(tally: Tally, counts: Counts) -> GenerationFound:
    longest, average = max(tally.longest, 0), tally.total // max(tally.events, 1)
    p50, p95, p99 = percentiles(counts, (500, 950, 990), longest)
    return GenerationFound(
        GenerationTotals(tally.events, tally.collected, tally.uncollectable),
        Pauses(tally.events, tally.total, longest, average, p50, p95, p99),
    )


def _first_second(now_ns: int) -> int:
    """Of the last minute."""
    return max(now_ns // PART_NS - 59, 0)


def _count_running(counts: Counts, tally: Tally, so_far: int) -> None:
    counts[bisect_right(EDGES, so_far)] += 1
    tally.events += 1
    tally.total += so_far
    if so_far > tally.longest:
        tally.longest, tally.longest_number = so_far, -1


def _statistics(tally: Tally, counts: Counts, share: float) -> PauseStatistics:
    longest = max(tally.longest, 0)
    p50, p90, p95, p99, p999 = percentiles(counts, _PER_MILLE, longest)
    return PauseStatistics(
        events=tally.events,
        total=tally.total,
        longest=longest,
        longest_number=tally.longest_number if tally.longest_number >= 0 else None,
        p50=p50,
        p90=p90,
        p95=p95,
        p99=p99,
        p999=p999,
        share=min(max(share, 0.0), 1.0),
    )
