"""Leak or not yet collected: the words and figures of each verdict."""

from __future__ import annotations

from gctui.monitor.model import Answer
from gctui.monitor.objects import Census, TypeCount
from gctui.monitor.verdict import verdict

COLLECTED = Answer(1, "collect", "", generation=2, freed=10, rss_before=100 << 20, rss_after=60 << 20)


def census(nodes: int, others: int = 1000) -> Census:
    """Nodes of 1 KiB, others of 100 B."""
    types = (TypeCount(1, "app", "Node", nodes, nodes << 10), TypeCount(2, "builtins", "dict", others, others * 100))
    return Census(1, 0, 0, 0, types, (0, 0, 0))


def test_what_went_away_was_not_yet_collected() -> None:
    found = verdict(census(2000), census(14_000), census(2000), COLLECTED)

    assert found.kind == "not yet collected"
    assert found.text.startswith("Not yet collected: 12,000 objects and 11.7 MiB went away with the collection")
    assert "12,000 of 14,000 Node objects" in found.text
    assert "RSS 100 MiB → 60.0 MiB" in found.text


def test_what_stays_is_kept_with_what_grew() -> None:
    found = verdict(census(2000), census(14_000), census(13_990), COLLECTED, traced=(20 << 20, 19 << 20))

    assert found.kind == "kept"
    kept = "Kept: +11.7 MiB since the mark or last census are still referenced: +11,990 Node (+11.7 MiB)."
    assert found.text.startswith(kept)
    assert "freed 10 objects, 10.0 KiB" in found.text
    assert "Traced memory 20.0 MiB → 19.0 MiB" in found.text


def test_a_part_of_each_is_said_as_both() -> None:
    found = verdict(census(0), census(10_000), census(7000), COLLECTED)

    assert found.kind == "both"
    assert "3,000 of 10,000 Node objects" in found.text and "Kept: +6.84 MiB" in found.text


def test_without_a_mark_the_whole_heap_is_the_measure() -> None:
    assert verdict(None, census(10_000), census(10_000), COLLECTED).kind == "kept"
    assert verdict(None, census(10_000), census(100), COLLECTED).kind == "not yet collected"


def test_where_nothing_grew_it_is_said() -> None:
    assert verdict(census(100), census(100), census(100), COLLECTED).kind == "nothing grew"


def test_what_is_left_of_a_heap_that_shrank_is_not_said_to_have_grown() -> None:
    found = verdict(census(10_000, 0), census(9000, 1000), census(7000, 1000), COLLECTED)

    assert found.kind == "both"
    assert "Kept: 8,000 objects, 6.93 MiB, are still referenced, 2.83 MiB less than at the mark" in found.text
    assert found.text.partition("Kept")[2].count(", but more of some types: +1,000 dict (+97.7 KiB).") == 1
    assert "-" not in found.text


def test_what_hardly_shrank_is_kept_with_what_there_is() -> None:
    found = verdict(census(1000), census(1000), census(990), COLLECTED)

    assert found.kind == "kept"
    assert found.text.startswith("Kept: 1,990 objects, 1.06 MiB, are still referenced, 10.0 KiB less than at the mark")


def test_a_trifle_is_nothing() -> None:
    assert verdict(census(2000), census(2001), census(2000), COLLECTED).kind == "nothing grew"
