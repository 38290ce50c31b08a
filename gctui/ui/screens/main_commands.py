"""The keys of the main screen that order the program to do something."""

from __future__ import annotations

from functools import partial

from gctui.monitor import units
from gctui.monitor.collectors import words
from gctui.monitor.estimates import pause_estimate
from gctui.monitor.model import Snapshot
from gctui.monitor.relatives import Order
from gctui.monitor.settings import flags, numbers, on_off
from gctui.monitor.terminal_text import printable
from gctui.ui import sentences
from gctui.ui.messages import Note
from gctui.ui.order_sentences import cost_of_collecting, frozen_now, to_whom
from gctui.ui.renderables.outlook import after_freezing, when_off
from gctui.ui.screens.confirm import ConfirmScreen
from gctui.ui.screens.main_family import MainFamily
from gctui.ui.widgets.allocations import AllocationsPane


class MainCommands(MainFamily):
    """Each asks first where that is due, and says in the message line what was sent; the answer comes with a tick."""

    def action_collect(self, generation: int) -> None:
        if self.latest is None or self.ask_each(Order("collect", generation)):
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

    def on_allocations_pane_frames_wanted(self, message: AllocationsPane.FramesWanted) -> None:
        if self.latest is None:
            return
        then = self.commands.other_frames(self.latest, message.step)
        if isinstance(then, Note):
            self.note = then
            return

        def send(confirmed: bool | None) -> None:
            if confirmed:
                self.note = self.commands.trace(then)

        self.app.push_screen(ConfirmScreen(sentences.frames(then.frames), sentences.frames_question(then)), send)

    def action_burst(self) -> None:
        if self.latest is not None:
            self.note = self.commands.burst(self.latest)

    def action_mark(self) -> None:
        if self.latest is not None:
            self.note = self.commands.mark(self.latest)

    def _steerable(self) -> Snapshot | None:
        """The newest tick, where there is a collector that gctui can set; else the message line says why not."""
        latest = self.latest
        if latest is None or latest.settings is not None:
            return latest
        if latest.agent.interpreter:
            reason = "gctui only watches a subinterpreter: < and > show the main one"
        else:
            reason = printable(latest.agent.reason) or "the agent has not said its settings yet"
        self.note = Note(f"Nothing to set: {reason}", "warning")
        return None

    def action_enable(self) -> None:
        """Switch automatic collection off, or on again; of several processes off, where it is on in any."""
        chosen = self.chosen_processes()
        if chosen is not None:
            self.ask_each(Order("disable" if any(one.enabled for one in chosen) else "enable"))
            return
        latest = self._steerable()
        if latest is None or latest.settings is None:
            return
        wanted = not latest.settings.enabled
        text = f"switching automatic collection {on_off(wanted)}…"
        remark = "" if wanted else when_off(latest)
        self.note = self.commands.order(text, partial(self.session.set_enabled, wanted), remark)

    def action_thresholds(self) -> None:
        from gctui.ui.screens.thresholds import ThresholdsScreen

        def send(wanted: tuple[int, int, int] | None) -> None:
            if wanted is not None and chosen is not None:
                self.send_each(Order("thresholds", thresholds=wanted), chosen)
            elif wanted is not None:
                text = f"setting thresholds {numbers(wanted)}…"
                self.note = self.commands.order(text, partial(self.session.set_thresholds, wanted))

        chosen = self.chosen_processes()
        if chosen == ():
            self.say_nobody()
            return
        latest = self.latest if chosen is not None else self._steerable()
        if latest is not None:
            self.app.push_screen(ThresholdsScreen(latest, to_whom(chosen)), send)

    def action_freeze_heap(self) -> None:
        from gctui.ui.screens.freeze import FreezeScreen

        def send(collect_first: bool | None) -> None:
            if collect_first is not None and chosen is not None:
                self.send_each(Order("freeze", collect_first=collect_first), chosen)
            elif collect_first is not None:
                text = "collecting, then freezing…" if collect_first else "freezing…"
                self.note = self.commands.order(text, partial(self.session.freeze, collect_first))

        chosen = self.chosen_processes()
        if chosen is not None:
            if not chosen:
                self.say_nobody()
            else:
                self.app.push_screen(FreezeScreen(frozen_now(chosen), cost_of_collecting(chosen), ""), send)
            return
        latest = self._steerable()
        if latest is not None and latest.settings is not None:
            cost = pause_estimate(latest, 2)
            costs = "" if cost is None else f"Collecting stops the program for about {units.duration(cost)}."
            counts = f"{latest.settings.frozen:,} objects are frozen now"
            if self.counted_objects is not None:
                counts += f", {self.counted_objects:,} are looked at, as key i counted them last"
            counts += "."
            self.app.push_screen(FreezeScreen(counts, costs, after_freezing(latest)), send)

    def action_unfreeze_heap(self) -> None:
        if not self.ask_each(Order("unfreeze")) and self._steerable() is not None:
            self.note = self.commands.order("unfreezing…", self.session.unfreeze)

    def action_debug_flags(self) -> None:
        from gctui.ui.screens.debug_flags import DebugFlagsScreen

        def send(wanted: int | None) -> None:
            if wanted is not None:
                text = f"setting debug flags {flags(wanted)}…"
                self.note = self.commands.order(text, partial(self.session.set_debug_flags, wanted))

        latest = self._steerable()
        if latest is not None and latest.settings is not None:
            self.app.push_screen(DebugFlagsScreen(latest.settings.debug_flags), send)

    def action_restore(self) -> None:
        """Take back what gctui has set."""
        self.note = self.commands.restore()

    def action_record(self) -> None:
        self.session.record_again()
        self.note = Note("recording again…", "waiting")
