"""The lines over a screen that lies above the main one: at any width as many of their parts as there is room for."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widgets import Static

from gctui.ui.renderables.title import BORDER, title_line


class Heading(Static):
    """Each line is made of parts, the most important first; the first is always there."""

    def __init__(self, *lines: Iterable[str]) -> None:
        super().__init__(id="heading", markup=False)
        self._lines = tuple(map(tuple, lines))

    def say(self, *lines: Iterable[str]) -> None:
        self._lines = tuple(map(tuple, lines))
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        room = self.content_size.width + BORDER
        self.update("\n".join(title_line(parts, room) for parts in self._lines))
