"""Estimates for other settings: held to a collector of CPython's rules that really has them."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gctui.monitor import what_if
from gctui.monitor.model import GenerationTotals, Losses, Snapshot
from gctui.monitor.settings import CollectorSettings, SettingsChange
from gctui.monitor.what_if import Outlook
from gctui.monitor.what_if_basis import Basis, gather, why_not
from tests.fakes import SECOND, FakeLog, make_collection, make_snapshot
from tests.simulated_collector import Program

BIG = Program(static=1_500_000)
"""As `stall`: a heap that the 25 % rule makes full collections wait for."""
LOOPS = Program()
"""As `cycles`: all that it makes is garbage."""
OTHERS = [(700, 10, 10), (300, 10, 10), (2000, 10, 10), (5000, 10, 10), (700, 0, 0), (700, 30, 3), (3000, 2, 20)]


def basis_of(program: Program, seconds: float = 60, skip: float = 200) -> Basis:
    found = gather(replace(program, log=[]).run(seconds, skip).snapshot())
    assert found is not None
    return found


@pytest.mark.parametrize("program", [LOOPS, BIG], ids=["loops", "big heap"])
def test_the_present_is_what_was_recorded(program: Program) -> None:
    ran = replace(program, log=[]).run(60, 200)
    basis = gather(ran.snapshot())
    assert basis is not None

    now = what_if.present(basis)

    assert now.collections == pytest.approx([ran.per_minute(generation) for generation in range(3)])
    assert now.total_ns == sum(one.pause_ns for one in ran.log)
    assert now.longest_ns == max(one.pause_ns for one in ran.log)
    assert now.share == pytest.approx(now.total_ns / 60e9)


@pytest.mark.parametrize("thresholds", OTHERS, ids=str)
@pytest.mark.parametrize("tells", [False, True], ids=["3.14", "3.15"])
@pytest.mark.parametrize("program", [LOOPS, BIG], ids=["loops", "big heap"])
def test_other_thresholds_come_out_as_the_rules_have_it(
    program: Program, tells: bool, thresholds: tuple[int, int, int]
) -> None:
    basis = basis_of(replace(program, tells_candidates=tells))

    then = what_if.with_thresholds(basis, thresholds)
    really = replace(program, thresholds=thresholds, log=[]).run(600, 200)

    assert then.collections[0] == pytest.approx(really.per_minute(0), rel=0.02)
    assert then.collections[1] == pytest.approx(really.per_minute(1), rel=0.02)
    assert then.collections[2] == pytest.approx(really.per_minute(2), rel=0.05, abs=0.1)
    paused = sum(one.pause_ns for one in really.log) / 10
    assert then.total_ns == pytest.approx(paused, rel=0.2 if tells else 0.3)


def test_the_heap_is_known_by_the_25_percent_rule() -> None:
    """A full collection of BIG examines 1.5 M objects and a quarter more that have come."""
    basis = basis_of(BIG)

    then = what_if.with_thresholds(basis, (700, 10, 10))

    longest = 1_500_000 * 20 + 375_000 * 100
    assert then.pauses_ns[2] == pytest.approx(longest, rel=0.02)


def test_frozen_is_as_if_the_heap_were_not_there() -> None:
    basis = basis_of(BIG)

    then = what_if.frozen(basis)
    really = replace(BIG, static=0, log=[]).run(600, 200)

    assert then.collections[0] == pytest.approx(really.per_minute(0), rel=0.02)
    assert then.collections[2] == pytest.approx(really.per_minute(2), rel=0.02)
    assert then.longest_ns < what_if.present(basis).longest_ns / 5
    assert then.longest_ns > max(one.pause_ns for one in really.log if one.generation == 1)


def test_a_pause_that_hardly_ever_comes_is_not_the_longest() -> None:
    basis = basis_of(LOOPS)

    seldom = what_if.with_thresholds(basis, (700, 1000, 1000))

    assert 0 < seldom.collections[2] < what_if.SELDOM
    assert seldom.longest_ns < seldom.pauses_ns[2]


def test_off_lets_the_garbage_grow() -> None:
    basis = replace(basis_of(LOOPS), garbage_bytes=300.0)

    then = what_if.switched_off(basis)

    assert then.collections == (0, 0, 0)
    assert (then.total_ns, then.longest_ns, then.share) == (0, 0, 0)
    assert then.growth == pytest.approx(20_000 * 60 * 300, rel=0.01)
    assert then.caveat == ""
    assert what_if.with_thresholds(basis, (0, 10, 10)) == then


def test_off_says_what_it_assumes() -> None:
    then = what_if.switched_off(basis_of(LOOPS))

    assert then.growth == pytest.approx(20_000 * 60 * 200, rel=0.01)
    assert then.caveat == "What a garbage object holds was not measured: 200 B each are assumed."


def test_off_without_garbage_grows_by_nothing() -> None:
    assert what_if.switched_off(basis_of(replace(LOOPS, garbage=0.0, burst=10_000, static=100_000))).growth == 0


FALLING = replace(BIG, garbage=0.0, burst=10_000, speed=100_000, thresholds=(2000, 10, 10))
"""As `stall`: what it makes grows old, and some 10,000 objects end at a time."""


@pytest.mark.parametrize("threshold", [500, 1000, 5000, 8000, 20_000])
def test_where_objects_die_together_at_random_the_count_falls(threshold: int) -> None:
    program = replace(FALLING, at_random=True)
    basis = basis_of(replace(program, tells_candidates=True))

    then = what_if.with_thresholds(basis, (threshold, 10, 10))
    really = replace(program, thresholds=(threshold, 10, 10), log=[]).run(600, 20)

    assert then.collections[0] == pytest.approx(really.per_minute(0), rel=0.1, abs=2)
    assert then.caveat == ""


@pytest.mark.parametrize("threshold", [1000, 3000, 5000, 8000, 20_000])
def test_where_they_do_so_in_step_it_comes_near(threshold: int) -> None:
    then = what_if.with_thresholds(basis_of(replace(FALLING, tells_candidates=True)), (threshold, 10, 10))
    really = replace(FALLING, thresholds=(threshold, 10, 10), log=[]).run(60, 20)

    assert really.per_minute(0) / 2.5 - 20 <= then.collections[0] <= really.per_minute(0) * 2.5 + 20


@pytest.mark.parametrize("threshold", [5000, 20_000])
def test_where_that_is_not_told_the_estimate_is_an_upper_bound(threshold: int) -> None:
    then = what_if.with_thresholds(basis_of(FALLING), (threshold, 10, 10))
    really = replace(FALLING, thresholds=(threshold, 10, 10), log=[]).run(60, 20)

    assert all(then.collections[one] >= really.per_minute(one) for one in range(3))
    assert then.caveat.startswith("At most:")


def test_what_the_program_asks_for_comes_in_any_case() -> None:
    basis = basis_of(replace(BIG, asks_every_s=5.0))

    off, slower = what_if.switched_off(basis), what_if.with_thresholds(basis, (50_000, 20, 20))

    assert basis.asked in (12, 13)  # the one at the very beginning
    assert basis.automatic[2] == 0
    assert off.collections == (0, 0, basis.asked)
    assert off.longest_ns == basis.longest_ns[2]
    assert off.growth is None and "by itself" in off.caveat
    assert slower.collections[2] >= 12


def test_what_gctui_asked_for_is_left_out() -> None:
    log = [make_collection(n, 2, 10_000_000, forced=True) for n in range(10)]

    basis = gather(make_snapshot(log=FakeLog(log)))

    assert basis is not None
    assert what_if.present(basis).collections == (0, 0, 0)


def test_only_the_last_setting_counts() -> None:
    old = CollectorSettings(True, (700, 10, 10), 0, 0)
    snapshot = replace(LOOPS, log=[]).run(60).snapshot()

    def span(after: CollectorSettings) -> float:
        change = SettingsChange(50 * SECOND, old, after, "gctui")
        found = gather(replace(snapshot, changes=(change,)))
        assert found is not None
        return found.span_s

    assert span(replace(old, thresholds=(900, 10, 10))) == 10
    assert span(replace(old, frozen=1000)) == 10
    assert span(replace(old, debug_flags=1)) == 60


def test_what_a_program_loads_while_it_starts_is_left_out() -> None:
    snapshot = replace(LOOPS, log=[]).run(60).snapshot()

    def span(age_s: int) -> float:
        program = replace(snapshot.program, started_ns=snapshot.taken_ns - age_s * SECOND)
        found = gather(replace(snapshot, program=program))
        assert found is not None
        return found.span_s

    assert [span(age) for age in (9, 10, 20, 70)] == [9, 5, 15, 60]


def test_a_log_that_begins_late_is_a_short_span() -> None:
    ran = replace(LOOPS, log=[]).run(60)
    log = [one for one in ran.log if one.started_ns >= 40 * SECOND]

    found = gather(replace(ran.snapshot(), log=FakeLog(log, first=log[0].number)))

    assert found is not None
    assert found.span_s == pytest.approx(20, abs=0.1)


def test_where_collections_were_lost_their_distance_is_not_known() -> None:
    snapshot = replace(LOOPS, log=[]).run(60).snapshot()

    whole, lost = gather(snapshot), gather(replace(snapshot, losses=Losses(collections=100)))

    assert whole is not None and lost is not None
    assert set(whole.gaps) == {11}
    assert lost == replace(whole, gaps=())


def hardly(snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, log=FakeLog([]))


def test_what_a_program_without_collections_may_be_told() -> None:
    basis = gather(hardly(make_snapshot()))
    assert basis is not None

    then = what_if.with_thresholds(basis, (50_000, 10, 10))

    assert then.collections == (0, 0, 0)
    assert then.caveat.startswith("Hardly a collection seen yet")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"collector": "incremental"}, "generational collector, and this one is incremental"),
        ({"collector": "free-threaded"}, "this one is free-threaded"),
    ],
)
def test_another_collector_is_not_guessed_at(changes: dict[str, str], words: str) -> None:
    base = make_snapshot()
    snapshot = replace(base, agent=replace(base.agent, **changes))  # type: ignore[arg-type]

    assert gather(snapshot) is None
    assert words in why_not(snapshot)


def test_why_there_is_no_estimate() -> None:
    base = make_snapshot()
    assert base.gauges is not None

    def reason(snapshot: Snapshot) -> str:
        assert (gather(snapshot) is None) == bool(why_not(snapshot))
        return why_not(snapshot)

    assert reason(base) == ""
    assert "thresholds yet" in reason(replace(base, gauges=None))
    assert "is off" in reason(replace(base, gauges=replace(base.gauges, enabled=False)))
    assert "is off" in reason(replace(base, gauges=replace(base.gauges, thresholds=(0, 10, 10))))
    assert "at least a second" in reason(replace(base, taken_ns=base.program.started_ns + 10))


def test_weak_grounds_are_named() -> None:
    basis = basis_of(BIG)

    none = what_if.with_thresholds(replace(basis, automatic=(900, 80, 0), gaps=()), (700, 10, 10))
    one = what_if.with_thresholds(replace(basis, automatic=(900, 80, 1)), (700, 10, 10))

    assert none.caveat.startswith("No full collection seen yet")
    assert one.caveat == "Only one full collection seen yet."
    assert what_if.with_thresholds(basis, (700, 10, 10)).caveat == ""


# --- whatever the figures -------------------------------------------------------------------------------------------

numbers = st.integers(0, 10**6)
huge = st.integers(0, 2**64)  # what a ring can hold, or a frame
threshold = st.integers(0, 2**31 - 1) | st.integers(0, 2**63 - 1)
amounts = st.just(0.0) | st.floats(1e-4, 1e12)  # the means of whole numbers
maybe = st.none() | amounts


def three(one: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[int, int, int]]:
    return st.tuples(one, one, one)


bases = st.builds(
    Basis,
    span_s=st.floats(1, 600),
    thresholds=st.tuples(threshold.map(lambda value: value or 1), threshold, threshold),
    automatic=three(numbers),
    asked=numbers,
    pauses_ns=three(huge),
    asked_ns=huge,
    longest_ns=three(huge),
    collected=three(huge),
    gaps=st.lists(numbers, max_size=5).map(tuple),
    since_full=numbers,
    earlier_full_ns=huge,
    alive_most=huge,
    examined=st.tuples(maybe, maybe, maybe),
    typical=maybe,
    grown=st.none() | st.floats(-1e12, 1e12),
    rss=st.none() | huge,
    garbage_bytes=st.none() | st.floats(48, 1e9),
)


def is_sound(one: Outlook) -> bool:
    values = (*one.collections, *one.pauses_ns, one.total_ns, one.share, one.longest_ns, one.growth or 0.0, one.span_s)
    return all(isfinite(value) and value >= 0 for value in values) and one.share <= 1


@given(bases, three(threshold))
def test_no_figures_lead_to_nonsense(basis: Basis, thresholds: tuple[int, int, int]) -> None:
    assert is_sound(what_if.present(basis))
    assert is_sound(what_if.with_thresholds(basis, thresholds))
    assert is_sound(what_if.frozen(basis))
    assert is_sound(what_if.switched_off(basis))


@given(bases, st.integers(1, 2**31 - 1), st.integers(0, 2**31 - 1), threshold, threshold)
def test_a_higher_first_threshold_never_gives_more(
    basis: Basis, first: int, more: int, second: int, third: int
) -> None:
    low = what_if.with_thresholds(basis, (first, second, third)).collections
    high = what_if.with_thresholds(basis, (min(first + more, 2**31 - 1), second, third)).collections

    assert high[0] <= low[0] * (1 + 1e-9) + 1e-9
    assert sum(high) <= sum(low) * (1 + 1e-9) + 1e-9


@given(bases, st.integers(1, 2**31 - 1), three(threshold))
def test_a_higher_third_threshold_never_gives_more_full_ones(
    basis: Basis, first: int, others: tuple[int, int, int]
) -> None:
    second, third, more = others
    low = what_if.with_thresholds(basis, (first, second, third)).collections
    high = what_if.with_thresholds(basis, (first, second, third + more)).collections

    assert high[2] <= low[2] * (1 + 1e-9) + 1e-9


@given(bases)
def test_freezing_makes_no_full_collection_longer(basis: Basis) -> None:
    basis = replace(basis, asked=0, asked_ns=0)
    assume(basis.automatic[2])
    present, then = what_if.with_thresholds(basis, basis.thresholds), what_if.frozen(basis)

    assert then.pauses_ns[2] <= present.pauses_ns[2] * (1 + 1e-6) + 1e-6


def test_totals_are_the_fields_that_the_agent_tells() -> None:
    """What can be alive follows from `gc.get_stats()`, whose figures reach back to the interpreter's start."""
    base = make_snapshot()
    assert base.gauges is not None
    told = (GenerationTotals(90, 400, 0),) * 3

    found = gather(replace(base, gauges=replace(base.gauges, totals=told)))

    assert found is not None
    assert found.alive_most == sum(one.collections for one in base.generations) * 701 - 1200
