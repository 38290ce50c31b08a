"""Folds what one interpreter recorded into bounded figures: totals, pause distribution, a time line and the log."""

from __future__ import annotations

from collections import deque
from dataclasses import astuple
from typing import NamedTuple

from gctui.agent import wire
from gctui.monitor.collectors import words
from gctui.monitor.columns import Columns
from gctui.monitor.messages import GENERATIONS, GaugesRead, RingRead
from gctui.monitor.model import (
    BUCKET_NS,
    Bucket,
    Gauges,
    Generation,
    GenerationTotals,
    InterpreterTotals,
    Running,
)
from gctui.monitor.pause_history import PauseHistory
from gctui.monitor.settings import CollectorSettings, SettingsHistory

#: Five minutes of the time line.
MOST_BUCKETS = 1200
#: Of an interpreter that the screen does not show: as far back as rates look.
FEW_BUCKETS = 41
#: Rates and the paused share look back this far.
WINDOW_NS = 10_000_000_000


class _Slot:
    """A bucket of the time line in the making."""

    __slots__ = ("collections", "longest", "number", "probes", "total")

    def __init__(self, number: int) -> None:
        self.number, self.total = number, 0
        self.longest, self.collections, self.probes = [0, 0, 0], [0, 0, 0], [0, 0, 0]

    def frozen(self) -> Bucket:
        longest, collections = self.longest, self.collections
        return Bucket(
            start_ns=self.number * BUCKET_NS,
            longest=(longest[0], longest[1], longest[2]),
            total=self.total,
            collections=(collections[0], collections[1], collections[2]),
        )


class Brief(NamedTuple):
    """Of one interpreter, as its generations have it together."""

    collections: int
    paused_ns: int
    longest_ns: int
    rate: float
    """Collections per second over the last 10 s."""
    paused_share: float
    """Share of the last 10 s in the collector, 0 to 1."""


