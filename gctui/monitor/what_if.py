"""What the collector would cost under other settings, estimated from what it did lately.

The model, its assumptions, its measured error and where it fails are in docs/what-if.md. The rules of the collector
that it stands on are those of CPython's `gcmodule.c` (3.8 to 3.12) and `gc.c` (3.13 on). All functions are pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gctui.monitor.what_if_basis import Basis
from gctui.monitor.what_if_model import Course, course, frozen_course, garbage_rate, lasting

MINUTE_S = 60.0
#: Of what a garbage object takes with it when it is freed, bytes, where that was not measured.
ASSUMED_GARBAGE_BYTES = 200.0
#: Fewer collections, or full ones, than this in the span say little.
FEW, FEW_FULL = 3, 2
#: Share of the net allocations that last until they are collected, from which on the count rises steadily.
MOSTLY = 0.75


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
    counts = [automatic + asked for automatic, asked in zip(basis.automatic, basis.asked, strict=True)]
    pauses = [automatic + asked for automatic, asked in zip(basis.pauses_ns, basis.asked_ns, strict=True)]
    total = sum(pauses)
    return Outlook(
        collections=(counts[0] * per_minute, counts[1] * per_minute, counts[2] * per_minute),
        pauses_ns=_averages(pauses, counts),
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
    if basis.asked[2]:
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


def _averages(totals: Sequence[float], numbers: Sequence[float]) -> tuple[float, float, float]:
    first, second, third = (total / number if number else 0.0 for total, number in zip(totals, numbers, strict=True))
    return first, second, third


def _outlook(basis: Basis, then: Course, growth: float | None, caveat: str) -> Outlook:
    """What the thresholds start and what the program asks for, together."""
    per_minute = MINUTE_S / basis.span_s
    scales = (1.0, 1.0, then.full_scale)
    asked_ns = [pause * scale * per_minute for pause, scale in zip(basis.asked_ns, scales, strict=True)]
    rates = [rate * MINUTE_S + also * per_minute for rate, also in zip(then.rates, basis.asked, strict=True)]
    automatic_ns = [rate * MINUTE_S * pause for rate, pause in zip(then.rates, then.pauses_ns, strict=True)]
    totals = [automatic + asked for automatic, asked in zip(automatic_ns, asked_ns, strict=True)]
    longest = [pause for pause, rate in zip(then.longest_ns, then.rates, strict=True) if rate]
    seen = zip(basis.longest_ns, scales, basis.asked, strict=True)
    longest += [pause * scale for pause, scale, number in seen if number]
    return Outlook(
        collections=(rates[0], rates[1], rates[2]),
        pauses_ns=_averages(totals, rates),
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
    if thresholds[0] > basis.thresholds[0] and lasting(basis) < MOSTLY:
        return (
            "At most: what is made here dies by itself, and what dies together before the count is reached is not seen."
        )
    return ""
