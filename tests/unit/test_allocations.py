"""Grouping keeps every byte, keys stay the same, and growth is told only where it can be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor.allocations import (
    LINES,
    TRACEBACKS,
    AllocationRow,
    behind,
    frames_in_common,
    group,
    largest_entry,
    lines_of,
    matching,
)
from gctui.monitor.functions import Functions
from gctui.monitor.model import AllocationEntry, Allocations, Frame
from gctui.monitor.places import GROUPINGS, Places, RowKey, View
from tests.fakes import make_allocations

FRAMES = st.builds(Frame, st.sampled_from(["/a.py", "/b.py", "<string>", ""]), st.integers(0, 3))
ENTRIES = st.builds(
    AllocationEntry,
    st.lists(FRAMES, max_size=3).map(tuple),
    st.integers(0, 10**6),
    st.integers(0, 99),
    st.booleans(),
    st.integers(0, 99),
    st.integers(0, 10**9).map(float),
    st.integers(0, 99).map(float),
)


def snapshot_of(entries: list[AllocationEntry]) -> Allocations:
    return replace(
        make_allocations(0),
        entries=tuple(entries),
        total_size=sum(one.size for one in entries),
        total_count=sum(one.count for one in entries),
    )


SNAPSHOTS = st.lists(ENTRIES, max_size=12).map(snapshot_of)
VIEWS = st.builds(View, st.sampled_from(GROUPINGS), st.booleans())


def entry(size: int, *places: tuple[str, int], folded: bool = False) -> AllocationEntry:
    return AllocationEntry(tuple(Frame(*place) for place in places), size, 1, folded, 1)


@given(SNAPSHOTS, SNAPSHOTS, VIEWS)
def test_rows_add_up_to_the_snapshot_and_growths_to_the_difference(
    now: Allocations, mark: Allocations, view: View
) -> None:
    rows = group(now, mark, view)
    assert sum(row.size for row in rows) == now.total_size
    assert sum(row.count for row in rows) == now.total_count
    assert sum(row.size_growth or 0 for row in rows) == now.total_size - mark.total_size
    assert sum(row.count_growth or 0 for row in rows) == now.total_count - mark.total_count
    assert len({row.key for row in rows}) == len(rows)
    assert sum(row.size_variance for row in rows) == sum(one.size_variance for one in now.entries)
    assert sum(row.growth_variance for row in rows) == sum(one.size_variance for one in (*now.entries, *mark.entries))
    assert [row.size for row in rows] == sorted((row.size for row in rows), reverse=True)


@given(SNAPSHOTS, VIEWS)
def test_the_tracebacks_behind_a_row_add_up_to_it(now: Allocations, view: View) -> None:
    for row in group(now, None, view):
        tracebacks = behind(now, None, row.key, view)
        assert tracebacks
        assert sum(one.size for one in tracebacks) == row.size
        assert sum(one.count for one in tracebacks) == row.count


@given(SNAPSHOTS)
def test_the_lines_of_all_files_are_all_lines(now: Allocations) -> None:
    rows = group(now, None, LINES)
    files = {row.key.frames[0].filename for row in rows}
    assert sum(len(lines_of(now, None, file)) for file in files) == len(rows)


def test_a_line_is_exact_and_the_rest_of_a_file_is_told_apart() -> None:
    now = snapshot_of(
        [
            entry(100, ("/a.py", 1), ("/m.py", 9)),
            entry(10, ("/a.py", 1), folded=True),
            entry(5, ("/a.py", 0), folded=True),
        ]
    )
    by_line = {row.key: row.size for row in group(now, None, LINES)}
    assert by_line == {
        RowKey("line", (Frame("/a.py", 1),), False): 110,
        RowKey("line", (Frame("/a.py", 0),), True): 5,
    }
    assert [row.size for row in group(now, None, View("file"))] == [115]
    assert [row.key.folded for row in group(now, None, TRACEBACKS)] == [False, True, True]


def test_there_is_no_growth_without_a_mark() -> None:
    assert all(row.size_growth is None and row.count_growth is None for row in group(make_allocations(), None, LINES))


def test_what_is_gone_since_the_mark_is_a_row_of_nothing() -> None:
    mark = snapshot_of([entry(70, ("/a.py", 1))])
    (row,) = group(snapshot_of([]), mark, LINES)
    assert (row.size, row.size_growth, row.average, row.share) == (0, -70, 0.0, 0.0)


def test_tracebacks_of_another_depth_are_not_compared() -> None:
    now = make_allocations()
    mark = replace(now, trace_frames=1)
    assert all(row.size_growth is None for row in group(now, mark, TRACEBACKS))
    assert all(row.size_growth == 0 for row in group(now, mark, View("file")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"/srv/App.py", "/lib/json.py"}),
        ("app", {"/srv/App.py"}),
        ("!app", {"/lib/json.py"}),
        ("lib JSON", {"/lib/json.py"}),
        ("lib app", set()),
        ("!", {"/srv/App.py", "/lib/json.py"}),
        ("*.py", {"/srv/App.py", "/lib/json.py"}),
        ("srv/*", {"/srv/App.py"}),
        ("*/lib/*", {"/lib/json.py"}),
        ("rv/*", set()),
        ("app.?y", {"/srv/App.py"}),
        ("!json.*", {"/srv/App.py"}),
        ("*.py !*/app.py", {"/lib/json.py"}),
        ("[ab]*", {"/srv/App.py"}),
    ],
)
def test_filter_by_words_of_the_file_name(text: str, expected: set[str]) -> None:
    rows = group(snapshot_of([entry(2, ("/srv/App.py", 1)), entry(1, ("/lib/json.py", 2))]), None, View("file"))
    assert {row.key.frames[0].filename for row in matching(rows, text, Places())} == expected


def test_a_traceback_is_filtered_by_the_files_of_all_its_frames() -> None:
    rows = group(snapshot_of([entry(2, ("/lib/json.py", 1), ("/srv/app.py", 2))]), None, TRACEBACKS)
    assert matching(rows, "app json", Places())
    assert not matching(rows, "!app", Places())


def test_frames_in_common_counts_from_the_most_recent_call() -> None:
    def row(*lines: int) -> AllocationRow:
        frames = tuple(Frame("/a.py", line) for line in lines)
        return AllocationRow(RowKey("traceback", frames, False), 1, 1, None, None, 0.0)

    assert frames_in_common([row(1, 2, 3), row(1, 2, 4)]) == 2
    assert frames_in_common([row(1, 2), row(1, 2, 4)]) == 2
    assert frames_in_common([row(1), row(2)]) == 0


def sampled(size: int, samples: int, *places: tuple[str, int]) -> AllocationEntry:
    """Of small blocks: each sample stands for as much."""
    return AllocationEntry(tuple(Frame(*place) for place in places), size, size, False, samples, size**2 / samples)


def test_few_samples_look_vague_and_many_do_not() -> None:
    few, many = group(snapshot_of([sampled(900, 3, ("/a.py", 1)), sampled(800, 300, ("/a.py", 2))]), None, LINES)
    low, high = few.between
    assert low < 300
    assert high > 2 * 900
    assert few.is_vague
    assert few.deviation == (high - 900) / 900
    assert 700 < many.between[0] < 800 < many.between[1] < 910
    assert not many.is_vague


def test_the_parts_of_a_row_make_it_surer() -> None:
    parts = [sampled(300, 3, ("/a.py", 1), ("/m.py", n)) for n in range(30)]
    (row,) = group(snapshot_of(parts), None, LINES)
    assert row.samples == 90
    assert 0.1 < row.deviation < 0.3


def test_an_exact_row_has_no_interval() -> None:
    (row,) = group(snapshot_of([entry(100, ("/a.py", 1))]), None, LINES)
    assert (row.between, row.deviation, row.is_vague, row.growth_deviation) == ((100, 100), 0, False, 0)


def test_the_growth_of_a_row_is_as_vague_as_both_its_snapshots() -> None:
    now, mark = snapshot_of([sampled(900, 9, ("/a.py", 1))]), snapshot_of([sampled(800, 8, ("/a.py", 1))])
    (row,) = group(now, mark, LINES)
    assert row.growth_variance == 900**2 / 9 + 800**2 / 8
    assert row.size_growth is not None
    assert row.growth_deviation > row.size_growth


SITE = "/venv/lib/python3.11/site-packages"


def test_my_code_first_names_the_nearest_caller_in_it() -> None:
    now = snapshot_of(
        [
            entry(100, ("/usr/lib/python3.11/json/decoder.py", 9), (f"{SITE}/x/y.py", 5), ("/srv/app.py", 3)),
            entry(10, ("/srv/app.py", 3)),
            entry(5, ("<frozen importlib._bootstrap>", 7), ("/usr/lib/python3.11/runpy.py", 8)),
        ]
    )
    lines = {row.key.frames: row.size for row in group(now, None, View("line", own_first=True))}
    assert lines == {(Frame("/srv/app.py", 3),): 110, (Frame("<frozen importlib._bootstrap>", 7),): 5}
    tracebacks = group(now, None, View("traceback", own_first=True))
    assert [len(row.key.frames) for row in tracebacks] == [1, 2]


def test_packages_are_summed_over_their_files() -> None:
    now = snapshot_of(
        [
            entry(100, ("/usr/lib/python3.11/json/decoder.py", 9)),
            entry(50, ("/usr/lib/python3.11/json/scanner.py", 9)),
            entry(70, (f"{SITE}/django/db/models.py", 9)),
            entry(20, ("/srv/shop/views.py", 9)),
        ]
    )
    rows = group(now, None, View("package", places=Places("/srv")))
    assert [(row.key.name, row.key.frames[0].filename, row.size) for row in rows] == [
        ("json", "standard library", 150),
        ("django", "site-packages", 70),
        ("shop", "/srv/shop", 20),
    ]


def test_functions_once_they_are_read_and_lines_before() -> None:
    now = snapshot_of([entry(5, ("/srv/a.py", 2)), entry(4, ("/srv/a.py", 3)), entry(3, ("/srv/b.py", 1))])
    places = Places()
    view = View("function", places=places)
    assert [row.key.name for row in group(now, None, view)] == ["", "", ""]
    assert places.unread(["/srv/a.py", "/srv/a.py"]) == ("/srv/a.py",)
    places.learn({"/srv/a.py": Functions(["def load():", "    x = []", "    y = {}"])})
    rows = group(now, None, view)
    assert [(row.key.name, row.key.frames, row.size) for row in rows] == [
        ("load", (Frame("/srv/a.py", 1),), 9),
        ("", (Frame("/srv/b.py", 1),), 3),
    ]
    assert [row.size for row in matching(rows, "load", places)] == [9]
    lines = group(now, None, LINES)
    assert [row.size for row in matching(lines, "load", places)] == [5, 4], "a line is found by its function too"


def test_the_largest_part_of_a_row() -> None:
    now = snapshot_of([entry(1, ("/a.py", 1), ("/m.py", 1)), entry(7, ("/a.py", 1), ("/m.py", 2))])
    found = largest_entry(now, RowKey("file", (Frame("/a.py", 0),), False), View("file"))
    assert found is now.entries[1]
    assert largest_entry(now, RowKey("file", (Frame("/b.py", 0),), False), View("file")) is None
