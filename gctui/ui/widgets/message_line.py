"""The message line: what came of the last command, or else the newest thing that went wrong."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from gctui.ui.messages import Note

_SIGNS = {"hint": "  ", "waiting": "· ", "result": "✓ ", "warning": "! "}
_STYLES = {"hint": "$foreground-muted", "waiting": "$accent", "result": "$foreground", "warning": "bold $warning"}


class MessageLine(Widget):
    """One line above the footer, or two where a result does not fit into one: its end says what changed."""

    DEFAULT_CSS = """
    MessageLine {
        height: auto;
        max-height: 2;
        background: $surface;
    }
    """

    note: reactive[Note] = reactive(Note("", "hint"), layout=True)

    def render(self) -> Content:
        style = _STYLES[self.note.kind]
        sign = _SIGNS[self.note.kind] if self.note.text else ""
        return Content.assemble((sign, f"bold {style}"), (self.note.text, style))
