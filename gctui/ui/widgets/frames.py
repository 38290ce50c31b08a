"""A traceback, frame by frame, with the source lines around each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.strip import Strip

from gctui.monitor.model import Frame
from gctui.monitor.source_text import SourceText
from gctui.ui.renderables.shortened import place
from gctui.ui.renderables.source_lines import Piece, highlighted
from gctui.ui.widgets.line_pane import LinePane


@dataclass(frozen=True, slots=True)
class FrameLine:
    """One line of the view."""

    frame: int
    """Which frame of the traceback it belongs to."""
    source: int | None
    """Which of the frame's source lines it shows; None: the frame's own line, or why there is no source."""
    text: str = ""


class FramesView(LinePane):
    """The cursor goes from frame to frame."""

    DEFAULT_CSS = """
    FramesView > .line-pane--marked { color: $foreground; background: $surface-lighten-1; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-pane--marked"}
    BINDING_GROUP_TITLE = "Traceback"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "frame(-1)", "Frame", show=False, tooltip="To the frame that was called from here"),
        Binding("down,j", "frame(1)", "Caller", show=False, tooltip="To the frame that called this one"),
        Binding("home,g", "first_frame", "First frame", show=False),
        Binding("end,G", "last_frame", "Last frame", show=False),
    ]
    HEADING_LINES = 0

    frame: reactive[int] = reactive(0, repaint=False)
    """The frame under the cursor; 0 is the most recent call."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in Textual
        super().__init__(id=id)
        self._frames: Sequence[Frame] = ()
        self._texts: Sequence[SourceText] = ()
        self._lines: list[FrameLine] = []
        self._pieces: dict[int, list[list[Piece]]] = {}

    def show(self, frames: Sequence[Frame], texts: Sequence[SourceText]) -> None:
        """Show these frames; `texts` is empty as long as the source is being read."""
        if tuple(frames) != tuple(self._frames):
            self.set_reactive(FramesView.frame, 0)
            self.scroll_to(y=0, animate=False)
        self._frames, self._texts, self._pieces = frames, texts, {}
        self._lines = list(self._made_lines())
        self.set_line_count(len(self._lines))
        self.refresh()

    def watch_frame(self) -> None:
        """The whole of the frame comes into view, its first line at least."""
        mine = [line for line, one in enumerate(self._lines) if one.frame == self.frame]
        if not mine:
            return
        top = self.scroll_offset.y
        if mine[-1] >= top + self.page_lines:
            top = mine[-1] - self.page_lines + 1
        self.scroll_to(y=min(top, mine[0]), animate=False)
        self.refresh()

    def action_frame(self, step: int) -> None:
        self.frame = max(0, min(self.frame + step, len(self._frames) - 1))

    def action_first_frame(self) -> None:
        self.frame = 0

    def action_last_frame(self) -> None:
        self.frame = max(0, len(self._frames) - 1)

    def render_body(self, line: int, width: int) -> Strip:
        one = self._lines[line]
        if one.source is not None:
            return self._source_strip(one.frame, one.source, width)
        if one.text:
            return self.text_strip(f"         {one.text}", "muted", width)
        return self._frame_strip(one.frame, width)

    def sentence(self) -> str:
        return "No traceback was kept."

    def _made_lines(self) -> list[FrameLine]:
        made: list[FrameLine] = []
        for number, _ in enumerate(self._frames):
            made.append(FrameLine(number, None))
            if number >= len(self._texts):
                made.append(FrameLine(number, None, "reading …"))
                continue
            text = self._texts[number]
            if text.problem:
                made.append(FrameLine(number, None, text.problem))
            made.extend(FrameLine(number, at) for at in range(len(text.lines)))
        return made

    def _frame_strip(self, number: int, width: int) -> Strip:
        frame = self._frames[number]
        style = self.part_style("sorted")
        if number == self.frame:
            style += self.part_style("cursor")
        function = self._texts[number].function if number < len(self._texts) else ""
        label = f"{number + 1:>4}  "
        behind = f"  in {function}" if function else ""
        where = place(frame.filename, frame.line, width - len(label) - 1, behind)
        return Strip([Segment(label + where, style)]).adjust_cell_length(width, style)

    def _source_strip(self, number: int, at: int, width: int) -> Strip:
        text = self._texts[number]
        if number not in self._pieces:
            self._pieces[number] = highlighted(text.lines)
        line = text.first + at
        is_marked = line == self._frames[number].line
        style = self.part_style("marked" if is_marked else "line")
        mark = self.tone_style("accent" if is_marked else "muted")
        segments = [Segment(f" {'▶' if is_marked else ' '}{line:>6}  ", style + mark)]
        for piece, tone in self._pieces[number][at]:
            segments.append(Segment(piece, style + self.tone_style(tone) if tone else style))
        strip = Strip(segments)
        return strip.crop(0, width) if strip.cell_length > width else strip.adjust_cell_length(width, style)
