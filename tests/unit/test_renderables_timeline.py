"""The pause time line: slices that stay put, a logarithmic scale that says what it is, glyphs that differ."""

from __future__ import annotations

import itertools

import pytest

from gctui.monitor.model import BUCKET_NS, Bucket, Running
from gctui.ui.renderables.timeline import FILLS, LABEL_WIDTH, SECOND, Slice, level, plot, scale_top, slices

MS = 1_000_000


def bucket(number: int, *longest: int) -> Bucket:
    return Bucket(number * BUCKET_NS, (*longest, 0, 0, 0)[:3], sum(longest), (0, 0, 0))  # type: ignore[arg-type]


def text(buckets: list[Bucket], width: int = 40, height: int = 5) -> list[str]:
    return [str(line) for line in plot(buckets, width, height).lines]


def test_a_slice_holds_the_longest_pause_and_its_generation() -> None:
    buckets = [bucket(0, 5, 0, 0), bucket(1, 7, 90, 0), bucket(2, 1, 0, 30), bucket(3), bucket(4), bucket(5, 4)]
    assert slices(buckets, 3, SECOND) == [None, Slice(90, 1), Slice(4, 0)]


def test_slices_keep_their_content_while_they_move() -> None:
    buckets = [bucket(number, number % 7, number % 5, number % 3) for number in range(100)]
    seen: dict[int, set[tuple[int, Slice | None]]] = {}
    for end in range(80, 100):
        shown = slices(buckets[:end], 10, SECOND)
        newest = (end * BUCKET_NS - 1) // SECOND
        for age, one in enumerate(reversed(shown)):
            if age:
                seen.setdefault(newest - age, set()).add((newest - age, one))
    assert all(len(versions) == 1 for versions in seen.values())


def test_no_buckets_no_slices() -> None:
    assert slices([], 3, SECOND) == [None, None, None]
    assert slices([bucket(0, 1)], 0, SECOND) == []


def test_a_running_collection_counts_where_it_started() -> None:
    buckets = [bucket(number) for number in range(20)]
    shown = slices(buckets, 5, SECOND, (Running(2, 2 * SECOND + 5), 3 * SECOND))
    assert shown == [None, None, Slice(3 * SECOND, 2), None, None]


@pytest.mark.parametrize(
    ("longest", "top"), [(0, MS), (MS, MS), (MS + 1, 10 * MS), (120 * MS, SECOND), (3 * SECOND, 10 * SECOND)]
)
def test_the_scale_ends_at_a_power_of_ten(longest: int, top: int) -> None:
    assert scale_top(longest) == top


def test_levels_are_monotonous_and_a_decade_is_its_share_of_the_height() -> None:
    assert level(SECOND, SECOND, 3, 24) == 24
    assert level(100 * MS, SECOND, 3, 24) == 16
    assert level(10 * MS, SECOND, 3, 24) == 8
    assert level(1, SECOND, 3, 24) == 1
    pauses = [1, 10, 1000, MS, 2 * MS, 50 * MS, 900 * MS, SECOND, 5 * SECOND]
    levels = [level(pause, SECOND, 3, 24) for pause in pauses]
    assert levels == sorted(levels)
    assert max(levels) == 24


def test_every_size_is_filled_exactly() -> None:
    buckets = [bucket(number, 20_000, 3 * MS, 90 * MS) for number in range(300)]
    for width, height in itertools.product(range(0, 90, 7), range(15)):
        lines = plot(buckets, width, height).lines
        assert len(lines) == (height if height > 1 and width > LABEL_WIDTH + 1 else 0)
        assert all(line.cell_length <= width for line in lines)


def test_rows_say_where_they_end_and_the_axis_when() -> None:
    lines = text([bucket(number, 0, 0, 120 * MS) for number in range(200)])
    assert [line[:LABEL_WIDTH].strip() for line in lines] == ["≤1 s", "≤100 ms", "≤10 ms", "≤1 ms", ""]
    assert lines[-1].split() == ["-20", "s", "-10", "s", "now"]


def test_a_label_of_the_axis_ends_under_the_slice_of_that_age() -> None:
    buckets = [bucket(number) for number in range(4 * 20)]
    buckets[0] = bucket(0, 0, 0, 500 * MS)  # the slice that began 20 s before the end of the newest one
    lines = text(buckets)
    column = next(number for number, sign in enumerate(lines[0]) if sign in FILLS[2])
    assert lines[-1][: column + 1].endswith("-20 s")


def test_generations_differ_without_colour() -> None:
    glyphs = [set(fill) for fill in FILLS]
    assert all(not one & other for one, other in itertools.combinations(glyphs, 2))
    for generation in range(3):
        longest = [0, 0, 0]
        longest[generation] = 5 * MS
        drawn = set("".join(line[LABEL_WIDTH:] for line in text([bucket(0, *longest)])[:-1])) - {" "}
        assert drawn <= glyphs[generation]
        assert drawn
