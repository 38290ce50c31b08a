"""What the title of the allocations says of a burst, and of how a snapshot was read."""

from __future__ import annotations

from dataclasses import replace

from gctui.monitor.model import Allocations, Gauges
from gctui.monitor.places import View
from gctui.ui.renderables.allocation_title import allocation_title
from tests.fakes import NOW, make_allocations, make_snapshot

SNAPSHOT = make_snapshot()
SECOND = 1_000_000_000


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
