"""A pane that draws its lines one by one, only those in view: the base of the log and of the tables."""

from __future__ import annotations

import textwrap
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from gctui.ui.renderables.shortened import cut_end
from gctui.ui.widgets.pane import Pane


class LinePane(Pane, ScrollView, inherit_bindings=False):  # those would scroll sideways
    """One heading line that stays, and under it as many lines as there are, formatted when they are drawn.

    A subclass says what the heading and a line look like, and calls `set_line_count` when their number
    changes and `refresh_body` when what they say does.
    """

    DEFAULT_CSS = """
    LinePane {
        & > .line-pane--line { color: $foreground; }
        & > .line-pane--heading { color: $text-muted; background: $surface; }
        & > .line-pane--sorted { color: $text; background: $surface; text-style: bold; }
        & > .line-pane--cursor { background: $surface-lighten-2; }
        &:focus > .line-pane--cursor { background: $primary-muted; text-style: bold; }
        & > .line-pane--muted { color: $text-muted; }
        & > .line-pane--low { color: $text-success; }
        & > .line-pane--raised { color: $text-warning; }
        & > .line-pane--high { color: $text-error; }
        & > .line-pane--accent { color: $text-accent; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line-pane--line",
        "line-pane--heading",
        "line-pane--sorted",
        "line-pane--cursor",
        "line-pane--muted",
        "line-pane--low",
        "line-pane--raised",
        "line-pane--high",
        "line-pane--accent",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_lines(-1)", "Up", show=False),
        Binding("down,j", "scroll_lines(1)", "Down", show=False),
        Binding("pageup", "scroll_pages(-1)", "Page up", show=False),
        Binding("pagedown", "scroll_pages(1)", "Page down", show=False),
        Binding("home,g", "scroll_to_line(0)", "First line", show=False),
        Binding("end,G", "scroll_to_line(-1)", "Last line", show=False),
    ]

    HEADING_LINES = 1

    @property
    def line_count(self) -> int:
        """Lines under the heading."""
        return max(0, self.virtual_size.height - self.HEADING_LINES)

    @property
    def page_lines(self) -> int:
        """Lines under the heading that are in view at once."""
        return max(1, self.scrollable_content_region.height - self.HEADING_LINES)

    def set_line_count(self, count: int) -> None:
        """Say how many lines there are. A new layout is asked for only when the scrollbar comes or goes."""
        size = Size(0, count + self.HEADING_LINES)
        if size == self.virtual_size:
            return
        overflows = size.height > self.container_size.height
        if overflows != self.show_vertical_scrollbar or not overflows:
            self.virtual_size = size
            return
        self.set_reactive(Widget.virtual_size, size)
        self.vertical_scrollbar.window_virtual_size = size.height

    def line_at(self, y: int) -> int | None:
        """The line that is drawn `y` cells below the pane's first; None on the heading or below all lines."""
        line = y - self.HEADING_LINES + self.scroll_offset.y
        return line if y >= self.HEADING_LINES and line < self.line_count else None

    def refresh_body(self, first: int = 0, end: int | None = None) -> None:
        """Draw the lines `first` to `end` - 1 again, as far as they are in view; None: to the bottom."""
        top = first - self.scroll_offset.y
        bottom = self.page_lines if end is None else min(end - self.scroll_offset.y, self.page_lines)
        top = max(0, top)
        if bottom > top:
            self.refresh(Region(0, top + self.HEADING_LINES, self.size.width, bottom - top))

    def refresh_heading(self) -> None:
        self.refresh(Region(0, 0, self.size.width, self.HEADING_LINES))

    def action_scroll_lines(self, lines: int) -> None:
        """At once: an animation would be cut short by the next snapshot."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_scroll_pages(self, pages: int) -> None:
        self.action_scroll_lines(pages * self.page_lines)

    def action_scroll_to_line(self, line: int) -> None:
        self.scroll_to(y=line if line >= 0 else self.line_count + line, animate=False)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if y < self.HEADING_LINES:
            return self.render_heading(width)
        line = self.line_at(y)
        if line is not None:
            return self.render_body(line, width)
        if not self.line_count:
            return self._render_sentence(y - self.HEADING_LINES, width)
        return Strip.blank(width, self.part_style("line"))

    def render_heading(self, width: int) -> Strip:
        raise NotImplementedError

    def render_body(self, line: int, width: int) -> Strip:
        raise NotImplementedError

    def sentence(self) -> str:
        """What stands where there is no line."""
        return ""

    def tone_style(self, tone: str) -> Style:
        """The text style of a tone, to be laid over any background: muted, low, raised, high or accent."""
        style = self.part_style(tone)
        return style.without_color + Style.from_color(style.color)

    def part_style(self, part: str) -> Style:
        """The style of a part: line, heading, sorted or cursor."""
        return self.get_component_rich_style(f"line-pane--{part}")

    def _render_sentence(self, y: int, width: int) -> Strip:
        lines = textwrap.wrap(self.sentence(), max(10, width - 2))
        text = f" {lines[y]}" if y < len(lines) else ""
        return self.text_strip(text, "muted", width)

    def text_strip(self, text: str, tone: str, width: int) -> Strip:
        """A line that is one text in one tone."""
        style = self.part_style("line")
        return Strip([Segment(cut_end(text, width), style + self.tone_style(tone))]).adjust_cell_length(width, style)
