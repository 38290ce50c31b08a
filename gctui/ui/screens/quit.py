"""Leaving while the program runs: terminate it, kill it, or stay."""

from __future__ import annotations

import math
import signal
import time
from typing import Literal

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widgets import Button, Label

from gctui.monitor.model import Program
from gctui.monitor.session import Session
from gctui.ui import sentences

Ending = Literal["terminated", "killed"]

GRACE_S = 5.0
"""A program that was asked to terminate is killed when it is still there after so many seconds."""
_GIVE_UP_S = 2.0
"""After SIGKILL nothing more can be done: do not wait longer for the system to bury it."""
_COUNTDOWN_HZ = 10


class QuitScreen(ModalScreen[Ending | None]):
    """Dismissed with how the program was ended once it has ended, with None when the user stays."""

    CSS_PATH = "dialog.tcss"
    BINDING_GROUP_TITLE = "Quit"

    BINDINGS = [
        Binding(
            "t", "terminate", "Terminate", id="quit.terminate", tooltip="SIGTERM, and SIGKILL after a grace period"
        ),
        Binding("k", "kill", "Kill", id="quit.kill", tooltip="SIGKILL, at once"),
        Binding("escape,c", "cancel", "Cancel", id="quit.cancel", tooltip="Go on watching; nothing is killed later"),
        Binding("left", "app.focus_previous", "Previous", show=False),
        Binding("right", "app.focus_next", "Next", show=False),
    ]

    program: reactive[Program | None] = reactive(None, repaint=False)

    def __init__(self, session: Session, program: Program | None) -> None:
        super().__init__()
        self.set_reactive(QuitScreen.program, program)
        self._session = session
        self._ending: Ending | None = None
        self._deadline = math.inf

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Leave gctui"
            yield Label("", id="question", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Cancel (esc)", id="cancel", compact=True)
                yield Button("Terminate (t)", id="terminate", variant="warning", compact=True)
                yield Button("Kill (k)", id="kill", variant="error", compact=True)

    def on_mount(self) -> None:
        self.set_interval(1 / _COUNTDOWN_HZ, self._count_down)
        self.query_one("#terminate").focus()
        self._count_down()

    def on_resize(self) -> None:
        self.set_class(self._is_cramped(), "-cramped")
        self._count_down()

    def _is_cramped(self) -> bool:
        return self.size.width < 40 or self.size.height < 10

    def watch_program(self, program: Program | None) -> None:
        """The program may also end on its own while the dialog is open: then there is nothing left to ask."""
        if program is None or not self.is_mounted:
            return
        if program.state == "ended":
            self.dismiss(self._ending)
        else:
            self._describe(program)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        {"terminate": self.action_terminate, "kill": self.action_kill, "cancel": self.action_cancel}[
            event.button.id or "cancel"
        ]()

    def action_terminate(self) -> None:
        """SIGTERM; a stopped program is woken, or it would never notice."""
        if self._ending is not None:
            return
        self._ending = "terminated"
        self._deadline = time.monotonic() + GRACE_S
        self._session.signal(signal.SIGTERM)
        if self.program is not None and self.program.state == "stopped":
            self._session.signal(signal.SIGCONT)
        self._count_down()

    def action_kill(self) -> None:
        if self._ending == "killed":
            return
        self._ending = "killed"
        self._deadline = time.monotonic() + _GIVE_UP_S
        self._session.signal(signal.SIGKILL)
        self._count_down()

    def action_cancel(self) -> None:
        self.dismiss(None)

    def _count_down(self) -> None:
        if self.program is not None:
            self._describe(self.program)
        if time.monotonic() < self._deadline:
            return
        if self._ending == "terminated":
            self.action_kill()
        else:
            self.dismiss(self._ending)

    def _describe(self, program: Program) -> None:
        name = f"{sentences.command(program)} (pid {program.pid})"
        if self._ending == "killed":
            text = f"Killed {name}, waiting for it to go…"
        elif self._ending == "terminated":
            left = max(0, math.ceil(self._deadline - time.monotonic()))
            text = f"Sent SIGTERM to {name}. If it is still there it is killed in {left} s."
        elif self._is_cramped():
            text = "Leave? t terminate, k kill, esc cancel"
        else:
            text = f"{name} is {program.state}. Terminate it and leave, or go on watching?"
        label = self.query_one("#question", Label)
        if str(label.content) != text:
            label.update(text)
