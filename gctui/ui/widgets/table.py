"""A sortable table that draws only the lines in view, and whose cursor stays with its row in every refresh."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from gctui.ui.renderables.columns import (
    ASCENDING,
    DESCENDING,
    Column,
    RowT,
    heading,
    place_columns,
    row_line,
)
from gctui.ui.widgets.line_pane import LinePane


class Table(LinePane, Generic[RowT]):
    """Rows under sortable columns. `key` says what makes a row the same row in the next refresh."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor(-1)", "Up", show=False),
        Binding("down,j", "cursor(1)", "Down", show=False),
        Binding("pageup", "cursor_page(-1)", "Page up", show=False),
        Binding("pagedown", "cursor_page(1)", "Page down", show=False),
        Binding("home,g", "cursor_to(0)", "First row", show=False),
        Binding("end,G", "cursor_to(-1)", "Last row", show=False),
        Binding("enter", "select", "Open", tooltip="Open the row under the cursor"),
        Binding("s", "sort_next(1)", "Sort", tooltip="Sort by the next column"),
        Binding("S", "sort_next(-1)", "Sort by previous", show=False, tooltip="Sort by the previous column"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """Number of the row under the cursor, in the order shown."""

    @dataclass
    class Selected(Message):
        """Enter or a double click on a row."""

        table: Table[Any]
        row: Any

        @property
        def control(self) -> Table[Any]:
            return self.table

    @dataclass
    class Highlighted(Message):
        """The cursor came to another row, or what its row says changed. None: there is no row."""

        table: Table[Any]
        row: Any

        @property
        def control(self) -> Table[Any]:
            return self.table

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Table.Highlighted) and message.table is self.table

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        key: Callable[[RowT], Hashable],
        *,
        sort_key: str,
        empty: str = "",
        title: str = "",
        id: str | None = None,  # noqa: A002, as in Textual
    ) -> None:
        """Sorted by the column `sort_key` at first; `empty` is the sentence where there are no rows."""
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._key = key
        self._sort_key = sort_key
        self._reversed = False
        self._empty = empty
        self._rows: list[RowT] = []
        self._kept: Hashable | None = None
        """Key of the row that the user put the cursor on; None before they did."""
        if title:
            self.border_title = title

    @property
    def rows(self) -> Sequence[RowT]:
        """In the order shown."""
        return self._rows

    @property
    def cursor_row(self) -> RowT | None:
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    @property
    def has_moved(self) -> bool:
        """The user put the cursor somewhere."""
        return self._kept is not None

    @property
    def sort_column(self) -> Column[RowT]:
        return next(column for column in self._columns if column.key == self._sort_key)

    @property
    def is_ascending(self) -> bool:
        return self.sort_column.ascending != self._reversed

    def sentence(self) -> str:
        return self._empty

    def say_if_empty(self, sentence: str) -> None:
        """Another sentence from now on where there are no rows."""
        if sentence != self._empty:
            self._empty = sentence
            if not self._rows:
                self.refresh_body()

    def set_rows(self, rows: Iterable[RowT]) -> None:
        """Show these. The cursor stays on its row, and its row where it is on the screen."""
        self._show(self._sorted(rows))

    def put_cursor(self, key: Hashable) -> None:
        """Put the cursor on the row with that key, if there is one, and scroll it into view."""
        for line, row in enumerate(self._rows):
            if self._key(row) == key:
                self._go(line)
                return

    def sort_by(self, key: str, *, ascending: bool | None = None) -> None:
        """Sort by that column; None: the way that is natural to it."""
        self._sort_key = key
        self._reversed = ascending is not None and ascending != self.sort_column.ascending
        self._show(self._sorted(self._rows))
        self.refresh_heading()

    def render_heading(self, width: int) -> Strip:
        placed = place_columns(self._columns, width)
        mark = ASCENDING if self.is_ascending else DESCENDING
        return heading(placed, width, self.part_style("heading"), self.part_style("sorted"), self._sort_key, mark)

    def render_body(self, line: int, width: int) -> Strip:
        is_cursor = line == self.cursor
        style = self.part_style("line")
        if is_cursor:
            style += self.part_style("cursor")
        return row_line(place_columns(self._columns, width), self._rows[line], width, style, self.tone_style)

    def watch_cursor(self, before: int, after: int) -> None:
        self.refresh_body(before, before + 1)
        self.refresh_body(after, after + 1)
        self.post_message(self.Highlighted(self, self.cursor_row))

    def action_cursor(self, lines: int) -> None:
        self._go(self.cursor + lines)

    def action_cursor_page(self, pages: int) -> None:
        self._go(self.cursor + pages * self.page_lines)

    def action_cursor_to(self, line: int) -> None:
        self._go(line if line >= 0 else len(self._rows) + line)

    def action_select(self) -> None:
        row = self.cursor_row
        if row is not None:
            self._kept = self._key(row)
            self.post_message(self.Selected(self, row))

    def action_sort_next(self, step: int) -> None:
        width = self.scrollable_content_region.width
        keys = [one.key for one in self._columns if one.value is not None and one.shown_from <= width]
        at = keys.index(self._sort_key) if self._sort_key in keys else -1
        self.sort_by(keys[(at + step) % len(keys)])

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y < self.HEADING_LINES:
            self._sort_at(offset.x)
            return
        line = self.line_at(offset.y)
        if line is not None:
            self._go(line)
            if event.chain == 2:
                self.action_select()

    def _sort_at(self, x: int) -> None:
        """Sort by the column whose heading is there; the other way round when it is sorted by it already."""
        for one in place_columns(self._columns, self.scrollable_content_region.width):
            if one.column.value is not None and one.x <= x < one.x + one.width:
                is_again = one.column.key == self._sort_key
                self.sort_by(one.column.key, ascending=not self.is_ascending if is_again else None)
                return

    def _go(self, line: int) -> None:
        """The user puts the cursor somewhere."""
        if not self._rows:
            return
        self.cursor = max(0, min(line, len(self._rows) - 1))
        self._kept = self._key(self._rows[self.cursor])
        self._scroll_to_cursor()

    def _scroll_to_cursor(self) -> None:
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + self.page_lines:
            self.scroll_to(y=self.cursor - self.page_lines + 1, animate=False)

    def _sorted(self, rows: Iterable[RowT]) -> list[RowT]:
        value = self.sort_column.value
        assert value is not None, "sorted by a column that cannot be sorted by"
        return sorted(rows, key=value, reverse=not self.is_ascending)

    def _show(self, rows: list[RowT]) -> None:
        before, offset = self._rows, self.cursor - self.scroll_offset.y
        was_row = self.cursor_row
        self._rows = rows
        self.set_line_count(len(rows))
        line = self._line_of_kept()
        self.set_reactive(Table.cursor, line)
        if self.scroll_offset.y:
            self.scroll_to(y=line - offset, animate=False)
        if self._kept is not None and self.is_attached:
            self._scroll_to_cursor()
        if rows != before:
            self._refresh_changed(before)
        if self.cursor_row != was_row:
            self.post_message(self.Highlighted(self, self.cursor_row))

    def _line_of_kept(self) -> int:
        last = max(0, len(self._rows) - 1)
        if self._kept is None:
            return min(self.cursor, last)
        for line, row in enumerate(self._rows):
            if self._key(row) == self._kept:
                return line
        return min(self.cursor, last)

    def _refresh_changed(self, before: list[RowT]) -> None:
        """Draw those lines in view again whose row is another one now, and the cursor's."""
        top = self.scroll_offset.y
        for line in range(top, top + self.page_lines):
            if before[line : line + 1] != self._rows[line : line + 1] or line == self.cursor:
                self.refresh_body(line, line + 1)
