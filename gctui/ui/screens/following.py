"""Screens over the main one that need the ticks too."""

from __future__ import annotations

from textual.screen import ModalScreen, Screen, ScreenResultType

from gctui.monitor.model import Snapshot


class Follower:
    """The main screen hands each snapshot on."""

    def follow(self, snapshot: Snapshot) -> None:
        raise NotImplementedError


class Following(Follower, Screen[None]):
    """One that fills the window."""

    @property
    def is_seen(self) -> bool:
        """It is composed and in view. Ticks also come before that, while it is covered, and while all ends."""
        return self.is_mounted and self.app.is_running and self.is_current


class FollowingDialog(Follower, ModalScreen[ScreenResultType]):
    """One that asks something."""

    CSS_PATH = "dialog.tcss"
