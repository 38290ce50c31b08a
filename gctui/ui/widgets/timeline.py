"""The pause time line pane: when the collector stopped the program, and for how long."""

from __future__ import annotations

from gctui.monitor import units
from gctui.ui import sentences
from gctui.ui.renderables.timeline import SECOND, STYLES, Plot, legend, plot
from gctui.ui.widgets.drawn import DrawnLines
from gctui.ui.widgets.pane import Pane


class TimelinePane(Pane, DrawnLines):
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

The column shows the generation of that longest pause, by its colour and its form: {", ".join(legend())}.
"""

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
        self.set_title(_title(drawn))
        self.show_lines(drawn.lines)


def _title(drawn: Plot) -> str:
    """What is drawn, the legend, and the longest pause in view."""
    key = "  ".join(f"[{style}]{text}[/]" for style, text in zip(STYLES, legend(), strict=True))
    longest = f" · max {units.duration(drawn.longest_ns)}" if drawn.longest_ns else ""
    return f"Pauses · longest per second, log scale · gen {key}{longest}"
