"""The table sorts, and its cursor, scroll position and sort stay with the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from textual import events
from textual.app import App, ComposeResult

from gctui.ui.renderables.columns import Column
from gctui.ui.widgets.table import Table


@dataclass(frozen=True)
class Fruit:
    name: str
    weight: int


COLUMNS: tuple[Column[Fruit], ...] = (
    Column("weight", "weight", "grams", lambda row, _: str(row.weight), width=8, value=lambda row: row.weight),
    Column("double", "double", "grams", lambda row, _: str(row.weight * 2), width=8, shown_from=60),
    Column("name", "name", "", lambda row, _: row.name, left=True, ascending=True, value=lambda row: row.name),
)


class TableApp(App[None]):
    def __init__(self, rows: Sequence[Fruit]) -> None:
        super().__init__()
        self._rows = rows
        self.opened: list[Fruit] = []
        self.highlighted: list[Fruit | None] = []

    def compose(self) -> ComposeResult:
        yield Table(COLUMNS, lambda row: row.name, sort_key="weight", empty="No fruit.", title="Fruit [red]")

    def on_mount(self) -> None:
        self.table.set_rows(self._rows)

    @property
    def table(self) -> Table[Fruit]:
        return self.query_one(Table)

    def on_table_selected(self, message: Table.Selected) -> None:
        self.opened.append(message.row)

    def on_table_highlighted(self, message: Table.Highlighted) -> None:
        assert message.control is self.table
        self.highlighted.append(message.row)

    def names(self) -> list[str]:
        drawn = [self.table.render_line(y).text.split() for y in range(1, self.table.size.height)]
        return [cells[-1] for cells in drawn if cells]


def fruits(count: int = 50) -> list[Fruit]:
    return [Fruit(f"f{n:02}", n) for n in range(count)]


async def test_largest_first_with_a_mark_in_the_heading() -> None:
    app = TableApp(fruits())
    async with app.run_test(size=(50, 8)) as pilot:
        await pilot.pause()
        assert app.names() == ["f49", "f48", "f47", "f46", "f45", "f44"]
        assert app.table.render_line(0).text.split() == ["weight▼", "name"]


async def test_keys_sort_by_the_next_and_the_previous_column() -> None:
    app = TableApp(fruits())
    async with app.run_test(size=(50, 8)) as pilot:
        app.table.focus()
        await pilot.press("s")
        assert app.names()[0] == "f00"
        assert "name▲" in app.table.render_line(0).text
        await pilot.press("S")
        assert app.names()[0] == "f49"
        await pilot.press("S", "S")
        assert app.names()[0] == "f49"


async def test_a_click_on_a_heading_sorts_and_another_one_the_other_way_round() -> None:
    app = TableApp(fruits())
    async with app.run_test(size=(50, 8)) as pilot:
        await pilot.click(Table, offset=(13, 1))
        assert app.names()[0] == "f00"
        await pilot.click(Table, offset=(13, 1))
        assert app.names()[0] == "f49"
        assert app.table.sort_column.key == "name"
        await pilot.click(Table, offset=(10, 1))
        assert app.table.sort_column.key == "name"


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (["down"], 1),
        (["j", "j", "up"], 1),
        (["j", "j", "k"], 1),
        (["pagedown"], 6),
        (["pagedown", "pagedown", "pageup"], 6),
        (["end"], 49),
        (["G", "home"], 0),
        (["G", "g"], 0),
        (["up"], 0),
        (["end", "down"], 49),
    ],
)
async def test_the_cursor_moves_and_stays_in_view(keys: list[str], line: int) -> None:
    app = TableApp(fruits())
    async with app.run_test(size=(50, 8)) as pilot:
        app.table.focus()
        await pilot.press(*keys)
        assert app.table.cursor == line
        row = app.table.cursor_row
        assert row is not None
        assert row.name in app.names()
        await pilot.pause()
        assert app.highlighted[-1] == row


async def test_enter_and_a_double_click_select() -> None:
    app = TableApp(fruits())
    async with app.run_test(size=(50, 8)) as pilot:
        app.table.focus()
        await pilot.press("down", "enter")
        assert [row.name for row in app.opened] == ["f48"]
        await pilot.double_click(Table, offset=(5, 4))
        assert [row.name for row in app.opened] == ["f48", "f47"]
        await pilot.click(Table, offset=(5, 3))
        assert app.table.cursor == 1


async def test_the_cursor_stays_on_its_row_when_rows_change() -> None:
    app = TableApp(fruits())
    async with app.run_test(size=(50, 8)) as pilot:
        app.table.focus()
        await pilot.press(*["down"] * 20)
        row, before = app.table.cursor_row, app.names()
        assert row is not None
        app.table.set_rows([*fruits(), *(Fruit(f"new{n}", 100 + n) for n in range(10))])
        await pilot.pause()
        assert app.table.cursor == 30
        assert app.table.cursor_row == row
        assert app.names() == before
        app.table.set_rows([row])
        assert app.table.cursor == 0
        app.table.set_rows(fruits())
        assert app.table.cursor_row == row


async def test_an_untouched_cursor_stays_at_the_top() -> None:
    app = TableApp(fruits())
    async with app.run_test(size=(50, 8)) as pilot:
        await pilot.pause()
        app.table.set_rows([*fruits(), Fruit("new", 1000)])
        assert app.table.cursor == 0
        assert app.names()[0] == "new"


async def test_a_row_that_vanishes_gives_its_cursor_back_when_it_returns() -> None:
    app = TableApp(fruits(5))
    async with app.run_test(size=(50, 8)) as pilot:
        app.table.focus()
        await pilot.press("end")
        app.table.set_rows(fruits(5)[2:])
        assert app.table.cursor == 2
        app.table.set_rows(fruits(5))
        assert app.table.cursor == 4


async def test_no_rows_say_so() -> None:
    app = TableApp([])
    async with app.run_test(size=(50, 8)) as pilot:
        app.table.focus()
        await pilot.press("down", "enter", "s", "end", "pagedown")
        assert app.table.render_line(1).text.strip() == "No fruit."
        assert app.opened == []


async def test_columns_appear_with_the_width() -> None:
    app = TableApp(fruits())
    async with app.run_test(size=(50, 8)) as pilot:
        await pilot.resize_terminal(70, 8)
        await pilot.pause()
        assert "double" in app.table.render_line(0).text


async def test_the_mouse_wheel_scrolls() -> None:
    app = TableApp(fruits())
    async with app.run_test(size=(50, 8)) as pilot:
        await pilot.pause()
        await pilot._post_mouse_events([events.MouseScrollDown], Table, offset=(5, 4))
        await pilot.pause()
        assert app.names()[0] != "f49"


async def test_only_changed_lines_are_drawn() -> None:
    app = TableApp(fruits())
    async with app.run_test(size=(50, 8)) as pilot:
        await pilot.pause()
        drawn: list[int] = []
        draw = app.table.render_line

        def noting(y: int) -> object:
            drawn.append(y)
            return draw(y)

        app.table.render_line = noting  # type: ignore[method-assign, assignment]
        app.table.set_rows([*fruits()[:-3], Fruit("f47", 4711), Fruit("f48", 48), Fruit("f49", 49)])
        await pilot.pause()
        assert 1 in drawn
        drawn.clear()
        app.table.set_rows(app.table.rows)
        await pilot.pause()
        assert drawn == []
        app.table.set_rows([*app.table.rows[1:], Fruit("f47", 4712)])
        await pilot.pause()
        assert set(drawn) == {1}
