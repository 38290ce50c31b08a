"""The header of the main screen and the line of warnings beneath it."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from gctui.monitor.model import Snapshot
from gctui.ui.renderables import header
from gctui.ui.widgets.drawn import DrawnLines


class Header(DrawnLines):
    """Command, state and the figures that say whether the collector hurts."""

    DEFAULT_CSS = """
    Header {
        height: 2;
        background: $surface;
        color: $foreground;
        text-wrap: nowrap;
        text-overflow: clip;
    }
    """

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False, always_update=True)
    is_frozen: reactive[bool] = reactive(False, repaint=False)

    def watch_snapshot(self) -> None:
        self._draw()

    def watch_is_frozen(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self.snapshot is None or not self.size:
            return
        self.show_lines(header.lines(self.snapshot, self.size.width, self.is_frozen))


class Alert(Widget):
    """Sentences without which the figures would mislead: no agent, or losses. Hidden when all is well."""

    DEFAULT_CSS = """
    Alert {
        height: auto;
        max-height: 4;
        padding: 0 1;
        display: none;
        background: $warning-muted;
        color: $text-warning;
        text-style: bold;
        &.-shown { display: block; }
    }
    """

    class Changed(Message):
        """It takes `height` lines now."""

        def __init__(self, height: int) -> None:
            super().__init__()
            self.height = height

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False, always_update=True)

    _shown = Content()

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        text = Content() if snapshot is None else header.alert(snapshot)
        if text.plain != self._shown.plain:
            self._shown = text
            self.set_class(bool(text), "-shown")
            self.refresh(layout=True)
            self.call_after_refresh(self._say_height)

    def _say_height(self) -> None:
        self.post_message(self.Changed(self.outer_size.height if self._shown else 0))

    def render(self) -> Content:
        return self._shown
