"""The debug flags of the gc module, each with what it does to the program."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Checkbox, Label

from gctui.monitor.settings import FLAGS, LEAK
from gctui.ui.screens.dialog import Dialog

MEANING = {
    "STATS": "each collection prints its figures, and waits until they are written",
    "COLLECTABLE": "prints each object of garbage found: may be very much",
    "UNCOLLECTABLE": "prints each object that cannot be freed, and keeps it in gc.garbage",
    "SAVEALL": "frees no garbage, keeps it all in gc.garbage: memory grows",
}
WARNING = (
    "Careful: what is printed goes into the program's stderr. What SAVEALL keeps stays alive until the program clears "
    "gc.garbage."
)


class _Flag(Checkbox, inherit_bindings=False):
    """Enter is for the dialog. Without colours, too, one sees whether it is set."""

    BINDINGS = [Binding("space", "toggle_button", "Toggle", show=False)]

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]  # noqa: N802
        return "X" if self.value else " "


class DebugFlagsScreen(Dialog[int | None]):
    """Dismissed with the flags to set, or with None."""

    BINDING_GROUP_TITLE = "Debug flags"
    AUTO_FOCUS = ""
    KEYS = "1 to 4, l: LEAK, enter sets, esc"

    BINDINGS = [
        Binding("enter", "set", "Set", id="debug.set", tooltip="Set these flags in the program"),
        Binding("l", "leak", "LEAK", id="debug.leak", tooltip="COLLECTABLE, UNCOLLECTABLE and SAVEALL, or none"),
        Binding("escape", "dismiss(None)", "Cancel", id="debug.cancel", tooltip="Leave them as they are"),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
        *(
            Binding(key, f"toggle_flag('{name}')", name, id=f"debug.{name.lower()}", tooltip=MEANING[name], show=False)
            for key, name in zip("1234", FLAGS, strict=True)
        ),
    ]

    def __init__(self, flags: int) -> None:
        super().__init__()
        self._flags = flags

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", can_focus=False) as dialog:
            dialog.border_title = "Debug flags"
            yield Label(WARNING)
            for number, (name, bit) in enumerate(FLAGS.items(), 1):
                yield _Flag(f"{number} {name}", bool(self._flags & bit), id=name, compact=True)
                yield Label(MEANING[name], classes="meaning")
            with Horizontal(classes="buttons"):
                yield Button("Cancel (esc)", id="cancel", compact=True)
                yield Button("LEAK (l)", id="leak", compact=True)
                yield Button("Set (enter)", id="set", variant="warning", compact=True)

    def on_mount(self) -> None:
        self.query(Checkbox).first().focus(scroll_visible=False)  # the warning is read first

    def on_button_pressed(self, event: Button.Pressed) -> None:
        {"set": self.action_set, "leak": self.action_leak}.get(event.button.id or "", lambda: self.dismiss(None))()

    def action_toggle_flag(self, name: str) -> None:
        self.query_one(f"#{name}", Checkbox).toggle()

    def action_leak(self) -> None:
        """The three flags that LEAK stands for: all of them, or none where all are set."""
        wanted = self._chosen & LEAK != LEAK
        for name, bit in FLAGS.items():
            if bit & LEAK:
                self.query_one(f"#{name}", Checkbox).value = wanted

    def action_set(self) -> None:
        unnamed = self._flags & ~sum(FLAGS.values()) & 0x7FFFFFFF
        self.dismiss(self._chosen | unnamed)

    @property
    def _chosen(self) -> int:
        return sum(bit for name, bit in FLAGS.items() if self.query_one(f"#{name}", Checkbox).value)
