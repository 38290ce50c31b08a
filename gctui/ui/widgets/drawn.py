"""A widget of ready-made lines that paints only those that changed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget


class DrawnLines(Widget):
    """Lines are handed over drawn, as wide as the widget; those that look as before are not painted again.

    A widget that returns all of its lines from `render` is painted as a whole for each figure that changes, which
    was a third of what a tick costs.
    """

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in Textual
        super().__init__(id=id)
        self._lines: Sequence[Content] = ()
        self._strips: dict[int, Strip] = {}
        self._title = ""

    def show_lines(self, lines: Sequence[Content]) -> None:
        """Take the place of the lines shown so far."""
        width = self.size.width
        changed = [y for y, line in enumerate(lines) if y >= len(self._lines) or not line.is_same(self._lines[y])]
        changed += range(len(lines), len(self._lines))
        self._lines = lines
        for y in changed:
            self._strips.pop(y, None)
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def set_title(self, markup: str) -> None:
        """Each assignment to `border_title` paints the whole widget, and it never compares as it was written."""
        if markup != self._title:
            self._title = markup
            self.border_title = markup

    def render_line(self, y: int) -> Strip:
        strip = self._strips.get(y)
        if strip is None or strip.cell_length != self.size.width:
            strip = self._strips[y] = self._strip(y)
        return strip

    def _strip(self, y: int) -> Strip:
        """Straight from the spans: with wrapping, selection and links, Textual's way takes four times as long."""
        width, style = self.size.width, self.visual_style
        if y >= len(self._lines):
            return Strip.blank(width, style.rich_style)
        spans = self._lines[y].render(style, end="", parse_style=_parsed)
        drawn = Strip([Segment(text, span_style.rich_style) for text, span_style in spans])
        return drawn.adjust_cell_length(width, style.rich_style)

    def notify_style_update(self) -> None:
        """Another theme, or another place of the focus: all lines look different."""
        super().notify_style_update()
        self._strips.clear()


def _parsed(style: str | Style) -> Style:
    return Style.parse(style) if isinstance(style, str) else style
