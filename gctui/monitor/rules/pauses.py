"""Rules on how long and how often the collector stops the program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median

from gctui.monitor import units
from gctui.monitor.collectors import words
from gctui.monitor.model import Collection
from gctui.monitor.rules.recent import QUIET_NS, Recent
from gctui.monitor.rules.rule import Found, Limit, Rule

WINDOW_S = 60.0
#: So many full collections are looked at, the latest: what came before a cure is soon forgotten.
LATEST = 3

LONG_NS = Limit(100_000_000, 80_000_000)
SHARE = Limit(0.05, 0.04)
#: What `Snapshot.paused_share` looks back.
SHARE_WINDOW_NS = 10_000_000_000
#: Shorter full collections are no matter, whatever they free.
WORTH_NS = Limit(40_000_000, 30_000_000)
#: Nanoseconds of a full collection per object that it freed. A collection looks at about 10 objects in a microsecond.
USELESS_NS_PER_OBJECT = Limit(100_000, 50_000)
#: Of the last minute, in at least so many collections that the program asked for.
PROGRAM_SHARE = Limit(0.01, 0.007)
PROGRAM_LEAST = 5


def _latest_full(recent: Recent) -> list[Collection]:
    """The last few automatic ones within a minute; none unless there are enough of them."""
    found = recent.full_within(WINDOW_S)
    return found[-LATEST:] if len(found) >= LATEST else []


def _freeze(recent: Recent) -> str:
    """Freezing, or the threshold that has to be passed before a full collection, where there is one."""
    called = words(recent.snapshot.agent.collector)
    thresholds = [number for number in sorted(called.full) if called.counted[number]]
    return "f collects and freezes what stays" + (f", t raises threshold {thresholds[0]}." if thresholds else ".")


def _cure(recent: Recent, full: Sequence[Collection]) -> str:
    """What makes full collections shorter, going by whether they visit what lives on or free garbage."""
    if not full:
        return "None of those was automatic: gc.collect() was called."
    if _ns_per_object(full) >= USELESS_NS_PER_OBJECT.off:
        return _freeze(recent)
    return "c says what the garbage is; lower thresholds (t) do less at a time."


def _ns_per_object(full: Sequence[Collection]) -> float:
    """Of pause, per object that was freed."""
    return sum(one.pause_ns for one in full) / max(sum(one.collected for one in full), 1)


def _span(recent: Recent, collections: Sequence[Collection]) -> str:
    return units.duration(recent.snapshot.taken_ns - collections[0].started_ns)


def long_full(recent: Recent, before: bool) -> Found | None:
    found = _latest_full(recent)
    if not found:
        return None
    pauses = [one.pause_ns for one in found]
    if not LONG_NS.is_passed(median(pauses), before):
        return None
    return Found(
        f"Each full collection stops the program for about {units.duration(median(pauses))}: "
        f"{len(found)} of them in the last {_span(recent, found)}.",
        _cure(recent, found),
    )


def useless_full(recent: Recent, before: bool) -> Found | None:
    found = _latest_full(recent)
    pause, freed = sum(one.pause_ns for one in found), sum(one.collected for one in found)
    if not found or not WORTH_NS.is_passed(median(one.pause_ns for one in found), before):
        return None
    if not USELESS_NS_PER_OBJECT.is_passed(_ns_per_object(found), before):
        return None
    return Found(
        f"The last {len(found)} full collections took {units.duration(pause)} and freed "
        f"{freed:,} object{'s' * (freed != 1)}: the heap lives on.",
        _freeze(recent),
    )


def share(recent: Recent, before: bool) -> Found | None:
    part = recent.snapshot.paused_share
    lived = recent.snapshot.taken_ns - recent.snapshot.program.started_ns
    if lived < QUIET_NS + SHARE_WINDOW_NS:  # it would be that of the start
        return None
    if not SHARE.is_passed(part, before):
        return None
    samples = recent.samples_within(10)
    spent = [last - first for first, last in zip(samples[0].pauses, samples[-1].pauses, strict=True)] if samples else []
    most = max(range(3), key=spent.__getitem__) if any(spent) else 0
    called = words(recent.snapshot.agent.collector)
    where = f", most of it in collections of {called.names[most]}" if any(spent) else ""
    remedy = _cure(recent, recent.full_within(WINDOW_S)) if most in called.full and any(spent) else _raise_first(recent)
    return Found(f"The collector took {units.percent(part)} of the last 10 s{where}.", remedy)


def _raise_first(recent: Recent) -> str:
    gauges = recent.snapshot.gauges
    now = f" from {gauges.thresholds[0]:,} to ten times that" if gauges is not None and gauges.thresholds[0] else ""
    return f"t raises threshold 0{now}, so that it runs less often; its dialog says what that would mean."


def by_program(recent: Recent, before: bool) -> Found | None:
    found = recent.full_within(WINDOW_S, by_program=True)
    lived = recent.snapshot.taken_ns - recent.snapshot.program.started_ns - QUIET_NS
    window = max(min(lived / 1e9, WINDOW_S), 1.0)
    spent = sum(one.pause_ns for one in found)
    if len(found) < PROGRAM_LEAST or not PROGRAM_SHARE.is_passed(spent / 1e9 / window, before):
        return None
    site, times = Counter(one.site for one in found).most_common(1)[0]
    return Found(
        f"The program called gc.collect() {len(found)} times in the last {units.duration(window * 1e9)}, which took "
        f"{units.duration(spent)}; {times} of them at {site}.",
        "Take the call out of code that runs often, or collect a younger generation there: gc.collect(0).",
    )


RULES = (
    Rule(
        "long-full",
        "Full collections are long",
        "Servers of language models stood still for 100 to 430 ms at each full collection until their heap was frozen "
        "(sglang, pull request 9241 and issue 30596); gc.freeze in CPython's documentation",
        long_full,
        after_s=0.0,
    ),
    Rule(
        "useless-full",
        "Full collections free nothing",
        "A full collection visits every object that the collector tracks, whatever it frees (CPython, garbage "
        "collector design); one of 41 s on 74.8 million objects that freed none (sglang, pull request 28067)",
        useless_full,
        after_s=0.0,
    ),
    Rule(
        "share",
        "The collector takes much time",
        "Above 5 % of the time other collectors are called a problem too (throughput under 95 %); Synapse spent 20 % "
        "(issue 9890 and others); gc.set_threshold in CPython's documentation",
        share,
        after_s=5.0,
    ),
    Rule(
        "calls-collect",
        "The program collects often itself",
        "gc.collect() in a hot place is a full collection each time (CPython's documentation); told from automatic "
        "ones by what set the collection off",
        by_program,
    ),
)
