"""Which panes a window shows: all that matters at 80x24, one where there is no room for more."""

from __future__ import annotations

import pytest

from gctui.ui.arrangement import arrange, too_small

MAIN = {"generations", "timeline", "log", "allocations"}


@pytest.mark.parametrize(
    ("size", "taken", "panes"),
    [
        ((80, 24), 0, MAIN),
        ((80, 24), 2, MAIN - {"timeline"}),
        ((80, 17), 0, {"log"}),
        ((40, 10), 4, {"log"}),
        ((160, 48), 0, MAIN | {"output"}),
        ((39, 48), 0, set()),
        ((160, 9), 0, set()),
    ],
)
def test_panes_by_size(size: tuple[int, int], taken: int, panes: set[str]) -> None:
    assert arrange(size, taken, None, "log", is_zoomed=False).panes == panes


def test_output_is_shown_when_it_is_wanted_and_hidden_when_it_is_not() -> None:
    assert arrange((80, 24), 0, True, "output", is_zoomed=False).panes == {"generations", "log", "output"}
    assert arrange((160, 48), 0, False, "log", is_zoomed=False).panes == MAIN


@pytest.mark.parametrize(
    ("size", "panes", "output_lines"),
    [
        ((80, 24), MAIN - {"timeline", "allocations"}, 7),
        ((100, 36), MAIN - {"timeline"}, 11),
        ((120, 40), MAIN, 9),
        ((120, 50), MAIN, 15),
        ((160, 24), MAIN - {"timeline"}, 7),
        ((160, 48), MAIN, 14),
    ],
)
def test_the_lists_come_before_the_output(size: tuple[int, int], panes: set[str], output_lines: int) -> None:
    arranged = arrange(size, 0, True, "output", is_zoomed=False)
    assert arranged.panes == panes | {"output"}
    assert arranged.output_lines == output_lines


def test_a_zoomed_pane_has_no_column_beside_it() -> None:
    assert "-wide" in arrange((160, 48), 0, None, "allocations", is_zoomed=False).classes
    assert "-wide" not in arrange((160, 48), 0, None, "allocations", is_zoomed=True).classes


def test_zoom_leaves_the_focused_pane() -> None:
    assert arrange((160, 48), 0, None, "timeline", is_zoomed=True).panes == {"timeline"}


def test_the_sentence_of_a_tiny_window() -> None:
    assert too_small(20, 5) == "Window too small: 20x5, gctui needs 40x10"
