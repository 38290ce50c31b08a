"""What is told of pauses is what a naive reckoning over all of them finds, however they come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.agent import wire
from gctui.monitor import pause_history
from gctui.monitor.history import InterpreterHistory
from gctui.monitor.messages import Record, RingRead
from gctui.monitor.model import Site
from gctui.monitor.pauses import WINDOWS_NS, PauseFigures, Span
from gctui.monitor.triggers import MOST_SITES, OTHER_SITES

SECOND = 1_000_000_000
STARTED = 7 * SECOND + 123
#: Two numbers for one place, as where its code object was made again.
SITES = {
    8: Site("app.py", 3, "work"),
    16: Site("app.py", 4, "work"),
    24: Site("app.py", 3, "work"),
    wire.FORCED_SITE: Site("", 0, "gctui, by key"),
}
SPANS: tuple[Span, Span] = ("run", "minute")

#: Nanoseconds between two pauses and of a pause: such that windows of every length meet several, and minutes pass.
GAPS = st.one_of(st.integers(0, 3000), st.integers(0, 10**6), st.integers(0, 10**9), st.integers(0, 2 * 10**10))
PAUSES = st.one_of(st.integers(1, 50_000), st.integers(1, 10**7), st.integers(1, 3 * 10**9))
COLLECTIONS = st.lists(
    st.tuples(GAPS, PAUSES, st.sampled_from([0, 0, 0, 1, 2, 6]), st.integers(0, 99), st.sampled_from(sorted(SITES))),
    max_size=60,
)


def records(collections: Sequence[tuple[int, int, int, int, int]], began: int = STARTED) -> list[Record]:
    made: list[Record] = []
    for number, (gap, pause, what, collected, site) in enumerate(collections):
        began += gap
        made.append((began, pause, what, collected, 0, 1, site, number + 1))
        began += pause
    return made


def folded(made: Sequence[Record], cuts: Sequence[int] = (), running: int | None = None) -> InterpreterHistory:
    """As if the ring had been read at each of the cuts."""
    history = InterpreterHistory(0, STARTED)
    places = [0, *sorted(cut % (len(made) + 1) for cut in cuts), len(made)]
    for start, end in pairwise(places):
        history.fold_ring(RingRead(1, made[start:end], 0, None, SITES))
    history.fold_ring(RingRead(1, [], 0, None if running is None else (2, running), {}))
    return history


class Naive:
    """The same from the list of all pauses."""

    def __init__(self, made: Sequence[Record], span: Span, now: int, running: int | None) -> None:
        self.minute = max(now // SECOND - 59, 0) * SECOND
        self.begin = max(STARTED, self.minute) if span == "minute" else STARTED
        self.now = now
        self.every = [(one[0], one[0] + one[1]) for one in made] + ([] if running is None else [(running, now)])
        chosen = [one for one in enumerate(made) if span == "run" or one[1][0] + one[1][1] >= self.minute]
        self.records = chosen
        self.pauses = [(one[1], one[2] & 3, number) for number, one in chosen]
        if running is not None:
            self.pauses.append((now - running, 2, -1))

    def of(self, generation: int | None) -> list[int]:
        return sorted(pause for pause, found, _ in self.pauses if generation in (None, found))

    def inside(self, begin: int, end: int) -> int:
        return sum(max(0, min(end, stop) - max(begin, start)) for start, stop in self.every)

    def worst(self, span: Span, window: int) -> int:
        """Of windows that end in the span. Their share of pauses changes its slope only where one of their ends meets
        one of a pause's; so the worst is among those."""
        edges = [edge for pause in self.every for edge in pause]
        ends = [self.now, *edges, *(edge + window for edge in edges), *([self.minute] if span == "minute" else [])]
        first = STARTED + window if span == "run" else self.minute
        ends += [first]
        return max(self.inside(end - window, end) for end in ends if first <= end <= self.now)


