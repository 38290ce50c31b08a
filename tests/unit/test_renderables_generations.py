"""The generations table: columns make room in order of rank and never change their names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gctui.monitor.model import Running
from gctui.ui.renderables.generations import COLUMNS, COUNT, table
from tests.fakes import make_snapshot

GENERATIONS = make_snapshot().generations


@pytest.mark.parametrize("width", [38, 40, 60, 80, 100, 130, 200])
def test_lines_fit_and_titles_are_whole(width: int) -> None:
    lines = [str(line) for line in table(GENERATIONS, width, None)]
    assert len(lines) == 4
    assert all(len(line) < width for line in lines)
    head = lines[0].replace(COUNT, "")
    for column in COLUMNS:
        head = head.replace(f" {column.title}", "")
    assert head.strip() == "gen"


def test_80_columns_show_what_hurts_and_200_show_all() -> None:
    assert {"collections", "max", "total", "rate", "collected"} <= set(str(table(GENERATIONS, 80, None)[0]).split())
    wide = str(table(GENERATIONS, 200, None)[0])
    assert all(column.title in wide for column in COLUMNS)


def test_uncollectable_objects_push_other_columns_out() -> None:
    leaking = replace(GENERATIONS[2], uncollectable=3)
    assert "uncollectable" not in str(table(GENERATIONS, 60, None)[0])
    assert "uncollectable" in str(table((*GENERATIONS[:2], leaking), 60, None)[0])


def test_a_count_past_its_threshold_is_clamped_and_marked() -> None:
    row = str(table(GENERATIONS, 80, None)[3])
    assert "█>" in row
    assert "14/10" in row


def test_a_running_collection_has_a_mark() -> None:
    rows = [str(line) for line in table(GENERATIONS, 80, Running(1, 0))]
    assert [row[0] for row in rows] == [" ", " ", "▶", " "]


def test_what_is_not_known_yet_is_a_dash() -> None:
    unknown = replace(GENERATIONS[0], count=None, threshold=None)
    assert "-" in str(table((unknown, *GENERATIONS[1:]), 80, None)[1])


def test_the_incremental_collector_has_labels_of_its_own() -> None:
    named = tuple(
        replace(one, label=label) for one, label in zip(GENERATIONS, ("young", "increment", "full"), strict=True)
    )
    rows = [str(line) for line in table(named, 80, None)]
    assert [row.split()[0] for row in rows[1:]] == ["young", "increment", "full"]
    assert len({row.index("/") for row in rows[1:]}) <= 3
