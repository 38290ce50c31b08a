"""The pause of a forced collection is estimated from what is on record, or from the size of the process."""

from __future__ import annotations

from dataclasses import replace

from gctui.monitor.estimates import pause_estimate
from gctui.monitor.model import Pauses, Snapshot
from tests.fakes import make_snapshot

NONE = Pauses(0, 0, 0, 0, 0, 0, 0)


def without_pauses() -> Snapshot:
    snapshot = make_snapshot()
    young, middle, old = (replace(one, pauses=NONE) for one in snapshot.generations)
    return replace(snapshot, generations=(young, middle, old))


def test_the_longest_pause_of_that_generation_is_the_estimate() -> None:
    snapshot = make_snapshot()
    assert [pause_estimate(snapshot, number) for number in range(3)] == [30_000, 500_000, 120_000_000]


def test_without_a_record_a_full_collection_takes_about_a_millisecond_per_mebibyte() -> None:
    assert pause_estimate(without_pauses(), 2) == 128_000_000


def test_a_younger_generation_that_took_longer_counts() -> None:
    snapshot = make_snapshot()
    young = replace(snapshot.generations[0], pauses=replace(NONE, events=1, maximum=14_000_000_000))
    snapshot = replace(snapshot, generations=(young, *snapshot.generations[1:]))

    assert pause_estimate(snapshot, 2) == 14_000_000_000


def test_without_a_record_nothing_is_known_of_the_younger_ones() -> None:
    assert pause_estimate(without_pauses(), 0) is None
    assert pause_estimate(without_pauses(), 1) is None


def test_without_a_size_nothing_is_known_at_all() -> None:
    snapshot = without_pauses()
    assert pause_estimate(replace(snapshot, figures=replace(snapshot.figures, rss=None)), 2) is None