def nearest_rank(ordered: Sequence[int], per_mille: int) -> int:
    return ordered[max(-(-per_mille * len(ordered) // 1000), 1) - 1]


@settings(max_examples=400, deadline=None)
@given(COLLECTIONS, st.lists(st.integers(0, 60), max_size=5), GAPS, st.booleans(), st.sampled_from(SPANS))
def test_figures_are_those_of_the_list_of_all_pauses(
    collections: list[tuple[int, int, int, int, int]], cuts: list[int], after: int, is_running: bool, span: Span
) -> None:
    made = records(collections)
    last = made[-1][0] + made[-1][1] if made else STARTED
    now = last + after + 1
    running = last + after // 3 if is_running else None
    figures = folded(made, cuts, running).pauses.figures(span, now)
    naive = Naive(made, span, now, running)

    assert figures.lived_ns == now - naive.begin
    busy = naive.inside(naive.begin, now)
    assert figures.all.share == pytest.approx(busy / figures.lived_ns)
    assert figures.throughput == pytest.approx(1 - busy / figures.lived_ns)
    for generation, found in ((None, figures.all), *enumerate(figures.generations)):
        ordered = naive.of(generation)
        assert (found.events, found.total) == (len(ordered), sum(ordered))
        assert found.longest == max(ordered, default=0)
        if ordered:
            number = -1 if found.longest_number is None else found.longest_number
            assert (found.longest, number) in [(pause, number) for pause, _, number in naive.pauses]
            for value, per_mille in zip(
                (found.p50, found.p90, found.p95, found.p99, found.p999), (500, 900, 950, 990, 999), strict=True
            ):
                exact = nearest_rank(ordered, per_mille)
                assert abs(value - exact) <= exact * 0.01 + 0.5
    for found_in, window in zip(figures.utilisations, WINDOWS_NS, strict=True):
        assert found_in.window_ns == window
        if now - STARTED < window:
            assert found_in.minimum is None
        else:
            assert found_in.minimum == pytest.approx(1 - naive.worst(span, window) / window, abs=1e-12)
    check_histogram(figures, naive)


def check_histogram(figures: PauseFigures, naive: Naive) -> None:
    for bucket in figures.histogram:
        for generation, number in enumerate(bucket.collections):
            assert number == sum(
                bucket.low_ns <= pause < (bucket.high_ns or pause + 1) for pause in naive.of(generation)
            )
    assert sum(sum(bucket.collections) for bucket in figures.histogram) == len(naive.pauses)
    assert all(one.high_ns == other.low_ns for one, other in pairwise(figures.histogram))
    if figures.histogram:
        assert any(figures.histogram[0].collections) and any(figures.histogram[-1].collections)


@settings(max_examples=200, deadline=None)
@given(COLLECTIONS, st.lists(st.integers(0, 60), max_size=5), GAPS, st.sampled_from(SPANS))
def test_triggers_are_those_of_the_list_of_all_collections(
    collections: list[tuple[int, int, int, int, int]], cuts: list[int], after: int, span: Span
) -> None:
    made = records(collections)
    now = (made[-1][0] + made[-1][1] if made else STARTED) + after
    history = folded(made, cuts)
    found = history.pauses.triggers(span, now)
    chosen = Naive(made, span, now, None).records

    assert {one.site for one in found} == {SITES[record[6]] for _, record in chosen}
    assert [one.total_ns for one in found] == sorted((one.total_ns for one in found), reverse=True)
    for trigger in found:
        its = [(number, record) for number, record in chosen if SITES[record[6]] == trigger.site]
        generations = Counter(record[2] & 3 for _, record in its)
        assert trigger.collections == (generations[0], generations[1], generations[2])
        assert trigger.total_ns == sum(record[1] for _, record in its)
        assert trigger.longest_ns == made[trigger.longest_number][1] == max(record[1] for _, record in its)
        assert trigger.last_number == its[-1][0]
        assert trigger.collected == sum(record[3] for _, record in its)
        assert trigger.by_program == sum(record[2] == 6 for _, record in its)
        assert history.pauses.numbers(trigger, 1000) == tuple(number for number, _ in reversed(its))
        assert history.pauses.numbers(trigger, 2) == tuple(number for number, _ in reversed(its))[:2]


def test_labels_of_the_histogram() -> None:
    history = folded(records([(0, 1, 0, 0, 8), (0, 2_999, 0, 0, 8), (0, 3_000, 2, 0, 8), (0, 300 * SECOND, 1, 0, 8)]))

    buckets = history.pauses.figures("run", 1000 * SECOND).histogram

    assert [one.label for one in buckets[:3]] == ["under 1 µs", "1 µs to 3 µs", "3 µs to 10 µs"]
    assert (buckets[-1].label, buckets[-2].label) == ("300 s and more", "100 s to 300 s")
    filled = [one.collections for one in buckets if any(one.collections)]
    assert filled == [(1, 0, 0), (1, 0, 0), (0, 0, 1), (0, 1, 0)]


def test_what_was_missed_ran_between_what_was_read() -> None:
    history = InterpreterHistory(0, STARTED)
    first, second, third = (
        (STARTED + moment * SECOND, 1000, 0, 0, 0, 1, 8, number) for moment, number in ((1, 3), (2, 4), (5, 9))
    )
    history.fold_ring(RingRead(1, [first, second], 2, None, SITES))
    figures = history.pauses.figures("run", STARTED + 2 * SECOND)
    assert (figures.missed, figures.unseen_ns) == (2, SECOND)

    history.fold_ring(RingRead(1, [], 4, None, {}))
    figures = history.pauses.figures("run", STARTED + 3 * SECOND)
    assert (figures.missed, figures.unseen_ns) == (6, 2 * SECOND - 1000)

    history.fold_ring(RingRead(1, [third], 0, None, {}))
    figures = history.pauses.figures("run", STARTED + 9 * SECOND)
    assert (figures.missed, figures.unseen_ns) == (6, 4 * SECOND - 1000)


def test_a_probe_is_left_out() -> None:
    probe = (STARTED + SECOND, 7 * 10**8, 2, 9, 0, 1, wire.PROBE_SITE, 2)
    history = folded([(STARTED, 1000, 0, 1, 0, 1, 8, 1), probe])
    figures = history.pauses.figures("run", STARTED + 2 * SECOND)

    assert (figures.all.events, figures.all.longest, figures.utilisations[-1].minimum) == (1, 1000, 1 - 1e-6)
    assert [one.site for one in history.pauses.triggers("run", STARTED + 2 * SECOND)] == [SITES[8]]


def test_one_that_has_stopped_meanwhile_is_not_counted_twice() -> None:
    made = records([(SECOND, 1000, 2, 0, 8)])
    history = InterpreterHistory(0, STARTED)

    history.fold_ring(RingRead(1, made, 0, (2, made[0][0]), SITES))

    assert history.pauses.figures("run", STARTED + 9 * SECOND).all.events == 1


def test_of_an_interpreter_that_is_not_shown_the_minute_begins_when_it_is() -> None:
    history = InterpreterHistory(0, 0)
    made = [(number * SECOND // 10, 10**7, 0, 0, 0, 1, 8, number + 1) for number in range(2000)]
    history.keep(long=False)
    history.fold_ring(RingRead(1, made[:1005], 0, None, SITES))
    history.keep(long=True)
    history.fold_ring(RingRead(1, made[1005:1305], 0, None, {}))

    figures = history.pauses.figures("minute", 131 * SECOND)
    began = 1004 * SECOND // 10 + 10**7
    assert (figures.lived_ns, figures.all.events) == (131 * SECOND - began, 300)
    assert figures.all.share == pytest.approx(0.1, abs=0.01)
    assert history.pauses.figures("run", 131 * SECOND).all.events == 1305
    assert sum(sum(one.collections) for one in history.pauses.triggers("minute", 131 * SECOND)) == 300

    history.fold_ring(RingRead(1, made[1305:], 0, None, {}))
    figures = history.pauses.figures("minute", 200 * SECOND)
    assert (figures.lived_ns, figures.all.events) == (59 * SECOND, 590)


def test_places_without_end_are_one() -> None:
    sites = {8 + number: Site("app.py", number, "work") for number in range(MOST_SITES + 100)}
    made = [(STARTED + number, 1, 0, 0, 0, 1, 8 + number, number + 1) for number in range(MOST_SITES + 100)]
    unnamed = [(STARTED + SECOND + number, 1, 0, 0, 0, 1, 5000 + number, number + 601) for number in range(100)]
    history = InterpreterHistory(0, STARTED)
    history.fold_ring(RingRead(1, [*made, *unnamed], 0, None, sites))

    found = history.pauses.triggers("run", STARTED + 2 * SECOND)

    assert len(found) == MOST_SITES + 1
    assert found[0].site == OTHER_SITES and sum(found[0].collections) == 200
    assert history.pauses.numbers(found[0], 10) == ()


def test_a_flood_is_bounded_in_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pause_history, "MOST_PAUSES", 50)
    history = InterpreterHistory(0, STARTED)
    history.keep(long=True)
    made = records([(10, 10, 0, 0, 8)] * 5000)
    for at in range(0, 5000, 40):
        history.fold_ring(RingRead(1, made[at : at + 40], 0, None, SITES))

    worst = history.pauses.figures("run", STARTED + SECOND).utilisations[0].minimum

    assert len(history.pauses._sweep.ends) <= 100
    assert worst is not None and 0.9 < worst < 1


LIES = st.lists(
    st.tuples(*[st.one_of(st.integers(0, 3000), st.integers(0, (1 << 64) - 1), st.just(8))] * 7, st.integers(0, 99)),
    max_size=30,
)


@settings(deadline=None)
@given(LIES, st.one_of(st.none(), st.tuples(st.integers(0, 3), st.integers(0, 1 << 62))), st.integers(0, 1 << 62))
def test_lies_have_figures_that_can_be_shown(lies: list[Record], running: tuple[int, int] | None, now: int) -> None:
    history = InterpreterHistory(0, STARTED)
    history.fold_ring(RingRead(1, lies, 3, running, SITES))
    for span in SPANS:
        figures = history.pauses.figures(span, now)
        assert all(0 <= one.share <= 1 for one in (figures.all, *figures.generations))
        assert all(one.minimum is None or 0 <= one.minimum <= 1 for one in figures.utilisations)
        assert figures.lived_ns > 0 and figures.unseen_ns >= 0
        assert all(isinstance(one.label, str) for one in figures.histogram)
        history.pauses.triggers(span, now)
