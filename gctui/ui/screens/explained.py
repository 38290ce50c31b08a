"""A screen over the main one that has a help text: the .md file beside its module."""

from __future__ import annotations

import sys
from pathlib import Path

from textual.screen import Screen, ScreenResultType

from gctui.ui.screens.help import HelpScreen, key_help


class ExplainedScreen(Screen[ScreenResultType]):
    """Its title in the help is that of its group of keys."""

    def action_help(self) -> None:
        module = Path(sys.modules[type(self).__module__].__file__ or "")
        text = module.with_suffix(".md").read_text(encoding="utf-8")
        title, keys = str(self.BINDING_GROUP_TITLE), key_help(self.active_bindings.values(), self.app)
        self.app.push_screen(HelpScreen(title, text, keys, ()))
