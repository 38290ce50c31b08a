"""Screens over the main one that need the ticks too."""

from __future__ import annotations

from textual.screen import ScreenResultType
from textual.widgets import Label

from gctui.monitor.model import Snapshot
from gctui.ui.screens.dialog import Dialog
from gctui.ui.screens.explained import ExplainedScreen


class Follower:
    """The main screen hands each snapshot on."""

    def follow(self, snapshot: Snapshot) -> None:
        raise NotImplementedError


class Following(Follower, ExplainedScreen[None]):
    """One that fills the window."""

    @property
    def is_seen(self) -> bool:
        """It is composed and in view. Ticks also come before that, while it is covered, and while all ends."""
        return self.is_mounted and self.app.is_running and self.is_current


class FollowingDialog(Follower, Dialog[ScreenResultType]):
    """One that asks something."""

    def say(self, selector: str, text: str) -> None:
        """Change what a label says; nothing happens where it is not there, before the dialog is composed and after."""
        for label in self.query(selector).results(Label):
            if str(label.content) != text:
                label.update(text)
