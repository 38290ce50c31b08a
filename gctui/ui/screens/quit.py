"""Leaving while the program runs: terminate it, kill it, or stay."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable
from typing import Literal

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Label

from gctui.monitor.model import Snapshot
from gctui.monitor.session import Session
from gctui.monitor.settings import differences, to_restore
from gctui.ui import sentences
from gctui.ui.screens.following import FollowingDialog

Ending = Literal["terminated", "killed"]

GRACE_S = 5.0
"""A program that was asked to terminate is killed when it is still there after so many seconds."""
_GIVE_UP_S = 2.0
"""After SIGKILL nothing more can be done: do not wait longer for the system to bury it."""
_COUNTDOWN_HZ = 10


class QuitScreen(FollowingDialog[Ending | None]):
    """Dismissed with how the program was ended once it has ended, with None when the user stays."""

    BINDING_GROUP_TITLE = "Quit"

    BINDINGS = [
        Binding(
            "t", "terminate", "Terminate", id="quit.terminate", tooltip="SIGTERM, and SIGKILL after a grace period"
        ),
        Binding("k", "kill", "Kill", id="quit.kill", tooltip="SIGKILL, at once"),
        Binding("r", "restore", "Restore", id="quit.restore", tooltip="Take back what gctui has set of the collector"),
        Binding("escape,c", "cancel", "Cancel", id="quit.cancel", tooltip="Go on watching; nothing is killed later"),
        Binding("left", "app.focus_previous", "Previous", show=False),
        Binding("right", "app.focus_next", "Next", show=False),
    ]

    def __init__(self, session: Session, snapshot: Snapshot, restore: Callable[[], None]) -> None:
        """`restore` takes back what gctui has set of the collector."""
        super().__init__()
        self._session, self._snapshot, self._restore = session, snapshot, restore
        self._ending: Ending | None = None
        self._deadline = math.inf

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Leave gctui"
            yield Label("", id="question", markup=False)
            yield Label("", id="settings", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Restore (r)", id="restore", compact=True)
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
        return self.size.width < 50 or self.size.height < 10

    def follow(self, snapshot: Snapshot) -> None:
        """The program may also end on its own while the dialog is open: then there is nothing left to ask."""
        self._snapshot = snapshot
        if snapshot.program.state == "ended":
            self.dismiss(self._ending)
        else:
            self._describe()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        {
            "restore": self.action_restore,
            "terminate": self.action_terminate,
            "kill": self.action_kill,
            "cancel": self.action_cancel,
        }[event.button.id or "cancel"]()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self._changed) if action == "restore" else True

    def action_restore(self) -> None:
        """For a program that goes on; the question stays."""
        self._restore()

    def action_terminate(self) -> None:
        """SIGTERM; a stopped program is woken, or it would never notice."""
        if self._ending is not None:
            return
        self._ending = "terminated"
        self._deadline = time.monotonic() + GRACE_S
        self._session.signal(signal.SIGTERM)
        if self._snapshot.program.state == "stopped":
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
        self._describe()
        if time.monotonic() < self._deadline:
            return
        if self._ending == "terminated":
            self.action_kill()
        else:
            self.dismiss(self._ending)

    @property
    def _changed(self) -> tuple[str, ...]:
        """What is not as it would be without gctui, in words."""
        now, wanted = self._snapshot.settings, self._snapshot.settings_without_gctui
        here = differences(wanted, now) if now and wanted and to_restore(now, wanted) else ()
        number = self._snapshot.set_elsewhere
        others = f"the settings of {number} other process" + "es" * (number > 1)
        return (*here, others) if number else here

    def _describe(self) -> None:
        program = self._snapshot.program
        name = f"{sentences.command(program.argv)} (pid {program.pid})"
        if self._ending == "killed":
            text = f"Killed {name}, waiting for it to go…"
        elif self._ending == "terminated":
            left = max(0, math.ceil(self._deadline - time.monotonic()))
            text = f"Sent SIGTERM to {name}. If it is still there it is killed in {left} s."
        elif self._is_cramped():
            text = "Leave? t terminate, k kill, esc cancel" + ", r restore" * bool(self._changed)
        else:
            text = f"{name} is {program.state}. Terminate it and leave, or go on watching?"
        changed = "; ".join(self._changed)
        if changed:
            changed = f"gctui has changed: {changed}. To go on as it was: restore."
        self.say("#question", text)
        self.say("#settings", changed)
        self.set_class(not changed, "-unchanged")
