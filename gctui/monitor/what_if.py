"""What the collector would cost under other settings, estimated from what it did lately.

The model, its assumptions, its measured error and where it fails are in docs/what-if.md. The rules of the collector
that it stands on are those of CPython's `gcmodule.c` (3.8 to 3.12) and `gc.c` (3.13 on). All functions are pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from gctui.monitor.what_if_basis import Basis
from gctui.monitor.what_if_model import (
    Course,
    course,
    frozen_course,
    garbage_rate,
    may_fall,
    numbers,
    pauses_ns,
    per_collection,
)

MINUTE_S = 60.0
#: Of what a garbage object takes with it when it is freed, bytes, where that was not measured.
ASSUMED_GARBAGE_BYTES = 200.0
#: Collections per minute. What comes more seldom than once an hour is not waited for.
SELDOM = 1 / 60
#: Fewer collections, or full ones, than this in the span say little.
FEW, FEW_FULL = 3, 2


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the collector does, or would do."""

    collections: tuple[float, float, float]
    """Per minute, per generation."""
    pauses_ns: tuple[float, float, float]
    """Average pause, per generation; 0 where there is no collection."""
    total_ns: float
    """Pauses per minute, nanoseconds."""
    share: float
    """Of wall time, 0 to 1."""
    longest_ns: float
    """The longest pause to be expected; of the present, the longest there was."""
    growth: float | None
    """Bytes per minute of garbage that nobody would collect; None: not asked, or not known."""
    span_s: float
    """Seconds of the program's life that this goes by."""
    caveat: str
    """Why it is to be taken with care, a short sentence; else empty."""


def present(basis: Basis) -> Outlook:
    """What the collector did in the span, as recorded."""
    per_minute = MINUTE_S / basis.span_s
    first, second, third = numbers(basis)
    total = sum(pauses_ns(basis))
    return Outlook(
        collections=(first * per_minute, second * per_minute, third * per_minute),
        pauses_ns=per_collection(pauses_ns(basis), numbers(basis)),
        total_ns=total * per_minute,
        share=min(total / 1e9 / basis.span_s, 1.0),
        longest_ns=max(basis.longest_ns),
        growth=None,
        span_s=basis.span_s,
        caveat="",
    )


def with_thresholds(basis: Basis, thresholds: tuple[int, int, int]) -> Outlook:
    """Under these thresholds; with the first at 0, as `switched_off`."""
    if thresholds[0] <= 0:
        return switched_off(basis)
    return _outlook(basis, course(basis, thresholds), None, _caveat(basis, thresholds))


def frozen(basis: Basis) -> Outlook:
    """After `gc.freeze()` now, from the first full collection after it on."""
    return _outlook(basis, frozen_course(basis), None, _caveat(basis, basis.thresholds))


def switched_off(basis: Basis) -> Outlook:
    """With automatic collection off."""
    if basis.asked:
        return _outlook(basis, Course.none(), None, "The program collects by itself, which frees garbage all the same.")
    if not basis.automatic[2]:
        return _outlook(
            basis, Course.none(), None, "No full collection seen yet: how much garbage there is is not known."
        )
    growth = garbage_rate(basis) * MINUTE_S * (basis.garbage_bytes or ASSUMED_GARBAGE_BYTES)
    caveat = ""
    if growth and basis.garbage_bytes is None:
        caveat = f"What a garbage object holds was not measured: {ASSUMED_GARBAGE_BYTES:.0f} B each are assumed."
    return _outlook(basis, Course.none(), growth, caveat)


def _outlook(basis: Basis, then: Course, growth: float | None, caveat: str) -> Outlook:
    """What the thresholds start and what the program asks for, together."""
    rates = [rate * MINUTE_S for rate in then.rates]
    totals = [rate * pause for rate, pause in zip(rates, then.pauses_ns, strict=True)]
    longest = [pause for pause, rate in zip(then.longest_ns, rates, strict=True) if rate >= SELDOM]
    if basis.asked:
        rates[2] += basis.asked * MINUTE_S / basis.span_s
        totals[2] += basis.asked_ns * then.full_scale * MINUTE_S / basis.span_s
        longest.append(basis.longest_ns[2] * then.full_scale)
    return Outlook(
        collections=(rates[0], rates[1], rates[2]),
        pauses_ns=per_collection(totals, rates),
        total_ns=sum(totals),
        share=min(sum(totals) / 1e9 / MINUTE_S, 1.0),
        longest_ns=max(longest, default=0.0),
        growth=growth,
        span_s=basis.span_s,
        caveat=caveat,
    )


def _caveat(basis: Basis, thresholds: tuple[int, int, int]) -> str:
    fulls = basis.automatic[2]
    if sum(basis.automatic) < FEW:
        return "Hardly a collection seen yet: what smaller thresholds would start is not known."
    if not fulls:
        return "No full collection seen yet: how often they come and how long they take is guessed."
    if fulls < FEW_FULL:
        return "Only one full collection seen yet."
    if thresholds[0] > basis.thresholds[0] and may_fall(basis):
        return "At most: much dies here without the collector, and a higher count may never be reached."
    return ""
