"""CPython's generational collector as its rules have it, without objects: counts, thresholds, lists and the 25 % rule.

An estimate is held to what the same program would really do under the other setting.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from gctui.monitor.model import Collection, Gauges, GenerationTotals, Snapshot
from tests.fakes import SECOND, FakeLog, make_collection, make_generation, make_snapshot

LIVE_NS, GARBAGE_NS = 20, 80
"""Of a collection, per object examined that lives on, and that is found to be garbage."""


@dataclass
class Program:
    """Allocates steadily, and keeps all but what `garbage` and `burst` say."""

    thresholds: tuple[int, int, int] = (700, 10, 10)
    speed: int = 20_000
    """Containers allocated per second."""
    garbage: float = 1.0
    """Share of them that end in a loop which a full collection finds."""
    static: int = 0
    """Objects that were there before and stay."""
    burst: int = 0
    """So many old objects die together, whenever as many were allocated; 0: none does."""
    at_random: bool = False
    """They die so far apart only on average (exponentially distributed), as many as came in between."""
    tells_candidates: bool = False
    asks_every_s: float = 0.0
    """It calls gc.collect() so often; 0: never."""
    log: list[Collection] = field(default_factory=list)

    def run(self, seconds: float, skip: float = 0.0) -> Program:
        """The log of so many seconds, after those that are skipped until it is steady."""
        counts, lists = [0, 0, 0], [0.0, 0.0, float(self.static)]
        total, pending, loops = float(self.static), 0.0, 0.0
        allocated, asked, fell, falls = 0, 0, 0, self.burst
        dice = random.Random(1)
        until = int((seconds + skip) * self.speed)
        while allocated < until:
            step = max(self.thresholds[0] + 1 - counts[0], 1)
            if self.burst:
                step = min(step, falls - allocated)
            if self.asks_every_s:
                step = min(step, int((asked + 1) * self.asks_every_s * self.speed) - allocated)
            allocated += step
            counts[0] += step
            lists[0] += step
            loops += step * self.garbage
            generation, by_program = -1, False
            if counts[0] > self.thresholds[0]:
                generation = 0
                if counts[1] > self.thresholds[1]:
                    generation = 1
                if counts[2] > self.thresholds[2] and pending >= total / 4:
                    generation = 2
            if self.asks_every_s and allocated == int((asked + 1) * self.asks_every_s * self.speed):
                generation, asked, by_program = 2, asked + 1, True
            if generation >= 0:
                examined = sum(lists[: generation + 1])
                found = loops if generation == 2 else 0.0
                self._note(allocated / self.speed - skip, generation, examined, found, by_program)
                for younger in range(generation + 1):
                    counts[younger] = 0
                    lists[younger] = 0.0
                if generation == 2:
                    lists[2] = total = examined - found
                    pending = loops = 0.0
                else:
                    counts[generation + 1] += 1
                    lists[generation + 1] += examined
                    pending += examined * (generation == 1)
            if self.burst and allocated == falls:
                counts[0] = max(counts[0] - (falls - fell), 0)
                lists[2] = max(lists[2] - (falls - fell), 0.0)
                fell, falls = (
                    falls,
                    falls + (round(dice.expovariate(1 / self.burst)) + 1 if self.at_random else self.burst),
                )
        self.seconds, self.counts, self.alive = seconds, counts, sum(lists)
        return self

    def _note(self, second: float, generation: int, examined: float, found: float, by_program: bool) -> None:
        if second < 0:
            return
        self.log.append(
            make_collection(
                len(self.log),
                generation,
                round(1000 + LIVE_NS * (examined - found) + (LIVE_NS + GARBAGE_NS) * found),
                started_ns=round(second * SECOND),
                collected=round(found),
                by_program=by_program,
                candidates=round(examined) if self.tells_candidates else None,
            )
        )

    def per_minute(self, generation: int) -> float:
        return sum(one.generation == generation for one in self.log) * 60 / self.seconds

    def snapshot(self) -> Snapshot:
        """As gctui would have it at the end."""
        base = make_snapshot()
        now = round(self.seconds * SECOND)
        assert isinstance(base.gauges, Gauges)
        totals = []
        for number in range(3):
            mine = [one for one in self.log if one.generation == number]
            totals.append(GenerationTotals(len(mine), sum(one.collected for one in mine), 0))
        first, second, third = (
            replace(
                make_generation(number, self.counts[number], self.thresholds[number], 0),
                collections=totals[number].collections,
                collected=totals[number].collected,
            )
            for number in range(3)
        )
        return replace(
            base,
            taken_ns=now,
            program=replace(base.program, started_ns=-3600 * SECOND),
            gauges=replace(
                base.gauges,
                taken_ns=now,
                counts=(self.counts[0], self.counts[1], self.counts[2]),
                thresholds=self.thresholds,
                totals=(totals[0], totals[1], totals[2]),
            ),
            generations=(first, second, third),
            log=FakeLog(self.log),
        )
