"""What a garbage object holds, from RSS around full collections."""

from __future__ import annotations

from gctui.monitor.garbage_size import GarbageSize

MIB = 1 << 20


def folded(*ticks: tuple[int | None, int]) -> float | None:
    size = GarbageSize()
    for rss, collected in ticks:
        size.fold(rss, collected)
    return size.bytes_each


def test_what_rss_falls_by_belongs_to_what_was_collected() -> None:
    assert folded((100 * MIB, 0), (60 * MIB, 100_000)) == 40 * MIB / 100_000


def test_several_collections_are_averaged() -> None:
    ticks = [(100 * MIB, 0), (60 * MIB, 100_000), (90 * MIB, 100_000), (80 * MIB, 200_000)]

    assert folded(*ticks) == 50 * MIB / 200_000


def test_what_was_collected_before_the_first_look_is_not_counted() -> None:
    assert folded((60 * MIB, 1_000_000)) is None
    assert folded((60 * MIB, 1_000_000), (50 * MIB, 1_000_001)) is None


def test_few_objects_say_nothing() -> None:
    assert folded((100 * MIB, 0), (60 * MIB, 999)) is None


def test_memory_that_is_not_given_back_says_nothing() -> None:
    assert folded((100 * MIB, 0), (100 * MIB, 100_000)) is None
    assert folded((100 * MIB, 0), (101 * MIB, 100_000)) is None
    assert folded((None, 0), (None, 100_000)) is None


def test_rss_may_fall_a_tick_before_the_collection_is_read() -> None:
    assert folded((100 * MIB, 0), (60 * MIB, 0), (61 * MIB, 100_000)) == 39 * MIB / 100_000
