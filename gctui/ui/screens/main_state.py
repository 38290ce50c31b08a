"""What the parts of the main screen share: the session, the newest snapshot, the sentence in the message line."""

from __future__ import annotations

from textual.reactive import reactive
from textual.screen import Screen

from gctui.monitor.model import Program, Snapshot
from gctui.monitor.session import Session
from gctui.monitor.tracing import TracingOptions
from gctui.ui.commands import Commands
from gctui.ui.messages import Note
from gctui.ui.orders import Orders

_GREETING = Note("? explains the focused pane, tab goes to the next one", "hint")


class MainState(Screen[None]):
    """State alone. What is done with it is in `MainCommands`, `MainDrilling` and `MainScreen`."""

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False, always_update=True)
    """What the panes show: the newest tick, or the one at which the display was frozen."""
    program: reactive[Program | None] = reactive(None, repaint=False)
    """The program as it is now, frozen display or not."""
    is_frozen: reactive[bool] = reactive(False, repaint=False)
    note: reactive[Note] = reactive(_GREETING, repaint=False)

    def __init__(self, session: Session, tracing: TracingOptions) -> None:
        super().__init__()
        self.session = session
        self.commands = Commands(session, tracing)
        self.orders = Orders(session)
        self.latest: Snapshot | None = None
        """The newest tick, frozen display or not."""

    @property
    def counted_objects(self) -> int | None:
        """As many as the last census counted; None before there was one."""
        return None

    @property
    def has_family(self) -> bool:
        """There is, or was, more than one Python process."""
        return self.latest is not None and self.latest.processes > 1

    def forget_process(self) -> None:
        """Another process is shown now: what is known of the one before is not about it."""
        self.commands.leave_waiting()

    def tick_now(self) -> None:
        """Take a new snapshot before its time has come."""
        raise NotImplementedError
