"""The keys of the main screen that order the program to do something."""

from __future__ import annotations

from gctui.monitor.collectors import words
from gctui.ui.messages import Note
from gctui.ui.screens.confirm import ConfirmScreen
from gctui.ui.screens.main_state import MainState


class MainCommands(MainState):
    """Each asks first where that is due, and says in the message line what was sent; the answer comes with a tick."""

    def action_collect(self, generation: int) -> None:
        if self.latest is None:
            return
        latest = self.latest
        question = self.commands.question(latest, generation)

        def send(confirmed: bool | None) -> None:
            if confirmed:
                self.note = self.commands.collect(latest, generation)

        if question:
            title = f"Collect {words(latest.agent.collector).names[generation]}"
            self.app.push_screen(ConfirmScreen(title, question), send)
        else:
            send(True)

    def action_trace(self) -> None:
        if self.latest is not None:
            self.note = self.commands.next_tracing(self.latest)

    def action_burst(self) -> None:
        if self.latest is not None:
            self.note = self.commands.burst(self.latest)

    def action_mark(self) -> None:
        if self.latest is not None:
            self.note = self.commands.mark(self.latest)

    def action_record(self) -> None:
        self.session.record_again()
        self.note = Note("recording again…", "waiting")
