"""Pages of the program's output: which lines are shown, and the rows of those in view."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from gctui.monitor.output import Output
from gctui.monitor.output_search import OutputSearch
from gctui.ui.renderables.output_rows import output_rows

MOST_CACHED = 1000
"""Lines whose rows are kept."""


class OutputPages:
    """The lines `first` to `end` - 1 of the output, or those of them that a filter finds, by index from 0."""

    def __init__(self, output: Output) -> None:
        self.first = self.end = 0
        self.is_searching = False
        """Not all lines have been looked at yet."""
        self._output = output
        self._search: OutputSearch | None = None
        self._look: tuple[int, Style, Style] = (0, Style(), Style())
        self._rows: dict[int, list[Strip]] = {}

    def __len__(self) -> int:
        return len(self._search) if self._search is not None else self.end - self.first

    def find(self, text: str) -> None:
        """Keep to the lines that contain `text`; empty: show all."""
        self._search = OutputSearch(self._output, text) if text else None
        self.is_searching = False

    def search_on(self, seconds: float) -> None:
        if self._search is not None:
            self.is_searching = not self._search.advance(self.first, self.end, seconds)

    def dress(self, width: int, base: Style, muted: Style) -> None:
        """How rows look from now on."""
        if (width, base, muted) != self._look:
            self._look = width, base, muted
            self._rows.clear()

    def number_at(self, index: int) -> int:
        return self._search[index] if self._search is not None else self.first + index

    def index_of(self, number: int) -> int:
        return self._search.place(number) if self._search is not None else max(0, number - self.first)

    def last_page(self, height: int, has_cursor: bool) -> tuple[int, list[Strip]]:
        """Where to scroll to for the newest line at the bottom, and that page.

        If the page begins in the middle of a line, that line from its beginning is a place of its own.
        """
        rows: list[Strip] = []
        index = len(self)
        while index > 0 and len(rows) < height:
            index -= 1
            rows = self._rows_of(index, has_cursor) + rows
        return index + (len(rows) > height), rows[-height:]

    def page_from(self, index: int, height: int) -> list[Strip]:
        rows: list[Strip] = []
        while index < len(self) and len(rows) < height:
            rows += self._rows_of(index, has_cursor=False)
            index += 1
        return rows[:height]

    def _rows_of(self, index: int, has_cursor: bool) -> list[Strip]:
        """The rows of one line. The last one may still change, so it is not kept."""
        number = self.number_at(index)
        found = self._rows.get(number)
        if found is not None:
            return found
        width, base, muted = self._look
        is_last = number >= self.end - 1
        try:
            rows = output_rows(self._output.line(number), width, base, muted, has_cursor and is_last)
        except IndexError:  # the display is frozen, the output went on
            return [Strip([Segment("no longer kept", muted)]).adjust_cell_length(width, base)]
        if not is_last:
            if len(self._rows) >= MOST_CACHED:
                self._rows.clear()
            self._rows[number] = rows
        return rows
