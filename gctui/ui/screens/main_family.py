"""The main screen and the family of processes: which one it shows, and orders to several of them."""

from __future__ import annotations

from textual import on

from gctui.monitor.relatives import Order, Relative, Relatives
from gctui.monitor.session import Session
from gctui.monitor.tracing import TracingOptions
from gctui.ui import order_sentences, sentences
from gctui.ui.messages import Note
from gctui.ui.screens.confirm import ConfirmScreen
from gctui.ui.screens.main_state import MainState
from gctui.ui.widgets.processes import ProcessesPane
from gctui.ui.widgets.table import Table


class MainFamily(MainState):
    """One process is shown in all panes but that of the processes; orders go there, unless others were chosen."""

    def __init__(self, session: Session, tracing: TracingOptions) -> None:
        super().__init__(session, tracing)
        self._wants_relatives = False

    def want_relatives(self, wanted: bool) -> None:
        """A hidden pane costs nothing."""
        if wanted != self._wants_relatives:
            self._wants_relatives = wanted
            self.session.want_relatives(wanted)

    # -- which process is shown

    @on(Table.Selected, "#processes")
    def show_selected(self, message: Table.Selected) -> None:
        one: Relative = message.row.one
        if message.row.is_all:
            self.note = Note("This line adds up: enter on a process shows it in the other panes", "hint")
        elif not one.key:
            self.note = Note(f"Process {one.pid} is no Python: there is nothing to show of it", "warning")
        else:
            self._show(one)
            self._go_to_interpreter(message.row.interpreter)

    def action_process(self, step: int) -> None:
        """Go on to the next interpreter of the process shown; after the last, to the next process that lives."""
        latest = self.latest
        if latest is None:
            return
        numbers = latest.interpreters
        place = numbers.index(latest.agent.interpreter) + step if latest.agent.interpreter in numbers else -1
        if not self.has_family or 0 <= place < len(numbers):
            self.session.show_interpreter(step)
            self.tick_now()
            return
        ways = [one for one in self._relatives().rows if one.key and (one.state != "ended" or one.is_shown)]
        pane = self.query_one(ProcessesPane)
        if pane.display:  # in the order in which they stand there
            shown = {line.key: at for at, line in enumerate(pane.rows)}
            ways = sorted((one for one in ways if one.key in shown), key=lambda one: shown[one.key]) or ways
        if ways:
            at = next((number for number, one in enumerate(ways) if one.is_shown), -step if step > 0 else 0)
            self._show(ways[(at + step) % len(ways)])
            numbers = self.latest.interpreters if self.latest is not None else ()
            self._go_to_interpreter((numbers or (0,))[0 if step > 0 else -1])

    def _show(self, one: Relative) -> None:
        self.session.show_process(one.key)
        self.tick_now()
        what = f"Process {one.pid} is shown: {sentences.short_command(one.argv)}"
        self.note = Note(f"{what}; the display is frozen, space lets it follow" if self.is_frozen else what)

    def _go_to_interpreter(self, number: int) -> None:
        """Of the process that is shown."""
        latest = self.latest
        if latest is not None and number in latest.interpreters and latest.agent.interpreter != number:
            numbers = latest.interpreters
            self.session.show_interpreter(numbers.index(number) - numbers.index(latest.agent.interpreter))
            self.tick_now()

    def _relatives(self) -> Relatives:
        """As of now, also where the pane of the processes is hidden."""
        if self.latest is None or self.latest.relatives is None:
            self.session.want_relatives(True)
            self.tick_now()
            self.session.want_relatives(self._wants_relatives)
        found = self.latest.relatives if self.latest is not None else None
        return found if found is not None else Relatives()

    # -- orders to several

    def chosen_processes(self) -> tuple[Relative, ...] | None:
        """Those that an order goes to, of those chosen in their pane; None: the process that is shown."""
        chosen = self._chosen()
        return None if chosen is None else tuple(one for one in chosen if one.speaks)

    def _chosen(self) -> tuple[Relative, ...] | None:
        pane = self.query_one(ProcessesPane)
        return pane.chosen() if pane.has_focus else None

    def say_nobody(self) -> None:
        self.note = Note("None of these processes takes orders: no agent answers there", "warning")

    def ask_each(self, order: Order) -> bool:
        """Ask whether the chosen processes shall all do it. False: none are chosen, it is for the one shown."""
        everyone, chosen = self._chosen(), self.chosen_processes()
        if everyone is None or chosen is None:
            return False
        if not chosen:
            self.say_nobody()
            return True

        def send(confirmed: bool | None) -> None:
            if confirmed:
                self.send_each(order, chosen)

        question = order_sentences.question(order, chosen, len(everyone) - len(chosen))
        self.app.push_screen(ConfirmScreen(order_sentences.title(order), question), send)
        return True

    def send_each(self, order: Order, chosen: tuple[Relative, ...]) -> None:
        from gctui.ui.screens.round import RoundScreen  # not before it is needed

        number = self.orders.send(order, chosen)
        self.tick_now()
        if self.latest is not None:
            self.app.push_screen(RoundScreen(number, order, self.latest))
