"""A titled part of a screen that is drawn in ready-made lines and takes no focus."""

from __future__ import annotations

from gctui.ui.widgets.drawn import DrawnLines


class DrawnPart(DrawnLines):
    """Looks like a pane that is not focused."""

    DEFAULT_CSS = """
    DrawnPart {
        width: 1fr;
        height: 1fr;
        background: $background;
        overflow: hidden hidden;
        text-wrap: nowrap;
        text-overflow: clip;
        border-top: solid $foreground 25%;
        border-title-color: $text-muted;
        border-title-style: bold;
    }
    """
