"""The pause time line pane: when the collector stopped the program, and for how long."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message

from gctui.monitor import units
from gctui.monitor.collectors import words
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
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", tooltip="Percentiles, histogram and what triggered the pauses"),
    ]

    HELP = f"""
When collections stopped the program: one column per second, as high as the longest pause that started in it.

The scale is logarithmic: every labelled row ends at ten times the pause of the one below, and the lowest row
holds all that is shorter. Newest to the right, at most the last 5 minutes.

The column shows the generation of that longest pause, by its colour and its form: {", ".join(legend())}.

`enter` opens what can be said of all pauses: percentiles, a histogram, and what the program did when they came.
"""

    class Opened(Message):
        """Enter, or a double click: the user wants to know more of the pauses."""

    def action_open(self) -> None:
        self.post_message(self.Opened())

    def on_click(self, event: Click) -> None:
        if event.chain == 2:
            self.action_open()

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
        self.set_title(_title(drawn, snapshot.agent.collector))
        self.show_lines(drawn.lines)


def _title(drawn: Plot, collector: str) -> str:
    """What is drawn, the legend, and the longest pause in view."""
    key = "  ".join(f"[{style}]{text}[/]" for style, text in zip(STYLES, legend(words(collector).short), strict=True))
    longest = f" · max {units.duration(drawn.longest_ns)}" if drawn.longest_ns else ""
    return f"Pauses · longest per second, log scale · gen {key}{longest}"
