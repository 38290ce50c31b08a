"""The main screen: it owns the state, ticks the session, hands snapshots down and turns keys into commands."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer
from textual.widgets import Static

from gctui.monitor.model import Program, Snapshot
from gctui.monitor.places import start_folder
from gctui.monitor.session import Session
from gctui.monitor.terminal_text import printable
from gctui.monitor.tracing import TracingOptions
from gctui.ui import sentences
from gctui.ui.advising import Advising
from gctui.ui.arrangement import CLASSES, ORDER, PaneName, Wishes, arrange, too_small
from gctui.ui.messages import Note
from gctui.ui.rates import Direction, next_rate
from gctui.ui.screens.following import Follower
from gctui.ui.screens.main_commands import MainCommands
from gctui.ui.screens.main_drilling import MainDrilling
from gctui.ui.screens.main_keys import BINDINGS, NEEDING_THE_PROGRAM
from gctui.ui.screens.quit import Ending, QuitScreen
from gctui.ui.widgets.allocations import AllocationsPane
from gctui.ui.widgets.collection_log import CollectionLogPane
from gctui.ui.widgets.filter_bar import FilterBar
from gctui.ui.widgets.generations import GenerationsPane
from gctui.ui.widgets.header import Alert, Header
from gctui.ui.widgets.key_line import KeyLine
from gctui.ui.widgets.message_line import MessageLine
from gctui.ui.widgets.output import OutputPane
from gctui.ui.widgets.pane import Pane
from gctui.ui.widgets.processes import ProcessesPane
from gctui.ui.widgets.timeline import TimelinePane


def _is_recording(snapshot: Snapshot) -> bool:
    return snapshot.gauges is None or snapshot.gauges.recording


class MainScreen(MainCommands, MainDrilling):
    """Data goes down by `data_bind`, messages come up; no pane knows another one."""

    CSS_PATH = "main.tcss"
    BINDING_GROUP_TITLE = "Main screen"
    BINDINGS = BINDINGS
    AUTO_FOCUS = ""

    def __init__(self, session: Session, *, rate_hz: float, tracing: TracingOptions) -> None:
        super().__init__(session, tracing)
        self._rate_hz = rate_hz
        self._timer: Timer | None = None
        self._notices: tuple[str, ...] = ()
        self._advising = Advising()
        self._offered = (False, False, True)
        self._focused_pane: PaneName = "allocations"
        self._is_zoomed = False
        self._alert_height = 0
        self._wishes = Wishes(processes=None)
        self._wants_allocations = False

    # -- composing and arranging

    def compose(self) -> ComposeResult:
        yield Static(id="too-small", markup=False)
        yield Header().data_bind(MainScreen.snapshot, MainScreen.is_frozen)
        yield Alert().data_bind(MainScreen.snapshot)
        yield ProcessesPane(id="processes").data_bind(MainScreen.snapshot)
        with Container(id="body"):
            yield GenerationsPane(id="generations").data_bind(MainScreen.snapshot)
            yield TimelinePane(id="timeline").data_bind(MainScreen.snapshot)
            yield CollectionLogPane(id="log").data_bind(MainScreen.snapshot)
            yield AllocationsPane(directory=start_folder(), id="allocations").data_bind(MainScreen.snapshot)
        yield OutputPane(self.session, id="output").data_bind(MainScreen.snapshot)
        yield MessageLine().data_bind(MainScreen.note)
        yield FilterBar()
        yield KeyLine()

    def on_mount(self) -> None:
        self._set_timer()
        self.tick_now()

    def on_resize(self) -> None:
        self._arrange()

    def _pane(self, name: PaneName) -> Pane:
        return self.query_one(f"#{name}", Pane)

    def _arrange(self) -> None:
        """Show the panes that belong on a window of this size, and keep the focus on one of them."""
        width, height = self.size
        wishes = Wishes(
            output=self._wishes.output if self.session.has_terminal else False,
            processes=self._wishes.processes if self.has_family else False,
        )
        arrangement = arrange(self.size, self._alert_height, wishes, self._focused_pane, self._is_zoomed)
        for name in CLASSES:
            self.set_class(name in arrangement.classes, name)
        self.set_class(arrangement.panes <= {"output", "processes"}, "-no-body")
        self._pane("output").styles.height = arrangement.output_lines or "1fr"
        self._pane("processes").styles.height = arrangement.process_lines or "1fr"
        for pane in ORDER:
            self._pane(pane).display = pane in arrangement.panes
        self.query_one("#too-small", Static).update(too_small(width, height))
        if arrangement.panes and self._focused_pane not in arrangement.panes:
            self._focused_pane = next(name for name in ORDER if name in arrangement.panes)
        if arrangement.panes and not self.query_one(FilterBar).has_focus_within:
            self.set_focus(self._pane(self._focused_pane))
        self._want_allocations("allocations" in arrangement.panes)
        self.want_relatives("processes" in arrangement.panes)

    def on_alert_changed(self, message: Alert.Changed) -> None:
        """A warning takes lines from the panes; what is left may not do for all of them."""
        self._alert_height = message.height
        self._arrange()

    def _want_allocations(self, wanted: bool) -> None:
        """A hidden pane costs the program nothing."""
        if wanted != self._wants_allocations:
            self._wants_allocations = wanted
            self.session.want_allocations(wanted)

    def on_descendant_focus(self) -> None:
        if isinstance(self.focused, Pane) and self.focused.id in ORDER:
            self._focused_pane = self.focused.id
            self.query_one(FilterBar).close()

    # -- ticking

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_interval(1 / self._rate_hz, self.tick_now)

    def tick_now(self) -> None:
        """Fold in what has come. Answers are followed and the program's end is noticed behind a frozen display too."""
        before, latest = self.latest, self.session.tick()
        self.latest, self.program = latest, latest.program
        if before is not None and before.agent.pid != latest.agent.pid:
            self._advising = Advising()
            self.forget_process()
        if not self.is_frozen:
            self.snapshot = latest
        if (offered := (self.has_family, len(latest.interpreters) > 1, _is_recording(latest))) != self._offered:
            had_family, self._offered = self._offered[0], offered
            self.refresh_bindings()
            if self.has_family != had_family:
                self._arrange()
                self.note = Note("There are several processes: f8 lists them, < and > show another", "hint")
        if latest.notices != self._notices:
            self._notices = latest.notices
            if latest.notices:
                self.note = Note(printable(latest.notices[-1]), "warning")
        for screen in self.app.screen_stack:
            if isinstance(screen, Follower):
                screen.follow(latest)
        for note in (
            self._advising.follow(latest, self.note),
            self.commands.follow(latest),
            self.orders.follow(latest),
        ):
            if note is not None:
                self.note = note

    # -- the display

    def action_freeze(self) -> None:
        """Stop handing snapshots down, or catch up with what came meanwhile."""
        self.is_frozen = not self.is_frozen
        if self.is_frozen:
            self.note = Note("Display frozen, data collection goes on; space shows the present again", "hint")
        else:
            self.snapshot = self.latest
            self.note = Note("Display follows the program again", "hint")

    def action_rate(self, direction: Direction) -> None:
        self._rate_hz = next_rate(self._rate_hz, direction)
        self.session.set_rate(self._rate_hz)
        self._set_timer()
        self.note = Note(f"Display rate {self._rate_hz:g} Hz")

    def action_zoom(self) -> None:
        self._is_zoomed = not self._is_zoomed
        self._arrange()
        self.refresh_bindings()

    def action_toggle_pane(self, name: PaneName) -> None:
        """Show a pane that is not always there and go to it; from there, back to how it was."""
        pane = self._pane(name)
        if pane.display and pane.has_focus:
            self._wishes, self._is_zoomed = self._wishes.wanting(name, False), False
            self._arrange()
        else:
            self.action_focus_pane(name)

    def action_next_pane(self, step: int) -> None:
        """Go round the panes in view; when one fills the screen, round all of them."""
        is_there = {"output": self.session.has_terminal, "processes": self.has_family}
        names = [name for name in ORDER if is_there.get(name, True)]
        in_view = [name for name in names if self._pane(name).display]
        names = in_view if len(in_view) > 1 else names
        place = names.index(self._focused_pane) if self._focused_pane in names else 0
        self.action_focus_pane(names[(place + step) % len(names)])

    def action_focus_pane(self, name: PaneName) -> None:
        self._focused_pane = name
        self._wishes = self._wishes.wanting(name, True)
        self._arrange()
        self.set_focus(self._pane(name))

    # -- filter and help

    def action_filter(self) -> None:
        pane = self._pane(self._focused_pane)
        self.query_one(FilterBar).open(str(pane.BINDING_GROUP_TITLE or pane.id), pane.filter_text, pane.filter_hint)

    def on_filter_bar_changed(self, message: FilterBar.Changed) -> None:
        pane = self._pane(self._focused_pane)
        problem = pane.filter_problem(message.text)
        self.query_one(FilterBar).show_problem(problem)
        if not problem:
            pane.filter_text = message.text

    def on_filter_bar_closed(self, message: FilterBar.Closed) -> None:
        pane = self._pane(self._focused_pane)
        if not message.keep:
            pane.filter_text = ""
        self.query_one(FilterBar).close()
        self.set_focus(pane)

    def action_back(self) -> None:
        """One step back: the filter goes first, then the pane that fills the screen."""
        pane = self._pane(self._focused_pane)
        if pane.filter_text:
            pane.filter_text = ""
        elif self._is_zoomed:
            self.action_zoom()

    def action_help(self) -> None:
        from gctui.ui.screens.help import HelpScreen, key_help  # not before the first screen is up

        pane = self._pane(self._focused_pane)
        title = str(pane.BINDING_GROUP_TITLE or pane.id)
        keys = key_help(self.active_bindings.values(), self.app)
        self.app.push_screen(HelpScreen(title, pane.HELP or "", keys, self._notices))

    @property
    def _is_running(self) -> bool:
        return self.program is None or self.program.state != "ended"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be done now is not offered."""
        if not self.is_mounted:
            return True
        if getattr(self.focused, "is_typing", False):
            return False
        latest = self.latest
        if action in NEEDING_THE_PROGRAM:
            return self._is_running
        if action == "filter":
            return self._pane(self._focused_pane).filterable and not self.query_one(FilterBar).is_open
        if action == "record":
            return self._is_running and latest is not None and not _is_recording(latest)
        if action == "process":
            return self.has_family or (latest is not None and len(latest.interpreters) > 1)
        if action in ("focus_pane", "toggle_pane") and parameters[0] in ("output", "processes"):
            return self.session.has_terminal if parameters[0] == "output" else self.has_family
        return True

    # -- leaving

    def leave(self) -> None:
        """Out at once when the program has ended, else ask what shall become of it."""
        if self.program is not None and self.program.state == "ended":
            self.app.exit("ended")
            return

        def left(ending: Ending | None) -> None:
            if ending is not None:
                self.app.exit(ending)

        if self.latest is not None:
            self.app.push_screen(QuitScreen(self.session, self.latest, self.action_restore), left)

    def watch_program(self, before: Program | None, program: Program | None) -> None:
        if program is not None and program.state == "ended" and (before is None or before.state != "ended"):
            self.refresh_bindings()
            output = "o shows its output, " if self.session.has_terminal else ""
            self.note = Note(f"Program {sentences.state(program)}: {output}q leaves")
