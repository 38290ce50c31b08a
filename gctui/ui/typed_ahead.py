"""Keys that were typed ahead wait until the one before is done with, so that each meets what that one left."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TypeVar

from textual.app import App
from textual.events import Event, Key, Paste
from textual.message_pump import MessagePump

Result = TypeVar("Result")

#: Ways from the focused widget up to the application that a key can take until it has done all it does: its own
#: messages are the first, and what their handlers post the second (`Input.Submitted`, then `FilterBar.Closed`).
_ROUNDS = 2


class OneKeyAtATime(App[Result]):
    """An application that hands out a key only when all that the key before it has started is done.

    Textual hands out each key at once, to whatever has the focus: of `i/dict`, over a slow link often one packet, the
    slash would open the filter of the main screen before the screen of the objects is there, and `d` its dialog.
    """

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[Key | Paste] = deque()
        """The first one is being handled."""

    async def on_event(self, event: Event) -> None:
        if isinstance(event, (Key, Paste)) and not event.is_forwarded:
            self._typed.append(event)
            if len(self._typed) == 1:
                await self._hand_out()
        else:
            await super().on_event(event)

    async def _hand_out(self) -> None:
        way = (self.focused or self.screen).ancestors_with_self
        await super().on_event(self._typed[0])
        self._wait_for(way * _ROUNDS)

    def _wait_for(self, nodes: Sequence[MessagePump]) -> None:
        """Queue up in each of `nodes` in turn, behind what is there; those that have ended keep nobody waiting."""
        for index, node in enumerate(nodes, start=1):
            if node.call_later(self._wait_for, nodes[index:]):
                return
        self._wait_for_screen()

    def _wait_for_screen(self) -> None:
        """A screen that the key has opened is composed first, and has its focus."""
        if not self.screen.call_later(self.call_later, self._done):
            self.call_later(self._done)

    async def _done(self) -> None:
        self._typed.popleft()
        if self._typed:
            await self._hand_out()
