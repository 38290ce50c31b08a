"""Each rule: when it is true, when it is not, and where between."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor.model import Collection, Gauges, Site, Snapshot
from gctui.monitor.rules import NAMES
from gctui.monitor.rules.recent import MOST_FULL, MOST_SAMPLES, Recent
from gctui.monitor.rules.rule import Found, Limit
from gctui.monitor.rules.table import BY_NAME, RULES
from tests.fakes import SECOND, FakeLog, make_collection, make_snapshot

START = 1000 * SECOND
MIB = 1 << 20
MS = 1_000_000
BASE = make_snapshot()
assert BASE.gauges is not None
GAUGES: Gauges = BASE.gauges


def full(second: float, pause_ms: float = 150, collected: int = 0, **changes: Any) -> Collection:
    """A full collection so many seconds after the start."""
    started = START + round(second * SECOND)
    return make_collection(0, 2, round(pause_ms * MS), started_ns=started, collected=collected, **changes)


def at(second: float, rss_mib: float = 100, paused: float = 0.0, **gauges: Any) -> Snapshot:
    now = START + round(second * SECOND)
    return replace(
        BASE,
        taken_ns=now,
        program=replace(BASE.program, started_ns=START),
        figures=replace(BASE.figures, rss=round(rss_mib * MIB)),
        gauges=replace(GAUGES, taken_ns=now, **gauges),
        paused_share=paused,
    )


def seen(seconds: int, tick: Callable[[int], Snapshot] = at, collections: Sequence[Collection] = ()) -> Recent:
    """What was seen when a program has run for so long, with a tick per second."""
    recent = Recent()
    for second in range(seconds + 1):
        snapshot = tick(second)
        log = [one for one in collections if one.started_ns + one.pause_ns <= snapshot.taken_ns]
        recent.fold(replace(snapshot, log=FakeLog([replace(one, number=n) for n, one in enumerate(log)])))
    return recent


def found(name: str, recent: Recent, before: bool = False) -> Found | None:
    return BY_NAME[name].find(recent, before)


def test_names_are_words_that_the_command_line_takes_and_no_two_alike() -> None:
    assert BY_NAME.keys() == set(NAMES) and len(RULES) == len(NAMES) == 10
    assert all(rule.name.replace("-", "").isalpha() and rule.name.islower() for rule in RULES)
    assert all(rule.source and "http" not in rule.source for rule in RULES)


def test_a_limit_lets_go_later_than_it_takes_hold() -> None:
    limit = Limit(5, 4)
    assert [limit.is_passed(figure, False) for figure in (4.5, 5)] == [False, True]
    assert [limit.is_passed(figure, True) for figure in (4.5, 3.9)] == [True, False]


# --- full collections


def test_long_full_collections() -> None:
    said = found("long-full", seen(30, collections=[full(second, 150) for second in (10, 14, 18)]))

    assert said is not None and "about 150 ms: 3 of them in the last 20.0 s" in said.text
    assert said.remedy.startswith("f collects and freezes what stays")


def test_long_ones_that_free_much_are_not_cured_by_freezing() -> None:
    said = found("long-full", seen(30, collections=[full(second, 150, collected=80_000) for second in (10, 14, 18)]))

    assert said is not None and said.remedy.startswith("c says what the garbage is")


@pytest.mark.parametrize(
    "collections",
    [
        [],
        [full(10), full(14)],  # not often enough
        [full(1), full(2), full(3), full(10)],  # while the program starts
        [full(second, 99) for second in (10, 14, 18)],
        [full(second, forced=True) for second in (10, 14, 18)],  # gctui's own
        [full(10), full(14), full(18), full(20, 5), full(22, 5)],  # it was frozen meanwhile
    ],
)
def test_full_collections_that_are_not_long_or_not_often(collections: list[Collection]) -> None:
    assert found("long-full", seen(30, collections=collections)) is None


def test_long_full_collections_are_forgotten_after_a_minute() -> None:
    assert found("long-full", seen(71, collections=[full(second) for second in (10, 14, 18)])) is None


def test_a_little_under_the_limit_goes_on_being_long_but_does_not_begin_to() -> None:
    recent = seen(30, collections=[full(second, 90) for second in (10, 14, 18)])

    assert found("long-full", recent) is None
    assert found("long-full", recent, before=True) is not None


def test_full_collections_that_free_nothing() -> None:
    said = found("useless-full", seen(30, collections=[full(second, 50, collected=1) for second in (10, 14, 18)]))

    assert said is not None and "The last 3 full collections took 150 ms and freed 3 objects" in said.text


@pytest.mark.parametrize(
    ("pause_ms", "collected"),
    [(50, 500), (50, 501), (50, 1_000_000), (39, 0)],
)
def test_full_collections_that_free_enough_or_cost_little(pause_ms: int, collected: int) -> None:
    recent = seen(30, collections=[full(second, pause_ms, collected) for second in (10, 14, 18)])
    said = found("useless-full", recent)

    assert (said is not None) == ((pause_ms, collected) == (50, 500))  # 100 µs per object: the limit


def test_on_a_free_threaded_build_every_collection_is_full() -> None:
    collections = [replace(full(second, 150), generation=0) for second in (10, 14, 18)]

    def tick(second: int) -> Snapshot:
        return replace(at(second), agent=replace(BASE.agent, collector="free-threaded"))

    said = found("long-full", seen(30, tick, collections))
    assert said is not None and said.remedy == "f collects and freezes what stays, t raises threshold 0."
    assert found("long-full", seen(30, collections=collections)) is None


def test_no_threshold_starts_full_collections_of_the_incremental_collector() -> None:
    def tick(second: int) -> Snapshot:
        return replace(at(second), agent=replace(BASE.agent, collector="incremental"))

    said = found("long-full", seen(30, tick, [full(second) for second in (10, 14, 18)]))
    assert said is not None and said.remedy == "f collects and freezes what stays."


# --- share of time


@pytest.mark.parametrize(("paused", "before", "is_true"), [
    (0.0, False, False), (0.045, False, False), (0.05, False, True), (0.045, True, True), (0.039, True, False),
])  # fmt: skip
def test_the_share_of_time(paused: float, before: bool, is_true: bool) -> None:
    recent = seen(15, lambda second: at(second, paused=paused))
    assert found("share", seen(14, lambda second: at(second, paused=paused)), before) is None
    assert (found("share", recent, before) is not None) == is_true


def test_the_share_says_which_collections_took_it() -> None:
    def tick(second: int) -> Snapshot:
        first, middle, last = BASE.generations
        growing = replace(last, pauses=replace(last.pauses, total=second * 60 * MS))
        return replace(at(second, paused=0.06), generations=(first, middle, growing))

    said = found("share", seen(20, tick, [full(second) for second in (10, 14, 18)]))
    assert said is not None and "6.00 % of the last 10 s, most of it in collections of generation 2" in said.text
    assert said.remedy.startswith("f collects and freezes")

    called = found("share", seen(20, tick, [full(second, by_program=True) for second in (10, 14, 18)]))
    assert called is not None and "gc.collect() was called" in called.remedy


def test_young_collections_want_a_higher_threshold() -> None:
    def tick(second: int) -> Snapshot:
        first, middle, last = BASE.generations
        growing = replace(first, pauses=replace(first.pauses, total=second * 60 * MS))
        return replace(at(second, paused=0.06), generations=(growing, middle, last))

    said = found("share", seen(20, tick))
    assert said is not None and said.remedy.startswith("t raises threshold 0 from 700 to ten times that")


# --- collections that the program asks for


def test_a_program_that_collects_in_a_hot_place() -> None:
    site = Site("/srv/app/views.py", 12, "handle")
    calls = [full(10 + second, 20, site=site, by_program=True) for second in range(50)]
    said = found("calls-collect", seen(60, collections=calls))

    assert said is not None
    assert "called gc.collect() 50 times in the last 55.0 s, which took 1.00 s; 50 of them at /srv/app/views.py:12" in (
        said.text
    )


@pytest.mark.parametrize(("number", "pause_ms", "before", "is_true"), [
    (4, 1000, False, False), (5, 109, False, False), (5, 110, False, True), (5, 100, True, True), (5, 70, True, False),
])  # fmt: skip
def test_a_program_that_collects_now_and_then(number: int, pause_ms: int, before: bool, is_true: bool) -> None:
    calls = [full(10 + 5 * n, pause_ms, by_program=True) for n in range(number)]
    recent = seen(60, collections=calls)

    assert (found("calls-collect", recent, before) is not None) == is_true
    assert found("long-full", recent) is None  # that is about automatic ones


# --- memory


def test_full_collections_that_take_longer_and_longer() -> None:
    collections = [full(5 + 10 * n, 20 * 1.2**n) for n in range(12)]
    recent = seen(120, lambda second: at(second, rss_mib=100 + second), collections)
    said = found("growing", recent)

    assert said is not None
    assert "The older objects grow in number: full collections went from" in said.text
    assert "RSS rose by 30.0 MiB to 220 MiB in 30 s" in said.text


@pytest.mark.parametrize(
    ("factor", "shortest_ms", "growth", "number", "before", "is_true"),
    [
        (1.2, 20, 1, 12, False, True),
        (1.0, 20, 1, 12, False, False),  # as long as before
        (1.03, 20, 1, 12, False, False),
        (1.03, 20, 1, 12, True, True),
        (1.2, 0.1, 1, 12, False, False),  # too short to matter
        (1.2, 20, 0, 12, False, False),  # memory does not rise
        (1.2, 20, 1, 5, False, False),  # too few
    ],
)
def test_a_trend_has_to_be_one(
    factor: float, shortest_ms: float, growth: float, number: int, before: bool, is_true: bool
) -> None:
    collections = [full(5 + 120 / number * n, shortest_ms * factor**n) for n in range(number)]
    recent = seen(130, lambda second: at(second, rss_mib=100 + growth * second), collections)
    assert (found("growing", recent, before) is not None) == is_true


def test_the_collector_is_off_and_memory_rises() -> None:
    recent = seen(60, lambda second: at(second, rss_mib=100 + second, enabled=False))
    said = found("disabled", recent)

    assert said is not None and "The collector is off, and RSS rose by 30.0 MiB to 160 MiB in 30 s" in said.text
    assert "d turns it on" in said.remedy


def test_a_threshold_of_0_is_off_too() -> None:
    recent = seen(60, lambda second: at(second, rss_mib=100 + second, thresholds=(0, 10, 10)))
    said = found("disabled", recent)

    assert said is not None and "off by a threshold 0 of 0" in said.text and "t sets" in said.remedy


@pytest.mark.parametrize(
    "tick",
    [
        lambda second: at(second, rss_mib=100 + second),  # on
        lambda second: at(second, rss_mib=100, enabled=False),  # nothing rises
        lambda second: at(second, rss_mib=100 + second / 2, enabled=False),  # 15 MiB: not enough
        lambda second: at(second, rss_mib=1000 + second, enabled=False),  # 3 %
        lambda second: at(second, rss_mib=100 + 40 * (second % 10), enabled=False),  # up and down
        lambda second: at(second, rss_mib=100 + second, enabled=second < 45),  # not for long
        lambda second: replace(at(second, rss_mib=100 + second), gauges=None),
    ],
)
def test_off_alone_or_memory_alone_is_nothing(tick: Callable[[int], Snapshot]) -> None:
    assert found("disabled", seen(60, tick)) is None


def test_objects_frozen_without_a_collection_before() -> None:
    recent = seen(20, lambda second: at(second, frozen=50_000 if second >= 10 else 0))
    said = found("frozen-garbage", recent)

    assert said is not None and "50.0k objects were frozen without a full collection just before" in said.text
    assert "F unfreezes" in said.remedy


@pytest.mark.parametrize("forced", [True, False])
def test_objects_frozen_after_a_collection(forced: bool) -> None:
    collections = [full(9, forced=forced)]
    assert found("frozen-garbage", seen(20, lambda s: at(s, frozen=50_000 * (s >= 10)), collections)) is None


def test_frozen_again_after_a_collection_is_forgiven() -> None:
    def tick(second: int) -> Snapshot:
        return at(second, frozen=0 if second < 10 else 50_000 if second < 20 else 49_000 * (second > 22))

    assert found("frozen-garbage", seen(19, tick)) is not None
    assert found("frozen-garbage", seen(21, tick)) is None
    assert found("frozen-garbage", seen(30, tick, [full(22)])) is None
    assert found("frozen-garbage", seen(30, tick)) is not None


def test_frozen_objects_that_die_were_not_frozen_again() -> None:
    recent = seen(60, lambda second: at(second, frozen=0 if second < 10 else 50_000 - second), [full(9)])
    assert found("frozen-garbage", recent) is None


def test_what_the_interpreter_freezes_at_its_start_is_no_matter() -> None:
    assert found("frozen-garbage", seen(20, lambda second: at(second, frozen=375))) is None


def test_memory_that_rises_beside_frozen_objects() -> None:
    def tick(second: int) -> Snapshot:
        return at(second, rss_mib=100 + second, frozen=50_000)

    said = found("frozen-garbage", seen(70, tick))
    assert said is not None and "50.0k objects are frozen, and RSS rose by 60.0 MiB" in said.text
    assert found("frozen-garbage", seen(70, lambda second: at(second, frozen=50_000))) is None


# --- the collector's state


def test_counts_far_above_the_threshold() -> None:
    said = found("starved", seen(30, lambda second: at(second, counts=(50_000, 1, 1))))
    assert said is not None and "Generation 0 came to 50.0k objects, 71 times threshold 0" in said.text

    off = found("starved", seen(30, lambda second: at(second, counts=(50_000, 1, 1), enabled=False)))
    assert off is not None and off.text.startswith("The collector is off")


@pytest.mark.parametrize(("count", "seconds", "before", "is_true"), [
    (6999, 30, False, False), (7000, 30, False, True), (7000, 2, False, False), (7000, 3, False, True),
    (7000, 1, True, True), (700, 30, True, False),
])  # fmt: skip
def test_a_count_has_to_be_far_above_for_seconds(count: int, seconds: int, before: bool, is_true: bool) -> None:
    recent = seen(30, lambda second: at(second, counts=(count if second > 30 - seconds else 5, 0, 0)))
    assert (found("starved", recent, before) is not None) == is_true


@pytest.mark.parametrize("tick", [
    lambda second: at(second, counts=(50_000, 1, 1), thresholds=(0, 10, 10)),
    lambda second: at(second, counts=(50_000, 1, 900)),
    lambda second: replace(at(second), gauges=None),
    lambda second: replace(at(second, counts=(50_000, 0, 0)), agent=replace(BASE.agent, collector="free-threaded")),
])  # fmt: skip
def test_counts_that_mean_nothing(tick: Callable[[int], Snapshot]) -> None:
    recent = seen(30, tick)
    if recent.snapshot.gauges is None or recent.snapshot.gauges.counts[2] != 900:
        assert found("starved", recent) is None


def test_uncollectable_objects() -> None:
    def tick(second: int) -> Snapshot:
        first, middle, last = BASE.generations
        return replace(at(second), generations=(first, middle, replace(last, uncollectable=1)))

    said = found("uncollectable", seen(6, tick))
    assert said is not None and said.text.startswith("1 object could not be collected")
    assert found("uncollectable", seen(6)) is None


@pytest.mark.parametrize(("flags", "name"), [
    (0, ""), (gc.DEBUG_STATS, ""), (gc.DEBUG_UNCOLLECTABLE, ""),
    (gc.DEBUG_SAVEALL, "DEBUG_SAVEALL"), (gc.DEBUG_LEAK, "DEBUG_LEAK"),
])  # fmt: skip
def test_debug_flags_that_keep_garbage(flags: int, name: str) -> None:
    said = found("saveall", seen(6, lambda second: at(second, debug_flags=flags)))
    assert (said is not None and f"gc.{name} is set" in said.text) == bool(name)


# --- what is remembered


def test_another_interpreter_begins_anew() -> None:
    recent = seen(30, collections=[full(second) for second in (10, 14, 18)])
    recent.fold(replace(at(31), agent=replace(BASE.agent, interpreter=1), log=FakeLog([])))

    assert not recent.full and len(recent.samples) == 1


def test_another_program_in_the_same_process_begins_anew() -> None:
    recent = seen(30, collections=[full(second) for second in (10, 14, 18)])
    recent.fold(replace(at(31), log=FakeLog([full(30.5)])))

    assert len(recent.full) == len(recent.samples) == 1


def test_memory_is_bounded() -> None:
    recent = Recent()
    log = FakeLog([full(n / 10) for n in range(3000)])
    for second in range(2 * MOST_SAMPLES):
        recent.fold(replace(at(second), log=FakeLog([log[n] for n in range(min(second * 100, 3000))])))

    assert len(recent.full) == MOST_FULL
    assert len(recent.samples) == MOST_SAMPLES


def test_nothing_is_known_yet() -> None:
    recent = seen(0)
    assert recent.is_quiet
    assert [rule.find(recent, before) for rule in RULES for before in (False, True)] == [None] * 20


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 10**10), st.integers(0, 10**9), st.booleans()), max_size=30),
    st.integers(0, 70),
    st.lists(st.integers(0, 2**40), min_size=71, max_size=71),
    st.integers(0, 10**9),
    st.tuples(*[st.integers(0, 2**31)] * 3),
    st.booleans(),
)
def test_no_figures_make_a_rule_fail(
    collections: list[tuple[int, int, int, bool]],
    seconds: int,
    rss: list[int],
    frozen: int,
    counts: tuple[int, int, int],
    enabled: bool,
) -> None:
    log = sorted((full(s, p / MS, c, by_program=b) for s, p, c, b in collections), key=lambda one: one.started_ns)
    tick = lambda s: at(s, rss[s] / MIB, s / 70, frozen=frozen, counts=counts, thresholds=counts[::-1], enabled=enabled)  # noqa: E731
    recent = seen(seconds, tick, log)
    for rule in RULES:
        for before in (False, True):
            rule.find(recent, before)
