"""A screen over the main one that needs the ticks too."""

from __future__ import annotations

from textual.screen import Screen

from gctui.monitor.model import Snapshot


class Following(Screen[None]):
    """The main screen hands each snapshot on."""

    def follow(self, snapshot: Snapshot) -> None:
        raise NotImplementedError
