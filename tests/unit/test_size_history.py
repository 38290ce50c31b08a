"""Sizes over time: any row, a bounded memory, and a beginning that stays."""

from __future__ import annotations

from dataclasses import replace

from gctui.monitor.model import AllocationEntry, Allocations, Frame
from gctui.monitor.places import RowKey, View
from gctui.monitor.size_history import MOST_SNAPSHOTS, MOST_TRACEBACKS, SizeHistory
from tests.fakes import SECOND, make_allocations

FILE = View("file")
KEY = RowKey("file", (Frame("/a.py", 0),), False)


def snapshot(second: int, *sizes: int, filename: str = "/a.py") -> Allocations:
    """One traceback per size."""
    entries = tuple(AllocationEntry((Frame(filename, n),), size, 1, False, 1) for n, size in enumerate(sizes, 1))
    return replace(make_allocations(0), entries=entries, taken_ns=second * SECOND)


def test_a_row_is_summed_in_each_snapshot_since_it_was_first_seen() -> None:
    history = SizeHistory()
    history.add(snapshot(1, 9, filename="/b.py"))
    history.add(snapshot(2, 10, 5))
    history.add(snapshot(2, 10, 5))
    history.add(snapshot(3))
    history.add(snapshot(4, 30))
    assert history.sizes(KEY, FILE) == ((2 * SECOND, 15), (3 * SECOND, 0), (4 * SECOND, 30))
    assert history.sizes(RowKey("line", (Frame("/a.py", 2),), False), View("line"))[0] == (2 * SECOND, 5)
    assert history.sizes(RowKey("file", (Frame("/c.py", 0),), False), FILE) == ()


def test_old_snapshots_are_thinned_out_and_the_newest_stays() -> None:
    history = SizeHistory()
    for second in range(10 * MOST_SNAPSHOTS):
        history.add(snapshot(second, second + 1))
    sizes = history.sizes(KEY, FILE)
    assert MOST_SNAPSHOTS // 2 <= len(sizes) <= MOST_SNAPSHOTS
    assert sizes[-1] == ((10 * MOST_SNAPSHOTS - 1) * SECOND, 10 * MOST_SNAPSHOTS)
    assert sizes[0].taken_ns < MOST_SNAPSHOTS * SECOND, "the beginning is there"
    assert all(one.size == one.taken_ns // SECOND + 1 for one in sizes)


def test_ever_new_tracebacks_do_not_add_up() -> None:
    history = SizeHistory()
    each = MOST_TRACEBACKS // 10
    for second in range(40):
        history.add(snapshot(second, *[1] * each, filename=f"/{second}.py"))
        assert len(history._numbers) <= MOST_TRACEBACKS
    assert history.sizes(RowKey("file", (Frame("/39.py", 0),), False), FILE) == ((39 * SECOND, each),)


def test_another_way_of_tracing_begins_from_nothing() -> None:
    history = SizeHistory()
    history.add(snapshot(1, 10))
    history.add(replace(snapshot(2, 20), sample_bytes=1 << 19))
    assert history.sizes(KEY, FILE) == ((2 * SECOND, 20),)
    history.add(None)
    history.add(replace(snapshot(3, 30), sample_bytes=1 << 19))
    assert history.sizes(KEY, FILE) == ((3 * SECOND, 30),)
