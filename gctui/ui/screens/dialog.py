"""What dialogs over the main screen have in common: one look, also in a small window."""

from __future__ import annotations

from typing import ClassVar

from textual.screen import ModalScreen, ScreenResultType
from textual.widget import Widget

#: Cells below which a dialog leaves out what can be done without, and its buttons may be out of view.
_NARROW, _LOW = 60, 18


class Dialog(ModalScreen[ScreenResultType]):
    """Its content is in a container of the class `dialog`."""

    CSS_PATH = "dialog.tcss"
    KEYS: ClassVar[str] = ""
    """What the buttons do, said in the frame where they may be out of view."""

    def on_resize(self) -> None:
        is_low = self.size.height < _LOW
        self.set_class(self.size.width < _NARROW, "-narrow")
        self.set_class(is_low, "-low")
        for box in self.query(".dialog").results(Widget):
            box.border_subtitle = self.KEYS if is_low else ""
