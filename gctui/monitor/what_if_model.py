"""The collector's rules, turned into rates: how often the counts pass the thresholds, and how much is then examined.

An amount of *net allocations* is what moves the first count: containers made less containers freed. docs/what-if.md has
the derivation.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from gctui.monitor.pause_curve import PauseCurve
from gctui.monitor.what_if_basis import Basis, Three

#: A full collection waits until what has grown old is this share of what the one before left.
GATE_SHARE = 0.25
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
        fulls = basis.automatic[2] + basis.asked[2]
        self.garbage = basis.collected[2] / fulls if fulls else 0.0
        middle, full = basis.examined[1:]
        found = basis.collected[0] + basis.collected[1]
        self.promoted = min(max(1 - found / moved if moved else 1.0, 0.0), 1.0)
        if middle is not None:
            self.promoted *= min(middle / ungated.middle, 1.0)
        gap = fmean(basis.gaps) if basis.gaps else float(basis.since_full)
        self.gate = 0.0
        if gap > ungated.gap:
            self.gate = (gap - 0.5) * ungated.middle
        elif full is not None and self.promoted:
            self.gate = GATE_SHARE * max(full - self.garbage, 0.0) / self.promoted
        self.spacing = _Spacing(basis.thresholds, self.gate)
        self.pauses = [_average(basis, generation) for generation in range(3)]
        if not self.pauses[2]:
            self.pauses[2] = basis.earlier_full_ns or (basis.rss or 0) * GUESSED_NS_PER_BYTE
        self.heap = full if full is not None else self._heap(is_gated=gap > ungated.gap)
        sizes = (self.spacing.young, self.spacing.middle * (1.0 if middle is None else self.promoted), self.heap)
        self.curve = PauseCurve(zip(sizes, self.pauses, strict=True))
        grown = (basis.gaps[-1] - basis.gaps[0]) * ungated.middle / GATE_SHARE if self.gate and basis.gaps else 0.0
        self.lasting = min((sum(basis.collected) + max(grown * self.promoted, 0.0)) / moved, 1.0) if moved else 1.0

    def _heap(self, is_gated: bool) -> float:
        """Objects that a full collection examines. By the 25 % rule what had grown old was at least a quarter of what
        the one before left, and hardly more where the rule made it wait. Where it did not, the pause may say less: an
        object costs no less than in a young collection."""
        if is_gated:
            return max(self.promoted * (self.gate / GATE_SHARE + self.spacing.full), self.garbage, 1.0)
        most = self.promoted * self.spacing.full * (1 + 1 / GATE_SHARE)
        sizes = (self.spacing.young, self.spacing.middle)
        costs = [pause / size for size, pause in zip(sizes, self.pauses, strict=False) if pause]
        if costs and self.pauses[2]:
            most = min(most, self.pauses[2] / min(costs))
        return max(most, self.garbage, 1.0)


def _average(basis: Basis, generation: int) -> float:
    number = basis.automatic[generation] + basis.asked[generation]
    return (basis.pauses_ns[generation] + basis.asked_ns[generation]) / number if number else 0.0


def lasting(basis: Basis) -> float:
    """The least share, 0 to 1, of the net allocations that did not die by themselves: what the collector found, and by
    how much the heap grew, which the 25 % rule shows in the distance of full collections."""
    return _Present(basis).lasting


def course(basis: Basis, thresholds: Three) -> Course:
    """Under other thresholds, the first over 0."""
    now = _Present(basis)
    then = _Spacing((thresholds[0], max(thresholds[1], 0), max(thresholds[2], 0)), now.gate)
    # Garbage that a full collection finds has come since the one before: the later it is, the more there is.
    heap = now.heap + now.garbage * (then.full / now.spacing.full - 1)
    return _course(basis, now, then, max(heap, 1.0))


def frozen_course(basis: Basis) -> Course:
    """Nothing that is alive now is examined again: a full collection looks at what has grown old since the one before,
    and of that only so much is left that the 25 % rule does not delay the next."""
    now = _Present(basis)
    then = _Spacing(basis.thresholds, 0.0)
    return _course(basis, now, then, min(now.heap, max(now.promoted * then.full, 1.0)))


def _course(basis: Basis, now: _Present, then: _Spacing, heap: float) -> Course:
    sizes = zip((now.spacing.young, now.spacing.middle, now.heap), (then.young, then.middle, heap), strict=True)
    scales = [now.curve.ratio(before, after) for before, after in sizes]
    pauses = [pause * scale for pause, scale in zip(now.pauses, scales, strict=True)]
    for generation in (1, 2):
        if not pauses[generation]:
            pauses[generation] = now.curve.at((then.young, then.middle, heap)[generation])
    longest = [max(seen * scale, pause) for seen, scale, pause in zip(basis.longest_ns, scales, pauses, strict=True)]
    return Course(
        rates=then.rates(now.speed),
        pauses_ns=(pauses[0], pauses[1], pauses[2]),
        longest_ns=(longest[0], longest[1], longest[2]),
        full_scale=scales[2],
    )
