"""A reference loop, one reference per line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip

from gctui.monitor.cycles import LoopStep
from gctui.monitor.terminal_text import printable
from gctui.ui.renderables.shortened import cut_end, cut_start
from gctui.ui.widgets.line_pane import LinePane

_ARROW, _NO_NAME = "→ ", "(no name)"


class LoopView(LinePane):
    """From an object round to itself. What has a reference stands left, the reference's name right of it."""

    BINDING_GROUP_TITLE = "Loop"
    HEADING_LINES = 0

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in Textual
        super().__init__(id=id)
        self._steps: Sequence[LoopStep] = ()
        self._reason = ""

    def show(self, steps: Sequence[LoopStep], reason: str) -> None:
        """Show this loop; `reason` is the sentence where there is none."""
        self._steps, self._reason = steps, reason
        self.scroll_to(y=0, animate=False)
        self.set_line_count(len(steps) + 1 if steps else 0)
        self.refresh()

    def sentence(self) -> str:
        return self._reason

    def render_body(self, line: int, width: int) -> Strip:
        style = self.part_style("line")
        if line == len(self._steps):
            return self.text_strip(f" {_ARROW}the first {printable(self._steps[0].what)} again", "muted", width)
        edges = [printable(step.edge) or _NO_NAME for step in self._steps]
        room = width - 5
        right = min(max(map(len, edges)), room // 2)
        left = min(max(len(printable(step.what)) for step in self._steps), room - right)
        what = cut_start(printable(self._steps[line].what), left)
        segments = [
            Segment(f" {_ARROW if line else '  '}{what:<{left}}  ", style),
            Segment(cut_end(edges[line], right), style + self.tone_style("accent")),
        ]
        strip = Strip(segments)
        return strip.crop(0, width) if strip.cell_length > width else strip.adjust_cell_length(width, style)
