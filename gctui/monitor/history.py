"""Folds what one interpreter recorded into bounded figures: totals, pause distribution, a time line and the log."""

from __future__ import annotations

from collections import deque

from ddsketch import DDSketch

from gctui.agent import wire
from gctui.monitor.collectors import words
from gctui.monitor.columns import Columns
from gctui.monitor.messages import GaugesRead, RingRead, generation_of
from gctui.monitor.model import (
    BUCKET_NS,
    Bucket,
    Gauges,
    Generation,
    GenerationTotals,
    InterpreterTotals,
    Pauses,
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
#: Relative error of the pause percentiles.
ACCURACY = 0.01

_NO_PAUSES = Pauses(0, 0, 0, 0, 0, 0, 0)


class PauseTotals:
    """The pauses of one generation, folded."""

    def __init__(self) -> None:
        self.events = self.total = self.maximum = self.collected = self.uncollectable = 0
        self._sketch = DDSketch(ACCURACY)
        self._figures = _NO_PAUSES

    def add(self, pause_ns: int, collected: int, uncollectable: int) -> None:
        self.events += 1
        self.total += pause_ns
        self.maximum = max(self.maximum, pause_ns)
        self.collected += collected
        self.uncollectable += uncollectable
        self._sketch.add(pause_ns)

    def figures(self) -> Pauses:
        if self._figures.events != self.events:
            p50, p95, p99 = (self._percentile(percent) for percent in (50, 95, 99))
            average = self.total // self.events
            self._figures = Pauses(self.events, self.total, self.maximum, average, p50, p95, p99)
        return self._figures

    def _percentile(self, percent: int) -> int:
        """The smallest pause that `percent` of all do not exceed (nearest rank), within `ACCURACY`."""
        rank = -(-percent * self.events // 100)
        if rank >= self.events:
            return self.maximum
        # The sketch counts ranks from 0 in quantiles of events - 1; the half keeps clear of rounding.
        value = self._sketch.get_quantile_value((rank - 0.5) / (self.events - 1))
        return min(round(value or 0), self.maximum)


class _Slot:
    """A bucket of the time line in the making."""

    __slots__ = ("collections", "longest", "number", "total")

    def __init__(self, number: int) -> None:
        self.number, self.total = number, 0
        self.longest, self.collections = [0, 0, 0], [0, 0, 0]

    def frozen(self) -> Bucket:
        longest, collections = self.longest, self.collections
        return Bucket(
            start_ns=self.number * BUCKET_NS,
            longest=(longest[0], longest[1], longest[2]),
            total=self.total,
            collections=(collections[0], collections[1], collections[2]),
        )


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
        self._pauses = (PauseTotals(), PauseTotals(), PauseTotals())
        self._probes = 0
        self._since_gauges = [0, 0, 0]
        self._collected_since, self._uncollectable_since = [0, 0, 0], [0, 0, 0]
        self._since_is_old = False
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
        told_ns = self.gauges.taken_ns if self.gauges else 0
        for started, pause, what, collected, uncollectable, _, site, _ in read.records:
            generation = generation_of(what)
            if site == wire.PROBE_SITE:
                self._probes += 1
            else:
                self._pauses[generation].add(pause, collected, uncollectable)
            if started + pause > told_ns and site != wire.PROBE_SITE:
                self._since_gauges[generation] += 1
                self._collected_since[generation] += collected
                self._uncollectable_since[generation] += uncollectable
            slot = self._slot(started // BUCKET_NS)
            slot.longest[generation] = max(slot.longest[generation], pause)
            slot.collections[generation] += 1
            slot.total += pause

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
        self._since_is_old = True  # counted when it is asked for: many gauges can come at once

    def totals(self, generation: int) -> GenerationTotals:
        """`gc.get_stats()` as of the last gauges, and what the ring has had since. Without gauges, the ring alone."""
        pauses = self._pauses[generation]
        missed = self.missed if generation == 0 else 0  # overwritten ones are nearly all young
        if self.gauges is None:
            return GenerationTotals(pauses.events + missed, pauses.collected, pauses.uncollectable)
        if self._since_is_old:
            later = self.log.after(self.gauges.taken_ns)
            self._since_gauges, self._collected_since, self._uncollectable_since = later
            self._since_is_old = False
        told = self.gauges.totals[generation]
        return GenerationTotals(
            max(told.collections + self._since_gauges[generation], pauses.events + missed),
            told.collected + self._collected_since[generation],
            told.uncollectable + self._uncollectable_since[generation],
        )

    def generation(self, number: int, now_ns: int, collector: str) -> Generation:
        gauges, totals, called = self.gauges, self.totals(number), words(collector)
        recent = sum(slot.collections[number] for slot in self._recent(now_ns))
        return Generation(
            number=number,
            label=called.labels[number],
            count=gauges.counts[number] if gauges else None,
            threshold=gauges.thresholds[number] if gauges and called.counted[number] else None,
            collections=totals.collections,
            collected=totals.collected,
            uncollectable=totals.uncollectable,
            rate=recent / self._window_s(now_ns),
            pauses=self._pauses[number].figures(),
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
        total = sum(slot.total for slot in self._recent(now_ns))
        if self.running:
            total += now_ns - max(self.running.started_ns, now_ns - WINDOW_NS)
        return min(max(total / 1e9 / self._window_s(now_ns), 0.0), 1.0)

    def paused_share_total(self, now_ns: int) -> float:
        lived = max(now_ns - self.started_ns, 1)
        return min(sum(pauses.total for pauses in self._pauses) / lived, 1.0)

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
            events_received=sum(pauses.events for pauses in self._pauses) + self._probes,
            events_dropped=self.missed,
        )
