"""Which panes a window shows: all that matters at 80x24, one where there is no room for more."""

from __future__ import annotations

import pytest

from gctui.ui.arrangement import PaneName, Wishes, arrange, too_small

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
    assert arrange(size, taken, Wishes(), "log", is_zoomed=False).panes == panes


def test_output_is_shown_when_it_is_wanted_and_hidden_when_it_is_not() -> None:
    assert arrange((80, 24), 0, Wishes(output=True), "output", is_zoomed=False).panes == {
        "generations",
        "log",
        "output",
    }
    assert arrange((160, 48), 0, Wishes(output=False), "log", is_zoomed=False).panes == MAIN


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
    arranged = arrange(size, 0, Wishes(output=True), "output", is_zoomed=False)
    assert arranged.panes == panes | {"output"}
    assert arranged.output_lines == output_lines


FAMILY = Wishes(processes=None)


@pytest.mark.parametrize(
    ("size", "wishes", "focused", "panes"),
    [
        ((80, 24), FAMILY, "log", MAIN),
        ((80, 24), Wishes(processes=True), "processes", {"processes", "generations", "log"}),
        ((80, 24), Wishes(output=True, processes=True), "processes", {"processes", "generations", "log"}),
        ((80, 24), Wishes(output=True, processes=True), "output", {"output", "generations", "log"}),
        ((40, 10), Wishes(processes=True), "processes", {"processes"}),
        ((160, 30), FAMILY, "log", MAIN | {"processes"}),
        ((160, 48), FAMILY, "log", MAIN | {"processes", "output"}),
        ((160, 48), Wishes(processes=False), "log", MAIN | {"output"}),
    ],
)
def test_processes_are_shown_where_there_is_room_or_in_the_place_of_others(
    size: tuple[int, int], wishes: Wishes, focused: PaneName, panes: set[str]
) -> None:
    assert arrange(size, 0, wishes, focused, is_zoomed=False).panes == panes


@pytest.mark.parametrize("width", [40, 80, 139, 140, 200])
@pytest.mark.parametrize("output", [None, True, False])
@pytest.mark.parametrize("processes", [None, True, False])
def test_what_shares_the_screen_leaves_room_for_the_rest(
    width: int, output: bool | None, processes: bool | None
) -> None:
    for height in range(18, 90):
        arranged = arrange((width, height), 0, Wishes(output, processes), "processes", is_zoomed=False)
        assert ("processes" in arranged.panes) == bool(arranged.process_lines)
        assert ("output" in arranged.panes) == bool(arranged.output_lines)
        timeline = "timeline" in arranged.panes
        taken = arranged.process_lines + arranged.output_lines + 5 * timeline + 4 + 5
        assert height - taken >= 3  # of the log
        if height >= 24:
            assert "log" in arranged.panes


def test_a_zoomed_pane_has_no_column_beside_it() -> None:
    assert "-wide" in arrange((160, 48), 0, Wishes(), "allocations", is_zoomed=False).classes
    assert "-wide" not in arrange((160, 48), 0, Wishes(), "allocations", is_zoomed=True).classes


def test_zoom_leaves_the_focused_pane() -> None:
    assert arrange((160, 48), 0, Wishes(), "timeline", is_zoomed=True).panes == {"timeline"}


def test_the_sentence_of_a_tiny_window() -> None:
    assert too_small(20, 5) == "Window too small: 20x5, gctui needs 40x10"
