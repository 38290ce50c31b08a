"""What every pane of the main screen has in common: a title line, a snapshot, a filter, help."""

from __future__ import annotations

from typing import ClassVar

from textual.reactive import reactive
from textual.widget import Widget

from gctui.monitor.model import Snapshot


class Pane(Widget, can_focus=True):
    """A focusable part of the main screen under a one-line title (`border_title`).

    The screen hands `snapshot` down with `data_bind`; while the display is frozen it simply stops doing so.

    Works as a mixin before a scrolling base: `class LogPane(Pane, ScrollView)`. Reactives and bindings come
    from the whole MRO, but Textual reads DEFAULT_CSS and COMPONENT_CLASSES along the *first* bases only, so
    what ScrollView's own style would bring (overflow, size) is repeated here, and Pane has to stand first.
    """

    DEFAULT_CSS = """
    Pane {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        background: $background;
        border-top: solid $foreground 25%;
        border-title-color: $text-muted;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        border-subtitle-align: right;
        &:focus {
            border-top: heavy $accent;
            border-title-color: $text-accent;
        }
    }
    """

    HELP: ClassVar[str | None] = None
    """Markdown for the help screen: what the pane shows, the unit of each column, its filter."""

    filterable: ClassVar[bool] = False
    """`/` opens the filter bar for this pane."""
    filter_hint: ClassVar[str] = ""
    """Explains the pane's filter in a few words; shown in the empty filter bar."""

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False, always_update=True)
    """The tick to show. Repaints nothing by itself: `watch_snapshot` refreshes what changed."""
    filter_text: reactive[str] = reactive("", repaint=False)
    """What the user typed in the filter bar; empty shows all."""

    def filter_problem(self, text: str) -> str:
        """Why `text` is no filter for this pane, a short sentence for the filter bar; else empty."""
        return ""
