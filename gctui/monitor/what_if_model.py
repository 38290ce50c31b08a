"""The collector's rules, turned into rates: how often the counts pass the thresholds, and how much is then examined.

An amount of *net allocations* is what moves the first count: containers made less containers freed. docs/what-if.md has
the derivation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from gctui.monitor.pause_curve import PauseCurve
from gctui.monitor.rise_and_fall import RiseAndFall
from gctui.monitor.what_if_basis import Basis, Three

#: A full collection waits until what has grown old is this share of what the one before left.
GATE_SHARE = 0.25
#: From this share of the net allocations on that last until they are collected, the count rises steadily.
MOSTLY = 0.75
#: Up to so many times the count, what a collection of generation 0 examines is what the count says.
USUAL = 1.1
#: To free a garbage object takes so many times as long as to look at one that lives on, beyond looking at it.
FREEING = 3.0
#: Pause of a full collection where none was seen: per byte of resident memory.
GUESSED_NS_PER_BYTE = 1_000_000 / (1 << 20)


@dataclass(frozen=True, slots=True)
class Course:
    """What the thresholds would start."""

    rates: tuple[float, float, float]
    """Collections per second, per generation."""
    pauses_ns: tuple[float, float, float]
    """Average pause."""
    longest_ns: tuple[float, float, float]
    full_scale: float
    """Pause of a full collection, against that of the present."""

    @classmethod
    def none(cls) -> Course:
        """Nothing."""
        return cls((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0)


class _Spacing:
    """Net allocations between collections."""

    def __init__(self, thresholds: Three, gate: float) -> None:
        """`gate`: net allocations before which the 25 % rule lets no full collection be."""
        self.young = thresholds[0] + 1.0
        self.middle = self.young * (thresholds[1] + 2)
        # What has grown old is counted when a collection of generation 1 ends: half of one is waited for on average.
        self.gap = max(thresholds[2] + 1.0, gate / self.middle + 0.5 if gate else 0.0)
        self.full = self.middle * self.gap + self.young

    def rates(self, speed: float) -> tuple[float, float, float]:
        """Collections per second, per generation, at so many net allocations per second."""
        full = speed / self.full
        middle = full * self.gap
        return speed / self.young - middle - full, middle, full


class _Present:
    """What follows from the basis, whatever the setting."""

    def __init__(self, basis: Basis) -> None:
        ungated = _Spacing(basis.thresholds, 0.0)
        moved = sum(basis.automatic) * ungated.young
        self.speed = moved / basis.span_s
        self.garbage = per_collection(basis.collected, numbers(basis))
        self.pauses = list(per_collection(pauses_ns(basis), numbers(basis)))
        if not self.pauses[2]:
            self.pauses[2] = basis.earlier_full_ns or (basis.rss or 0) * GUESSED_NS_PER_BYTE
        _, middle, full = basis.examined
        found = basis.collected[0] + basis.collected[1]
        self.promoted = min(max(1 - found / moved if moved else 1.0, 0.0), 1.0)
        if middle is not None:
            self.promoted *= min(middle / ungated.middle, 1.0)
        gap = fmean(basis.gaps) if basis.gaps else float(basis.since_full)
        is_gated = gap > ungated.gap
        self.gate = (gap - 0.5) * ungated.middle if is_gated else 0.0
        if full is not None and not is_gated and self.promoted:
            self.gate = GATE_SHARE * max(full - self.garbage[2], 0.0) / self.promoted
        self.spacing = _Spacing(basis.thresholds, self.gate)
        self.heap = full if full is not None else self._heap(is_gated, basis.alive_most)
        self.works = self.works_of(self.spacing, self.heap)
        self.curve = PauseCurve(zip(self.works, self.pauses, strict=True))
        self.lasting = self._lasting(basis, is_gated)
        # Where a collection typically examines more than the count, the count has passed its threshold, or old objects
        # die all the time: that is no fall.
        typical, most = basis.typical, USUAL * ungated.young
        self.tells_falls = typical is not None and typical <= most and basis.grown is not None
        self._rise_and_fall = RiseAndFall(ungated.young, self._counted(basis))

    def speed_at(self, threshold: int) -> float:
        """Net allocations per second that a first count up to this threshold sees. What lasts, it sees in any case."""
        now, then = self._rise_and_fall.counted(self.spacing.young), self._rise_and_fall.counted(threshold + 1.0)
        return self.speed * max(then / now, self.lasting)

    def _lasting(self, basis: Basis, is_gated: bool) -> float:
        """The least share, 0 to 1, of the net allocations that do not die by themselves: what the collector found, and
        by how much the heap grew, which the 25 % rule shows in the distance of full collections."""
        if not self.speed:
            return 1.0
        grown = 0.0
        if basis.grown is not None:
            grown = basis.grown
        elif is_gated and basis.gaps:
            middles = (basis.gaps[-1] - basis.gaps[0]) * self.promoted
            grown = middles * self.spacing.middle / GATE_SHARE / basis.span_s
        return min((sum(basis.collected) / basis.span_s + max(grown, 0.0)) / self.speed, 1.0)

    def _counted(self, basis: Basis) -> float:
        """Share of what is allocated and examined that the first count saw; all where that is not told."""
        young = basis.examined[0]
        return min(self.spacing.young / young, 1.0) if young and self.tells_falls else 1.0

    def works_of(self, spacing: _Spacing, heap: float) -> tuple[float, float, float]:
        """What a collection of each generation has to do, in objects that live on. `heap`: what a full one examines."""
        sizes = (spacing.young, spacing.middle, heap)
        scales = (
            spacing.young / self.spacing.young,
            spacing.middle / self.spacing.middle,
            spacing.full / self.spacing.full,
        )
        first, second, third = (
            max(size, 1.0) + FREEING * garbage * scale
            for size, garbage, scale in zip(sizes, self.garbage, scales, strict=True)
        )
        return first, second, third

    def _heap(self, is_gated: bool, alive_most: int) -> float:
        """Objects that a full collection examines. By the 25 % rule what had grown old was at least a quarter of what
        the one before left, and hardly more where the rule made it wait. Where it did not, it may be less: no more can
        be there than were made, and the pause is at least what so many cost in a young collection."""
        if is_gated:
            return max(self.promoted * (self.gate / GATE_SHARE + self.spacing.full), self.garbage[2], 1.0)
        most = min(self.promoted * self.spacing.full * (1 + 1 / GATE_SHARE), alive_most + self.garbage[2])
        works = self.works_of(self.spacing, 0.0)[:2]
        costs = [pause / work for work, pause in zip(works, self.pauses, strict=False) if pause]
        if costs and self.pauses[2]:
            most = min(most, self.pauses[2] / min(costs) - FREEING * self.garbage[2])
        return max(most, self.garbage[2], 1.0)


def numbers(basis: Basis) -> Three:
    """Collections in the span, asked for or not."""
    first, second, third = basis.automatic
    return first, second, third + basis.asked


def pauses_ns(basis: Basis) -> Three:
    """Sum of their pauses."""
    first, second, third = basis.pauses_ns
    return first, second, third + basis.asked_ns


def per_collection(totals: Sequence[float], numbers: Sequence[float]) -> tuple[float, float, float]:
    """Averages per generation; 0 where there is no collection."""
    first, second, third = (total / number if number else 0.0 for total, number in zip(totals, numbers, strict=True))
    return first, second, third


def may_fall(basis: Basis) -> bool:
    """Whether a higher first threshold may start fewer collections than `course` says: what is allocated does not last
    until it is collected, and nothing tells how far the count falls when it dies."""
    now = _Present(basis)
    return now.lasting < MOSTLY and not now.tells_falls


def garbage_rate(basis: Basis) -> float:
    """Objects per second that become garbage which only the collector finds: what each collection found, as often as
    it comes. The mere sum of the span would depend on where its ends fall between two full collections."""
    now = _Present(basis)
    return sum(found * rate for found, rate in zip(now.garbage, now.spacing.rates(now.speed), strict=True))


def course(basis: Basis, thresholds: Three) -> Course:
    """Under other thresholds, the first over 0."""
    now = _Present(basis)
    speed = now.speed_at(thresholds[0])
    gate = now.gate * speed / now.speed if now.speed else 0.0
    then = _Spacing((thresholds[0], max(thresholds[1], 0), max(thresholds[2], 0)), gate)
    # Garbage that a full collection finds has come since the one before: the later it is, the more there is.
    return _course(basis, now, then, speed, now.heap + now.garbage[2] * (then.full / now.spacing.full - 1))


def frozen_course(basis: Basis) -> Course:
    """Nothing that is alive now is examined again: a full collection looks at what has grown old since the one before,
    and of that only so much is left that the 25 % rule does not delay the next."""
    now = _Present(basis)
    then = _Spacing(basis.thresholds, 0.0)
    return _course(basis, now, then, now.speed, min(now.heap, now.promoted * then.full))


def _course(basis: Basis, now: _Present, then: _Spacing, speed: float, heap: float) -> Course:
    works = now.works_of(then, heap)
    scales = [now.curve.ratio(before, after) for before, after in zip(now.works, works, strict=True)]
    pauses = [pause * scale for pause, scale in zip(now.pauses, scales, strict=True)]
    pauses = [pause or now.curve.at(work) for pause, work in zip(pauses, works, strict=True)]
    seen = zip(basis.longest_ns, now.pauses, pauses, scales, strict=True)
    longest = [_longest(*one) for one in seen]
    return Course(
        rates=then.rates(speed),
        pauses_ns=(pauses[0], pauses[1], pauses[2]),
        longest_ns=(longest[0], longest[1], longest[2]),
        full_scale=scales[2],
    )


def _longest(seen: float, average: float, then: float, scale: float) -> float:
    """The longest pause, where `then` is the average to be. What made one longer than the average was the heap, which
    shrinks with it, or the machine, which does not grow with it."""
    return max(then, seen * scale if scale <= 1 else then + seen - average)
