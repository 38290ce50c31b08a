"""Freezing the program's heap: what that means, and whether to collect before."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Label

from gctui.ui.screens.dialog import Dialog

ADVICE = (
    "Frozen objects are looked at no more: full collections get shorter, and garbage among them is never freed. "
    "So collect first."
)


class FreezeScreen(Dialog[bool | None]):
    """Dismissed with whether to collect before, or with None when nothing is to be frozen."""

    BINDING_GROUP_TITLE = "Freeze the heap"
    AUTO_FOCUS = ""
    KEYS = "c collects first, n now, esc"

    BINDINGS = [
        Binding("c", "dismiss(True)", "Collect, then freeze", id="freeze.collect", tooltip="gc.collect(), gc.freeze()"),
        Binding("n", "dismiss(False)", "Freeze now", id="freeze.now", tooltip="gc.freeze(), with the garbage there is"),
        Binding("escape", "dismiss(None)", "Cancel", id="freeze.cancel", tooltip="Freeze nothing"),
        Binding("left", "app.focus_previous", "Previous", show=False),
        Binding("right", "app.focus_next", "Next", show=False),
    ]

    def __init__(self, counts: str, cost: str, estimate: str) -> None:
        """Sentences on the objects there are, on what collecting costs, and on what freezing would change."""
        super().__init__()
        self._sentences = (f"{counts} {ADVICE}", cost, estimate)

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", can_focus=False) as dialog:
            dialog.border_title = "Freeze the heap"
            for sentence in filter(None, self._sentences):
                yield Label(sentence, markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Cancel (esc)", id="cancel", compact=True)
                yield Button("Now (n)", id="now", compact=True)
                yield Button("Collect, freeze (c)", id="collect", variant="primary", compact=True)

    def on_mount(self) -> None:
        self.query_one("#collect").focus(scroll_visible=False)  # the sentences are read first

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss({"collect": True, "now": False}.get(event.button.id or ""))
