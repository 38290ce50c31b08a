"""The graph of a row's size: its scale is on it, and it fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gctui.monitor.size_history import SizeAt
from gctui.ui.renderables.growth_line import growth_line

SECOND = 1_000_000_000


def sizes(*values: int) -> list[SizeAt]:
    return [SizeAt(number * 2 * SECOND, value) for number, value in enumerate(values)]


def test_from_nothing_to_the_largest() -> None:
    line = growth_line(sizes(*range(0, 8001, 100)), 100)
    graph, scale = line.removeprefix("size over 2m40s ").split(" scale ")
    assert scale == "0 to 7.81 KiB, 81 snapshots"
    assert list(graph) == sorted(graph)
    assert (graph[0], graph[-1]) == ("▁", "█")
    assert growth_line(sizes(0, 1, 2), 100).startswith("size over 0m04s  ")


def test_a_constant_size_is_a_full_line_since_the_scale_begins_at_nothing() -> None:
    assert "█" * 60 in growth_line(sizes(5, 5, 5), 120)


def test_time_is_to_scale() -> None:
    line = growth_line([SizeAt(0, 100), SizeAt(9 * SECOND, 50), SizeAt(10 * SECOND, 50)], 120)
    assert 50 <= line.count("█") <= 56
    assert line.count("▄") == 60 - line.count("█")


@pytest.mark.parametrize(("values", "text"), [((), ""), ((5,), "size over time: seen in one snapshot so far")])
def test_too_little_for_a_graph(values: tuple[int, ...], text: str) -> None:
    assert growth_line(sizes(*values), 80) == text


@given(st.lists(st.integers(0, 2**50), min_size=2, max_size=200), st.integers(50, 200))
def test_it_fits(values: list[int], width: int) -> None:
    values[0] = max(1, values[0])
    assert cell_len(growth_line(sizes(*values), width)) <= width
