"""When snapshots of the allocations are asked for."""

from __future__ import annotations

from dataclasses import replace

from gctui.monitor.allocation_feed import AllocationFeed
from tests.fakes import make_allocations, make_snapshot

SECOND = 1_000_000_000
GAUGES = make_snapshot().gauges


def test_one_is_asked_for_at_a_time() -> None:
    feed = AllocationFeed()

    assert feed.is_due(0, GAUGES)
    assert not feed.is_due(29 * SECOND, GAUGES)
    assert feed.is_due(30 * SECOND, GAUGES)


def test_none_is_asked_for_while_nothing_is_traced() -> None:
    assert GAUGES is not None
    assert not AllocationFeed().is_due(SECOND, None)
    assert not AllocationFeed().is_due(SECOND, replace(GAUGES, trace_frames=0))


def test_what_costs_much_is_seldom_asked_for() -> None:
    for stall, work, pause in ((1, 1, 2), (50_000_000, 1, 5), (1, SECOND, 20)):
        feed = AllocationFeed()
        feed.fold(replace(make_allocations(), stall_ns=stall, aggregate_ns=work), 0)
        assert not feed.is_due(pause * SECOND - 1, GAUGES)
        assert feed.is_due(pause * SECOND, GAUGES)


def test_the_end_of_a_burst_stays_until_the_present_is_wanted() -> None:
    feed = AllocationFeed()
    burst = replace(make_allocations(), after_burst=True)
    feed.fold(burst, 0)
    assert not feed.is_due(1000 * SECOND, GAUGES) and feed.latest is burst

    feed.resume()
    assert feed.latest is None and feed.is_due(1000 * SECOND, GAUGES)


def test_the_present_is_not_taken_off_the_screen() -> None:
    feed = AllocationFeed()
    feed.fold(make_allocations(), 0)
    feed.resume()
    assert feed.latest is not None


def test_the_snapshot_with_most_in_it_is_the_peak() -> None:
    feed = AllocationFeed()
    small, large, later = (make_allocations(scale=scale, taken_ns=scale) for scale in (1, 3, 2))
    for one in (small, large, later):
        feed.fold(one, 0)
    assert feed.peak is large and feed.latest is later

    feed.forget(0)
    assert feed.peak is None


def test_what_comes_unasked_does_not_replace_the_end_of_a_burst() -> None:
    feed = AllocationFeed()
    burst = replace(make_allocations(), after_burst=True)
    feed.fold(burst, 0)
    feed.fold(make_allocations(scale=2), 0)
    assert feed.latest is burst and feed.peak is burst
