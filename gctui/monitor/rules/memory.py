"""Rules on memory that the collector does not give back."""

from __future__ import annotations

from statistics import median

from gctui.monitor import units
from gctui.monitor.rules.recent import FROZEN_LEAST, Recent
from gctui.monitor.rules.rule import Found, Limit, Rule

MIB = 1 << 20
#: Full collections that a trend is read from, and seconds that it spans.
TREND_LEAST, TREND_S = 6, 60.0
#: From each third of them to the next, the pause.
TREND = Limit(1.15, 1.05)
TREND_WORTH_NS = 10_000_000
#: Growth of RSS within so many seconds, bytes and share of what it was.
RISING_S, RISING_BYTES, RISING_SHARE = 30.0, Limit(16 * MIB, 8 * MIB), 0.05
#: The same where much is frozen, which is a guess.
FROZEN_S, FROZEN_BYTES, FROZEN_SHARE = 60.0, Limit(32 * MIB, 16 * MIB), 0.1


def _grown(recent: Recent, seconds: float, least: Limit, share: float, before: bool) -> tuple[int, int] | None:
    growth = recent.rss_growth(seconds)
    if growth is None:
        return None
    then, now = growth
    enough = least.is_passed(now - then, before) and now - then >= share * then * (
        least.off / least.on if before else 1
    )
    return growth if enough else None


def _risen(growth: tuple[int, int], seconds: float) -> str:
    then, now = growth
    return f"RSS rose by {units.size(now - then)} to {units.size(now)} in {seconds:.0f} s"


def growing(recent: Recent, before: bool) -> Found | None:
    full = [one for one in recent.full if not one.by_program]
    if len(full) < TREND_LEAST or full[-1].started_ns - full[0].started_ns < TREND_S * 1e9:
        return None
    third = len(full) // 3
    parts = (full[:third], full[third : len(full) - third], full[len(full) - third :])
    first, second, last = (median(one.pause_ns for one in part) for part in parts)
    is_rising = all(TREND.is_passed(later / max(one, 1), before) for one, later in ((first, second), (second, last)))
    growth = recent.rss_growth(RISING_S)
    if not is_rising or last < TREND_WORTH_NS or growth is None:
        return None
    span = units.duration(full[-1].started_ns - full[0].started_ns)
    return Found(
        f"The older objects grow in number: full collections went from {units.duration(first)} to "
        f"{units.duration(last)} in {span}, and {_risen(growth, RISING_S)}.",
        "i counts the objects by type, and v there tells a leak from garbage; m marks, so that growth is shown since.",
    )


def disabled(recent: Recent, before: bool) -> Found | None:
    gauges = recent.snapshot.gauges
    if gauges is None or (gauges.enabled and gauges.thresholds[0]):
        return None
    if gauges.thresholds[0] and any(one.enabled for one in recent.samples_within(RISING_S)):
        return None
    growth = _grown(recent, RISING_S, RISING_BYTES, RISING_SHARE, before)
    if growth is None:
        return None
    how = "off" if gauges.thresholds[0] else "off by a threshold 0 of 0"
    key = "d turns it on" if gauges.thresholds[0] else "t sets the threshold"
    return Found(
        f"The collector is {how}, and {_risen(growth, RISING_S)}: loops of objects are never freed.",
        f"2 collects once and says what of it was garbage; {key}.",
    )


def frozen(recent: Recent, before: bool) -> Found | None:
    gauges = recent.snapshot.gauges
    if gauges is None or gauges.frozen < FROZEN_LEAST:
        return None
    if recent.frozen_unseen:
        return Found(
            f"{units.count(recent.frozen_unseen)} objects were frozen without a full collection just before: garbage "
            "among them is kept until they are unfrozen.",
            "F unfreezes, 2 collects, f collects and freezes again.",
        )
    growth = _grown(recent, FROZEN_S, FROZEN_BYTES, FROZEN_SHARE, before)
    if growth is None:
        return None
    return Found(
        f"{units.count(gauges.frozen)} objects are frozen, and {_risen(growth, FROZEN_S)}: what becomes garbage among "
        "frozen ones is not freed.",
        "F unfreezes, and 2 then says how much was garbage; f freezes what is left.",
    )


RULES = (
    Rule(
        "growing",
        "Older objects grow without bound",
        "Synapse's time in the collector crept up week after week (issue 9890 and others); CPython collects in full "
        "when what is new is a quarter of what has lived on, so pauses of full collections go with the heap",
        growing,
    ),
    Rule(
        "disabled",
        "Collector off, memory rising",
        "gc.disable in CPython's documentation: reference loops are then never found; services that collect by hand "
        "only (vLLM, pull request 33575)",
        disabled,
    ),
    Rule(
        "frozen-garbage",
        "Garbage may be frozen",
        "gc.freeze in CPython's documentation: what is in the permanent generation is ignored by all later "
        "collections; frozen garbage leaks (TensorRT-LLM, pull request 13907; CPython issue 75739)",
        frozen,
    ),
)
