"""Folding: totals, percentiles, the time line and the log stay true and bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.agent import wire
from gctui.monitor import columns
from gctui.monitor.columns import Columns
from gctui.monitor.history import InterpreterHistory
from gctui.monitor.messages import GaugesRead, Record, RingRead
from gctui.monitor.model import BUCKET_NS, Site

SECOND = 1_000_000_000


def record(number: int, generation: int = 0, pause: int = 1000, started: int | None = None) -> Record:
    return (number * 1_000_000 if started is None else started, pause, generation, 3, 1, 1, 8, number + 1)


def read(*records: Record, missed: int = 0, running: tuple[int, int] | None = None) -> RingRead:
    return RingRead(1, records, missed, running, {8: Site("app.py", 3, "work")})


def gauges(ts: int, collections: tuple[int, int, int]) -> GaugesRead:
    zeroth, first, second = ((number, 0, 0) for number in collections)
    return GaugesRead(ts, (1, 2, 3), (700, 10, 10), True, 0, 0, (zeroth, first, second), 0, 0, 0, 0, 0, 0, 0, 0)


@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=300))
def test_pause_figures_are_those_of_a_sorted_list(pauses: list[int]) -> None:
    history = InterpreterHistory(0, 0)
    history.fold_ring(read(*(record(n, pause=pause) for n, pause in enumerate(pauses))))

    figures = history.generation(0, SECOND, "generational").pauses

    assert (figures.events, figures.total, figures.maximum) == (len(pauses), sum(pauses), max(pauses))
    ordered = sorted(pauses)
    for percent, found in ((50, figures.p50), (95, figures.p95), (99, figures.p99)):
        exact = ordered[-(-percent * len(ordered) // 100) - 1]
        assert abs(found - exact) <= exact * 0.01 + 0.5  # it is rounded as well


def test_totals_are_the_agents_and_what_came_since() -> None:
    history = InterpreterHistory(0, 0)
    history.fold_ring(read(*(record(n) for n in range(10))))
    history.fold_gauges(gauges(ts=5_000_500, collections=(105, 7, 1)))

    # Records 5 to 9 stopped after the gauges were read; 100 collections came before the recorder.
    assert history.totals(0).collections == 105 + 5
    history.fold_ring(read(record(10)))
    assert history.totals(0).collections == 105 + 6
    assert history.totals(2).collections == 1


def test_missed_collections_are_in_the_totals_and_counted() -> None:
    history = InterpreterHistory(0, 0)
    history.fold_ring(read(record(50), missed=50))

    totals = history.summed_up(SECOND, "generational")

    assert (totals.events_received, totals.events_dropped, totals.generations[0].collections) == (1, 50, 51)


def test_paused_share_counts_the_window_and_what_is_running() -> None:
    history = InterpreterHistory(0, 0)
    history.fold_ring(read(record(0, 2, pause=SECOND, started=15 * SECOND)))

    assert history.paused_share(20 * SECOND) == pytest.approx(0.1)
    assert history.paused_share(40 * SECOND) == 0
    history.fold_ring(read(running=(2, 45 * SECOND)))
    assert history.paused_share(50 * SECOND) == pytest.approx(0.5)


def test_the_time_line_has_no_holes() -> None:
    history = InterpreterHistory(0, 0)
    history.fold_ring(read(record(0, 1, 700, started=0), record(1, 2, 900, started=4 * BUCKET_NS)))

    line = history.timeline(6 * BUCKET_NS)

    assert [bucket.start_ns // BUCKET_NS for bucket in line] == list(range(7))
    assert [bucket.longest for bucket in line if any(bucket.longest)] == [(0, 700, 0), (0, 0, 900)]


def test_labels_follow_the_incremental_collector() -> None:
    history = InterpreterHistory(0, 0)
    history.fold_gauges(gauges(SECOND, (1, 1, 1)))
    rows = history.generations(SECOND, "incremental")

    assert [one.label for one in rows] == ["young", "increment", "full"]
    assert [one.threshold is None for one in rows] == [False, False, True]


def test_the_log_lets_old_collections_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "MOST_COLLECTIONS", 100)
    monkeypatch.setattr(columns, "CHUNK", 10)
    log = Columns()
    log.name_sites({8: Site("app.py", 3, "work")})
    for number in range(1000):
        log.extend([record(number, number % 3, pause=number)])

    assert log.end == 1000
    assert 100 <= log.end - log.first < 110
    assert (log[999].pause_ns, log[999].generation, str(log[999].site)) == (999, 0, "app.py:3 work")
    with pytest.raises(IndexError):
        log[log.first - 1]
    generations, pauses = log.columns(997, 1000)
    assert (list(generations), list(pauses)) == ([1, 2, 0], [997, 998, 999])


def test_figures_too_large_for_a_column_are_clamped() -> None:
    log = Columns()
    log.extend([(1, 2, 79, 1 << 60, 1 << 60, 5, 1 << 60, 1)])

    assert (log[0].generation, log[0].collected, log[0].by_program) == (2, (1 << 32) - 1, True)
    assert log[0].site.function == "(unknown)"


def test_candidates_are_known_where_they_were_told() -> None:
    log = Columns()
    log.extend([record(0, 2), record(1, 2 | 1 << wire.CANDIDATES), record(2, 1 | wire.MOST_CANDIDATES << 32)])
    log.extend([record(3, 0)])

    assert [log[number].candidates for number in range(4)] == [None, 0, wire.MOST_CANDIDATES - 1, None]
    assert [log[number].generation for number in range(4)] == [2, 2, 1, 0]


def test_the_collections_of_a_site() -> None:
    log = Columns()
    here, there = Site("app.py", 3, "work"), Site("app.py", 4, "work")
    log.name_sites({8: here, 16: there, 24: here})
    log.extend([(n, 1, 2 | (n % 2 * wire.BY_PROGRAM), 0, 0, 1, 8 + n % 3 * 8, n + 1) for n in range(30)])

    assert list(log.of_site(there, 0)) == list(range(28, 0, -3))
    assert list(log.of_site(here, 20)) == [29, 27, 26, 24, 23, 21, 20]
    assert list(log.of_site(Site("", 0, "nowhere"), 0)) == []
