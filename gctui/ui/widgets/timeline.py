"""The pause time line pane: when the collector stopped the program, and for how long."""

from __future__ import annotations

from textual.content import Content

from gctui.monitor import units
from gctui.ui import sentences
from gctui.ui.renderables.lines import same
from gctui.ui.renderables.timeline import SECOND, STYLES, Plot, legend, plot
from gctui.ui.widgets.pane import Pane


class TimelinePane(Pane):
    """The longest pause of each second, drawn once per tick and painted only when it changed."""

    DEFAULT_CSS = """
    TimelinePane {
        height: 5;
        overflow: hidden hidden;
        text-wrap: nowrap;
        text-overflow: clip;
    }
    """

    BINDING_GROUP_TITLE = "Pauses"

    HELP = f"""
When collections stopped the program: one column per second, as high as the longest pause that started in it.

The scale is logarithmic: every labelled row ends at ten times the pause of the one below, and the lowest row
holds all that is shorter. Newest to the right, at most the last 5 minutes.

The column shows the generation of that longest pause, by its colour and its form: {legend()}.
"""

    _shown = Plot((), 0, 0)

    def on_mount(self) -> None:
        self.border_title = "Pauses, longest per second (log scale)"

    def watch_snapshot(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        snapshot = self.snapshot
        if snapshot is None or not self.size:
            return
        running = sentences.running_for(snapshot)
        drawn = plot(snapshot.timeline, self.size.width, self.size.height, SECOND, running)
        if drawn.longest_ns != self._shown.longest_ns or not self.border_subtitle:
            self._describe(drawn)
        if not same(drawn.lines, self._shown.lines):
            self._shown = drawn
            self.refresh()

    def _describe(self, drawn: Plot) -> None:
        key = legend().split("  ")
        parts = [f"[{style}]{text}[/]" for style, text in zip(STYLES, key, strict=True)]
        longest = units.duration(drawn.longest_ns) if drawn.longest_ns else "none"
        self.border_subtitle = f"gen {'  '.join(parts)}  longest {longest}"

    def render(self) -> Content:
        return Content("\n").join(self._shown.lines)
