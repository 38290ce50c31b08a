"""What the title of the allocations says of a burst, and of how a snapshot was read."""

from __future__ import annotations

from dataclasses import replace

from gctui.monitor.model import Allocations, Gauges
from gctui.monitor.places import View
from gctui.ui.renderables.allocation_title import allocation_title
from tests.fakes import NOW, make_allocations, make_snapshot

SNAPSHOT = make_snapshot()
SECOND = 1_000_000_000


def at_peak(gauges: Gauges | None, latest: Allocations) -> str:
    """Of a peak of 4 times as much as usual, 20 s ago."""
    peak = make_allocations(scale=4, taken_ns=NOW - 20 * SECOND)
    snapshot = replace(SNAPSHOT, gauges=gauges, allocations=latest)
    return allocation_title(View("line"), snapshot, peak, latest, None, 300, is_at_peak=True)


def title(gauges: Gauges | None, allocations: Allocations) -> str:
    return allocation_title(View("line"), replace(SNAPSHOT, gauges=gauges), allocations, None, None, 300)


def test_a_burst_is_counted_down_and_its_end_is_kept() -> None:
    assert SNAPSHOT.gauges is not None
    during = replace(SNAPSHOT.gauges, burst_until_ns=NOW + 7 * SECOND)
    assert "exact for 7 s more" in title(during, make_allocations())

    shown = title(replace(SNAPSHOT.gauges, sample_bytes=512), replace(make_allocations(), after_burst=True))
    assert "burst that ended at 1m00s" in shown and "sampled" not in shown


def test_the_stall_says_whether_it_was_a_fork() -> None:
    assert "stall 4.20 ms for the fork" in title(SNAPSHOT.gauges, replace(make_allocations(), apart=True))
    assert "fork" not in title(SNAPSHOT.gauges, make_allocations())


def test_the_peak_says_when_it_was_and_how_much_more_there_was() -> None:
    shown = at_peak(SNAPSHOT.gauges, make_allocations())
    assert "Peak at 0m40s by line · 31.3 MiB in 3.28k blocks · +23.5 MiB against now · exact since 0m10s" in shown
    assert "the mark" not in shown and "very top" not in shown


def test_a_peak_that_was_higher_between_two_snapshots_is_said_where_it_is_known() -> None:
    assert SNAPSHOT.gauges is not None
    higher = replace(SNAPSHOT.gauges, traced_peak=50 << 20)
    assert "the very top was 50.0 MiB" in at_peak(higher, make_allocations())
    assert "very top" not in at_peak(replace(higher, sample_bytes=512), make_allocations())


def test_the_peak_of_a_burst_that_ended_is_that_of_the_burst() -> None:
    shown = at_peak(SNAPSHOT.gauges, replace(make_allocations(), after_burst=True))
    assert "Peak at 0m40s" in shown and "burst that ended at 1m00s" in shown and "exact since" not in shown
