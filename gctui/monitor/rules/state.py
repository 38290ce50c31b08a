"""Rules on the collector's own state."""

from __future__ import annotations

import gc

from gctui.monitor import units
from gctui.monitor.collectors import words
from gctui.monitor.rules.recent import Recent
from gctui.monitor.rules.rule import Found, Limit, Rule

WINDOW_S = 60.0
#: Times threshold 0, and objects, that the count has passed.
PASSED = Limit(10, 5)
PASSED_LEAST = 7000
#: Seconds of the last minute in which that was seen.
SEEN = Limit(3, 1)


def starved(recent: Recent, before: bool) -> Found | None:
    gauges = recent.snapshot.gauges
    if gauges is None or not gauges.thresholds[0] or recent.snapshot.agent.collector == "free-threaded":
        return None  # that one waits for a quarter of the heap, whatever the threshold
    threshold = gauges.thresholds[0]
    counts = [one.highest_count for one in recent.samples_within(WINDOW_S)]
    passed = [count for count in counts if count >= PASSED_LEAST and PASSED.is_passed(count / threshold, before)]
    if not SEEN.is_passed(len(passed), before):
        return None
    times = f"{units.count(max(passed))} objects, {max(passed) / threshold:.0f} times threshold 0"
    young = words(recent.snapshot.agent.collector).names[0]
    if not gauges.enabled:
        return Found(f"The collector is off, and {young} is at {times}.", "2 collects once, d turns it on.")
    return Found(
        f"{young[0].upper()}{young[1:]} came to {times}: the collector gets no turn, as within one long call into C.",
        "Look at the triggers in the log for the call, and give it less at a time.",
    )


def uncollectable(recent: Recent, before: bool) -> Found | None:
    number = sum(one.uncollectable for one in recent.snapshot.generations)
    if not number:
        return None
    return Found(
        f"{number:,} object{'s' * (number != 1)} could not be collected and stay in gc.garbage for ever.",
        "c lists what is uncollectable and why, as far as can be told.",
    )


def saving(recent: Recent, before: bool) -> Found | None:
    gauges = recent.snapshot.gauges
    if gauges is None or not gauges.debug_flags & gc.DEBUG_SAVEALL:
        return None
    flag = "DEBUG_LEAK" if gauges.debug_flags & gc.DEBUG_LEAK == gc.DEBUG_LEAK else "DEBUG_SAVEALL"
    return Found(
        f"gc.{flag} is set: what the collector finds is put into gc.garbage instead of being freed, so memory rises.",
        "D clears the flags; what is in gc.garbage already is the program's to empty.",
    )


RULES = (
    Rule(
        "starved",
        "The collector gets no turn",
        "From Python 3.12 on collections wait for the next bytecode, so that counts pass thresholds within a call into "
        "C; a thread that polled gc.get_count starved them (CPython issue 157377)",
        starved,
    ),
    Rule(
        "uncollectable",
        "Objects are uncollectable",
        "gc.garbage in CPython's documentation: objects with tp_del of a C extension in a reference loop, or what "
        "DEBUG_SAVEALL keeps",
        uncollectable,
        after_s=0.0,
    ),
    Rule(
        "saveall",
        "All garbage is kept for debugging",
        "gc.set_debug in CPython's documentation: DEBUG_SAVEALL, which DEBUG_LEAK includes, appends all unreachable "
        "objects to gc.garbage: a way to look for loops (NVDA, pull request 11766), not to run with",
        saving,
        after_s=3.0,
    ),
)
