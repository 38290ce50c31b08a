"""Grouping keeps every byte, keys stay the same, and growth is told only where it can be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor.allocations import (
    GROUPINGS,
    AllocationRow,
    Grouping,
    RowKey,
    behind,
    frames_in_common,
    group,
    lines_of,
    matching,
)
from gctui.monitor.model import AllocationEntry, Allocations, Frame
from tests.fakes import make_allocations

FRAMES = st.builds(Frame, st.sampled_from(["/a.py", "/b.py", "<string>", ""]), st.integers(0, 3))
ENTRIES = st.builds(
    AllocationEntry, st.lists(FRAMES, max_size=3).map(tuple), st.integers(0, 10**6), st.integers(0, 99), st.booleans()
)


def snapshot_of(entries: list[AllocationEntry]) -> Allocations:
    return replace(
        make_allocations(0),
        entries=tuple(entries),
        total_size=sum(one.size for one in entries),
        total_count=sum(one.count for one in entries),
    )


SNAPSHOTS = st.lists(ENTRIES, max_size=12).map(snapshot_of)


def entry(size: int, *places: tuple[str, int], folded: bool = False) -> AllocationEntry:
    return AllocationEntry(tuple(Frame(*place) for place in places), size, 1, folded, 1)


@given(SNAPSHOTS, SNAPSHOTS, st.sampled_from(GROUPINGS))
def test_rows_add_up_to_the_snapshot_and_growths_to_the_difference(
    now: Allocations, mark: Allocations, grouping: Grouping
) -> None:
    rows = group(now, mark, grouping)
    assert sum(row.size for row in rows) == now.total_size
    assert sum(row.count for row in rows) == now.total_count
    assert sum(row.size_growth or 0 for row in rows) == now.total_size - mark.total_size
    assert sum(row.count_growth or 0 for row in rows) == now.total_count - mark.total_count
    assert len({row.key for row in rows}) == len(rows)
    assert [row.size for row in rows] == sorted((row.size for row in rows), reverse=True)


@given(SNAPSHOTS, st.sampled_from(GROUPINGS))
def test_the_tracebacks_behind_a_row_add_up_to_it(now: Allocations, grouping: Grouping) -> None:
    for row in group(now, None, grouping):
        tracebacks = behind(now, None, row.key)
        assert tracebacks
        assert sum(one.size for one in tracebacks) == row.size
        assert sum(one.count for one in tracebacks) == row.count


@given(SNAPSHOTS)
def test_the_lines_of_all_files_are_all_lines(now: Allocations) -> None:
    rows = group(now, None, "line")
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
    by_line = {row.key: row.size for row in group(now, None, "line")}
    assert by_line == {
        RowKey("line", (Frame("/a.py", 1),), False): 110,
        RowKey("line", (Frame("/a.py", 0),), True): 5,
    }
    assert [row.size for row in group(now, None, "file")] == [115]
    assert [row.key.folded for row in group(now, None, "traceback")] == [False, True, True]


def test_there_is_no_growth_without_a_mark() -> None:
    assert all(row.size_growth is None and row.count_growth is None for row in group(make_allocations(), None, "line"))


def test_what_is_gone_since_the_mark_is_a_row_of_nothing() -> None:
    mark = snapshot_of([entry(70, ("/a.py", 1))])
    (row,) = group(snapshot_of([]), mark, "line")
    assert (row.size, row.size_growth, row.average, row.share) == (0, -70, 0.0, 0.0)


def test_tracebacks_of_another_depth_are_not_compared() -> None:
    now = make_allocations()
    mark = replace(now, trace_frames=1)
    assert all(row.size_growth is None for row in group(now, mark, "traceback"))
    assert all(row.size_growth == 0 for row in group(now, mark, "file"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"/srv/App.py", "/lib/json.py"}),
        ("app", {"/srv/App.py"}),
        ("!app", {"/lib/json.py"}),
        ("lib JSON", {"/lib/json.py"}),
        ("lib app", set()),
        ("!", {"/srv/App.py", "/lib/json.py"}),
    ],
)
def test_filter_by_words_of_the_file_name(text: str, expected: set[str]) -> None:
    rows = group(snapshot_of([entry(2, ("/srv/App.py", 1)), entry(1, ("/lib/json.py", 2))]), None, "file")
    assert {row.key.frames[0].filename for row in matching(rows, text)} == expected


def test_a_traceback_is_filtered_by_the_files_of_all_its_frames() -> None:
    rows = group(snapshot_of([entry(2, ("/lib/json.py", 1), ("/srv/app.py", 2))]), None, "traceback")
    assert matching(rows, "app json")
    assert not matching(rows, "!app")


def test_frames_in_common_counts_from_the_most_recent_call() -> None:
    def row(*lines: int) -> AllocationRow:
        frames = tuple(Frame("/a.py", line) for line in lines)
        return AllocationRow(RowKey("traceback", frames, False), 1, 1, None, None, 0.0)

    assert frames_in_common([row(1, 2, 3), row(1, 2, 4)]) == 2
    assert frames_in_common([row(1, 2), row(1, 2, 4)]) == 2
    assert frames_in_common([row(1), row(2)]) == 0
