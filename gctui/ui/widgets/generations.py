"""The generations pane: how near each generation is to its next collection, and what the last ones cost."""

from __future__ import annotations

from gctui.monitor.collectors import words
from gctui.monitor.model import Snapshot
from gctui.ui import sentences
from gctui.ui.renderables.generations import table
from gctui.ui.widgets.drawn import DrawnLines
from gctui.ui.widgets.pane import Pane


class GenerationsPane(Pane, DrawnLines):
    """One row per generation. Drawn once per tick, painted only when a figure changed."""

    DEFAULT_CSS = """
    GenerationsPane {
        height: 5;
        text-wrap: nowrap;
        text-overflow: clip;
    }
    """

    BINDING_GROUP_TITLE = "Generations"

    HELP = """
One row per generation of the garbage collector.

- **count / threshold**: objects (generation 0) or collections of the generation below since the last
  collection. The bar is full at the threshold; `>` marks a count past it. A threshold of 0 means never.
- **collections**, **collected**, **uncollectable**: totals since the program started, from `gc.get_stats()`.
- **rate**: collections per second over the last 10 s.
- **pause avg**, **p99**, **max**, **total**: how long collections stopped the program.

The incremental collector (3.14.0 to 3.14.4) has *young*, *increment* and *full* instead: automatic collections are
increments, each of the young generation and a part of the old one, and threshold 2 is not used. In a free-threaded
build each collection is full, whatever its number.

`▶` marks a generation that is being collected at this moment. Press `0`, `1` or `2` to collect now.
"""

    def watch_snapshot(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        snapshot: Snapshot | None = self.snapshot
        if snapshot is None or not self.size:
            return
        running = sentences.running_for(snapshot)
        lines = table(snapshot.generations, self.size.width, running[0] if running else None)
        note = words(snapshot.agent.collector).note
        state = f"[$text-warning]{sentences.running(snapshot)}[/]" if running else note
        self.set_title("Generations" + (f" · {state}" if state else ""))
        self.show_lines(lines)
