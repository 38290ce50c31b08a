"""The Textual application: it opens the main screen, and makes sure that the terminal is given back."""

from __future__ import annotations

import asyncio
import os
import signal
import traceback
from collections.abc import Iterable
from functools import partial
from threading import Timer
from typing import Any, Literal

from rich.text import Text
from textual.app import SystemCommand
from textual.binding import Binding
from textual.screen import ModalScreen, Screen

from gctui.monitor.errors import GctuiError
from gctui.monitor.session import Session
from gctui.monitor.terminal_text import printable
from gctui.monitor.tracing import TracingOptions
from gctui.ui.screens.main import MainScreen
from gctui.ui.typed_ahead import OneKeyAtATime

Outcome = Literal["ended", "terminated", "killed", "signalled"]
"""Why the screen was left: the program had ended, the user ended it in one of two ways, or a signal came to gctui."""

FAILED = 125
#: Seconds that giving the terminal back may take after a signal.
LEAVING_S = 3.0
_DEFAULT_TRACING = TracingOptions()
_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class GctuiApp(OneKeyAtATime[Outcome]):
    """`run()` returns the outcome, or None after a failure; `return_code` is 128+N after a signal, 125 after a failure.

    A signal to gctui goes on to the program. Whatever else is to become of the program after `run()` is the
    caller's decision, and so is closing the session.
    """

    TITLE = "gctui"
    ENABLE_COMMAND_PALETTE = True
    BINDING_GROUP_TITLE = "gctui"

    BINDINGS = [
        Binding("q,f10", "quit", "Quit", id="quit", tooltip="Leave; asks first while the program runs"),
        Binding(
            "ctrl+z",
            "suspend_process",
            "Suspend",
            id="suspend",
            tooltip="Back to the shell; the program goes on, fg brings the screen back",
            show=False,
            priority=True,  # a dialog would keep it to itself
        ),
    ]

    def __init__(self, session: Session, *, rate_hz: float = 4.0, tracing: TracingOptions = _DEFAULT_TRACING) -> None:
        super().__init__()
        self._session = session
        self._rate_hz = rate_hz
        self._tracing = tracing
        self._deadline: Timer | None = None

    @property
    def return_code(self) -> int | None:
        """Textual says 1 after an exception; among gctui's exit codes that is the program's to say."""
        code = super().return_code
        return FAILED if code == 1 else code

    def on_mount(self) -> None:
        self._catch_signals()
        self.push_screen(MainScreen(self._session, rate_hz=self._rate_hz, tracing=self._tracing))

    def _catch_signals(self) -> None:
        """By default they would kill gctui and leave the terminal in the alternate screen."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._leave_on_signal, number)

    def on_unmount(self) -> None:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.remove_signal_handler(number)

    def _leave_on_signal(self, number: int) -> None:
        """Textual waits for ever for a terminal that is gone (SIGHUP often says just that); gctui does not."""
        self._session.signal(number)
        if self._deadline is None:
            self._deadline = Timer(LEAVING_S, self._leave_at_once, (128 + number,))
            self._deadline.daemon = True
            self._deadline.start()
        self.exit("signalled", return_code=128 + number)

    def forget_deadline(self) -> None:
        """The screen was left in time."""
        if self._deadline is not None:
            self._deadline.cancel()

    def _leave_at_once(self, code: int) -> None:
        self._session.close()
        os._exit(code)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Textual's own keys for leaving suspending and the palette are the program's while the user types to it."""
        if action in ("quit", "command_palette", "suspend_process"):
            return not getattr(self.focused, "is_typing", False)
        return super().check_action(action, parameters)

    async def action_quit(self) -> None:
        """Leave by the main screen, which knows whether the program is still there; dialogs are answered first."""
        main = next((screen for screen in self.screen_stack if isinstance(screen, MainScreen)), None)
        if main is not None and not isinstance(self.screen, ModalScreen):
            main.leave()

    def _fatal_error(self) -> None:
        """Textual would print every local variable: pages of it, and the program's data among them."""
        if self._exception is not None:
            self.panic(Text(printable_lines(self._exception)))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The command palette offers what the keys do, and the themes."""
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)
        seen = set()
        for node, binding, enabled, tooltip in screen.active_bindings.values():
            if enabled and binding.description and not binding.system and binding.action not in seen:
                seen.add(binding.action)
                run = partial(self.run_action, binding.action, node)
                yield SystemCommand(binding.description, tooltip, run)


def printable_lines(error: BaseException) -> str:
    """The traceback of a failure of gctui, or the sentence of one that was foreseen."""
    if isinstance(error, GctuiError):
        return f"gctui: {error}"
    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n".join(["gctui failed. This is a fault of gctui, please report it:", *map(printable, lines)])