class InterpreterHistory:
    """All that is known of one interpreter. One thread folds and reads.

    The two collections of a cycle probe count all garbage twice and free only what gctui held. So the figures of the
    generations leave them out, as the agent does with `gc.get_stats()`; log, time line and share of time have them,
    because the program did stand still.
    """

    def __init__(self, interpreter: int, started_ns: int) -> None:
        self.interpreter, self.started_ns = interpreter, started_ns
        self.log = Columns()
        self.missed = 0
        self.running: Running | None = None
        self.gauges: Gauges | None = None
        self.settings = SettingsHistory()
        self.pauses = PauseHistory(started_ns, self.log)
        self._received = 0
        self._before_gauges: list[GenerationTotals] | None = None
        self._counted = self._paused = self._longest = 0  # of all that were read, without probes
        self._counted_before_gauges: int | None = None
        self._slots: deque[_Slot] = deque(maxlen=MOST_BUCKETS)

    def start_at(self, started_ns: int) -> None:
        self.started_ns = self.pauses.started_ns = started_ns

    def keep(self, long: bool) -> None:
        """Whether the log and the time line are as long as the screen shows them. A family has thousands of
        interpreters, and the screen shows those of one process."""
        self.log.is_short = not long
        self.pauses.keep(long)
        self.log.extend(())  # lets go what is too much now
        self._slots = deque(self._slots, maxlen=MOST_BUCKETS if long else FEW_BUCKETS)

    def fold_ring(self, read: RingRead) -> None:
        self.missed += read.missed
        self.running = None if read.running is None else Running(min(read.running[0], 2), read.running[1])
        self.pauses.running = self.running
        self.log.name_sites(read.sites)
        self.pauses.fold(self.log.end, read.records, read.missed)
        self.log.extend(read.records)
        self._received += len(read.records)
        slot_end = -1
        for started, pause, what, _, _, _, site, _ in read.records:
            if started >= slot_end:
                slot = self._slot(started // BUCKET_NS)
                slot_end = (slot.number + 1) * BUCKET_NS
            generation = GENERATIONS[what & wire.GENERATION_BITS]
            if pause > slot.longest[generation]:
                slot.longest[generation] = pause
            slot.collections[generation] += 1
            slot.total += pause
            if site == wire.PROBE_SITE:
                slot.probes[generation] += 1
                continue
            self._counted += 1
            self._paused += pause
            if pause > self._longest:
                self._longest = pause

    def _slot(self, number: int) -> _Slot:
        if not self._slots or self._slots[-1].number < number:
            self._slots.append(_Slot(number))
        return self._slots[-1]

    def fold_gauges(self, read: GaugesRead) -> None:
        self.gauges = Gauges(
            taken_ns=read.ts,
            counts=read.counts,
            thresholds=read.thresholds,
            enabled=read.enabled,
            debug_flags=read.debug,
            frozen=read.frozen,
            totals=(
                GenerationTotals(*read.totals[0]), GenerationTotals(*read.totals[1]), GenerationTotals(*read.totals[2]),
            ),
            trace_frames=read.frames,
            traced=read.traced,
            traced_peak=read.peak,
            tracer_memory=read.tracer,
            sample_bytes=read.mean,
            tracing_since_ns=read.since,
            burst_until_ns=read.until,
            tracing_cost_ns=read.cost,
            recording=read.recording,
        )  # fmt: skip
        settings = CollectorSettings(read.enabled, read.thresholds, read.debug, read.frozen)
        self.settings.fold(settings, read.ts, "program")
        if not read.recording:
            self.running = self.pauses.running = None  # nobody would say that it has stopped
        # Counted when it is asked for: many gauges can come at once.
        self._before_gauges = self._counted_before_gauges = None

    def totals(self, generation: int) -> GenerationTotals:
        """`gc.get_stats()` as of the last gauges, and what the ring has had since. Without gauges, the ring alone."""
        found = self.pauses.generations()
        read = found[generation].totals
        missed = self.missed if generation == 0 else 0  # overwritten ones are nearly all young
        if self.gauges is None:
            return GenerationTotals(read.collections + missed, read.collected, read.uncollectable)
        if self._before_gauges is None:
            later = zip(*self.log.after(self.gauges.taken_ns), strict=True)
            self._before_gauges = [
                GenerationTotals(*(all_in - after for all_in, after in zip(astuple(one.totals), since, strict=True)))
                for one, since in zip(found, later, strict=True)
            ]
        told, before = self.gauges.totals[generation], self._before_gauges[generation]
        return GenerationTotals(
            max(told.collections + read.collections - before.collections, read.collections + missed),
            told.collected + read.collected - before.collected,
            told.uncollectable + read.uncollectable - before.uncollectable,
        )

    def generation(self, number: int, now_ns: int, collector: str) -> Generation:
        gauges, totals, called = self.gauges, self.totals(number), words(collector)
        recent = sum(slot.collections[number] - slot.probes[number] for slot in self._recent(now_ns))
        return Generation(
            number=number,
            label=called.labels[number],
            count=gauges.counts[number] if gauges else None,
            threshold=gauges.thresholds[number] if gauges and called.counted[number] else None,
            collections=totals.collections,
            collected=totals.collected,
            uncollectable=totals.uncollectable,
            rate=recent / self._window_s(now_ns),
            pauses=self.pauses.generations()[number].pauses,
        )

    def generations(self, now_ns: int, collector: str = "generational") -> tuple[Generation, Generation, Generation]:
        return (
            self.generation(0, now_ns, collector),
            self.generation(1, now_ns, collector),
            self.generation(2, now_ns, collector),
        )

    def _recent(self, now_ns: int) -> list[_Slot]:
        oldest = (now_ns - WINDOW_NS) // BUCKET_NS
        recent = []
        for slot in reversed(self._slots):
            if slot.number <= oldest:
                break
            recent.append(slot)
        return recent

    def _window_s(self, now_ns: int) -> float:
        return max(min(WINDOW_NS, now_ns - self.started_ns), BUCKET_NS) / 1e9

    def paused_share(self, now_ns: int) -> float:
        """Share of the last 10 s in the collector, a collection that is running included."""
        return self._share(sum(slot.total for slot in self._recent(now_ns)), now_ns, self._window_s(now_ns))

    def _share(self, paused_ns: int, now_ns: int, window_s: float) -> float:
        if self.running:
            paused_ns += now_ns - max(self.running.started_ns, now_ns - WINDOW_NS)
        return min(max(paused_ns / 1e9 / window_s, 0.0), 1.0)

    def paused_share_total(self, now_ns: int) -> float:
        lived = max(now_ns - self.started_ns, 1)
        return min(sum(one.pauses.total for one in self.pauses.generations()) / lived, 1.0)

    def brief(self, now_ns: int) -> Brief:
        """What a row among hundreds tells of it."""
        recent, window = self._recent(now_ns), self._window_s(now_ns)
        collections = self._counted + self.missed
        if self.gauges is not None:
            if self._counted_before_gauges is None:
                self._counted_before_gauges = self._counted - sum(self.log.after(self.gauges.taken_ns)[0])
            told = sum(one.collections for one in self.gauges.totals)
            collections = max(collections, told + self._counted - self._counted_before_gauges)
        return Brief(
            collections=collections,
            paused_ns=self._paused,
            longest_ns=self._longest,
            rate=sum([sum(slot.collections) - sum(slot.probes) for slot in recent]) / window,
            paused_share=self._share(sum([slot.total for slot in recent]), now_ns, window),
        )

    def timeline(self, now_ns: int) -> tuple[Bucket, ...]:
        """Buckets back to back, empty ones filled in, up to now."""
        last = now_ns // BUCKET_NS
        first = max(self.started_ns // BUCKET_NS, last - MOST_BUCKETS + 1)
        made = {slot.number: slot for slot in self._slots}
        return tuple((made.get(number) or _Slot(number)).frozen() for number in range(first, last + 1))

    def summed_up(self, now_ns: int, collector: str) -> InterpreterTotals:
        return InterpreterTotals(
            id=self.interpreter,
            generations=self.generations(now_ns, collector),
            events_received=self._received,
            events_dropped=self.missed,
        )
