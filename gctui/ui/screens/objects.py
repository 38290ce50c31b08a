"""The program's objects by type, and the answer to "leak or not yet collected?"."""

from __future__ import annotations

from dataclasses import dataclass, field

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from gctui.monitor import units
from gctui.monitor.estimates import ASK_ABOVE_NS, census_estimate, pause_estimate
from gctui.monitor.model import Answer, Snapshot
from gctui.monitor.objects import Census, NotDone, TypeRow, matching_types, type_rows
from gctui.monitor.session import Session
from gctui.monitor.terminal_text import printable
from gctui.monitor.verdict import verdict
from gctui.ui.renderables.allocation_columns import count_growth_text, growth_text, growth_tone
from gctui.ui.renderables.columns import Column
from gctui.ui.renderables.shortened import cut_end
from gctui.ui.screens.confirm import ConfirmScreen
from gctui.ui.screens.filtered import FilteredScreen
from gctui.ui.widgets.filter_bar import FilterBar
from gctui.ui.widgets.heading import Heading
from gctui.ui.widgets.key_line import KeyLine
from gctui.ui.widgets.table import Table

COLUMNS: tuple[Column[TypeRow], ...] = (
    Column("size", "size", "shallow size of all, in bytes", lambda row, _: units.size(row.type.size), width=9,
           value=lambda row: row.type.size),
    Column("growth", "growth", "bytes more than at the mark", lambda row, _: growth_text(row.size_growth), width=10,
           shown_from=50, value=lambda row: row.size_growth or 0, tone=lambda row: growth_tone(row.size_growth)),
    Column("count", "objects", "live objects", lambda row, _: f"{row.type.count:,}", width=11,
           value=lambda row: row.type.count),
    Column("count_growth", "+objects", "objects more than at the mark",
           lambda row, _: count_growth_text(row.count_growth), width=8, shown_from=66,
           value=lambda row: row.count_growth or 0, tone=lambda row: growth_tone(row.count_growth)),
    Column("type", "type", "module and name", lambda row, width: cut_end(printable(row.type.full_name), width),
           left=True, ascending=True, value=lambda row: row.type.full_name),
)  # fmt: skip


@dataclass
class ObjectsMemory:
    """What outlives the screen."""

    census: Census | None = None
    before: Census | None = None
    """The one before it."""
    mark: Census | None = None

    @property
    def since(self) -> Census | None:
        return self.mark if self.mark is not None else self.before

    def take(self, census: Census) -> None:
        self.before, self.census = self.census, census


@dataclass
class _Trial:
    """A verdict on its way: the commands by id, what they brought, and what tracemalloc had at first."""

    first: int
    collection: int
    second: int
    traced: int
    before: Census | None = None
    collected: Answer | None = None
    answers: dict[int, Census] = field(default_factory=dict)


class ObjectsScreen(FilteredScreen):
    """A census is taken when it is opened for the first time, and then when asked for."""

    CSS_PATH = "objects.tcss"
    BINDING_GROUP_TITLE = "Objects"
    FILTERED, FILTER_TITLE, FILTER_HINT = "#types", "Objects", "words in the name, !word leaves out"
    AUTO_FOCUS = "#types"

    BINDINGS = [
        Binding("escape", "back", "Back", id="objects.back", tooltip="Clear the filter, or back to the main screen"),
        Binding("c", "census", "Census", id="objects.census", tooltip="Count all objects again"),
        Binding("v", "verdict", "Leak?", id="objects.verdict", tooltip="Leak or not yet collected? Collects to see"),
        Binding("m", "mark", "Mark", id="objects.mark", tooltip="Show growth since this census"),
        Binding("slash,f4", "filter", "Filter", id="objects.filter", tooltip="Filter by words"),
        Binding("question_mark,h,f1", "help", "Help", id="objects.help", tooltip="Explain this screen and its keys"),
    ]

    def __init__(self, session: Session, memory: ObjectsMemory, snapshot: Snapshot) -> None:
        super().__init__()
        self._session, self._memory, self._latest = session, memory, snapshot
        self._waiting = 0
        self._trial: _Trial | None = None
        self._state = ""

    def compose(self) -> ComposeResult:
        yield Heading()
        yield Table(COLUMNS, lambda row: (row.type.id, row.type.full_name), sort_key="size", id="types")
        yield Static(id="verdict", markup=False)
        yield FilterBar()
        yield KeyLine()

    def on_mount(self) -> None:
        self._show()
        if self._memory.census is None:
            self.action_census()

    # -- asking

    @property
    def _is_over(self) -> bool:
        return self._latest.program.state == "ended"

    @property
    def _traced(self) -> int:
        """Bytes that tracemalloc has; 0 where it has but samples, which are no measure of the whole."""
        gauges = self._latest.gauges
        return gauges.traced if gauges is not None and not gauges.sample_bytes else 0

    def _ask(self, title: str, nanoseconds: int | None, what: str, go: str) -> None:
        """Do it, after a question where it stops the program for long or nobody knows for how long."""
        if self._is_over:
            self._say("The program has ended: its objects cannot be counted any more.")
            return
        if self._waiting or self._trial is not None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.call_later(getattr(self, go))
            else:
                self._say("Not counted: press c to take a census.")

        if nanoseconds is not None and nanoseconds <= ASK_ABOVE_NS:
            answered(True)
            return
        how_long = (
            f"for about {units.duration(nanoseconds)}" if nanoseconds is not None else "for nobody knows how long"
        )
        self.app.push_screen(ConfirmScreen(title, f"{what} will stop the program {how_long}. Go on?"), answered)

    def action_census(self) -> None:
        estimate = census_estimate(self._latest, self._memory.census)
        self._ask("Census", estimate, "Counting all objects", "_begin_census")

    def _begin_census(self) -> None:
        self._waiting = self._session.count_objects()
        self._say("Counting all objects…")

    def action_verdict(self) -> None:
        one, pause = census_estimate(self._latest, self._memory.census), pause_estimate(self._latest, 2)
        estimate = None if one is None else 2 * one + (pause or 0)
        self._ask("Leak or not?", estimate, "Two censuses and a full collection", "_begin_verdict")

    def _begin_verdict(self) -> None:
        session = self._session
        first, collection, second = session.count_objects(), session.collect(2), session.count_objects()
        self._trial = _Trial(first, collection, second, self._traced)
        self._say("Counting, collecting, counting again…")

    def action_mark(self) -> None:
        if self._memory.census is not None:
            self._memory.mark = self._memory.census
            self._show()

    # -- answers

    def follow(self, snapshot: Snapshot) -> None:
        self._latest = snapshot
        for answer in snapshot.answers:
            if self._trial is not None and answer.command == self._trial.collection:
                self._trial.collected = answer
        for read in snapshot.objects:
            if isinstance(read, Census | NotDone):
                self._take(read)
        self._conclude()

    def _take(self, read: Census | NotDone) -> None:
        trial = self._trial
        if trial is not None and read.command in (trial.first, trial.second):
            if isinstance(read, NotDone):
                self._trial = None
                self._say(f"No verdict: {printable(read.error)}.")
            else:
                trial.answers[read.command] = read
        elif read.command == self._waiting:
            self._waiting = 0
            if isinstance(read, NotDone):
                self._say(f"No census: {printable(read.error)}.")
            else:
                self._memory.take(read)
                self._state = ""
                self._show()

    def _conclude(self) -> None:
        trial = self._trial
        if trial is None or trial.collected is None or len(trial.answers) < 2:
            return
        self._trial = None
        before, after = trial.answers[trial.first], trial.answers[trial.second]
        if trial.collected.error:
            self._say(f"No verdict: {printable(trial.collected.error)}.")
            return
        traced = (trial.traced, self._traced)
        since = self._memory.since if self._memory.since is not None else self._memory.census
        found = verdict(since, before, after, trial.collected, traced)
        self._memory.take(after)
        self._state = ""
        shown = self.query_one("#verdict", Static)
        shown.update(found.text)
        shown.set_class(True, "-shown")
        self._show()

    # -- showing

    def _say(self, state: str) -> None:
        self._state = state
        self._show()

    def _show(self) -> None:
        census = self._memory.census
        table = self.query_one("#types", Table)
        rows = type_rows(census, self._memory.since) if census is not None else ()
        table.say_if_empty("No type matches the filter." if rows else self._state or "No census yet: press c.")
        table.set_rows(matching_types(rows, self.filter_text))
        first = ["Objects by type"]
        if census is not None:
            taken = units.clock(max(0, census.taken_ns - self._latest.program.started_ns) / 1e9)
            first = [
                f"{census.count:,} objects, {units.size(census.size)}",
                f"as of {taken}",
                f"stall {units.duration(census.stall_ns)}",
                f"{len(census.types) + census.others[0]:,} types",
            ]
        since = "since the mark" if self._memory.mark is not None else "since the census before"
        growth = f"growth {since}" if self._memory.since is not None else "m sets the mark that growth is measured from"
        self.query_one(Heading).say(first, [self._state or growth])

    @on(Table.Selected, "#types")
    def _open(self, message: Table.Selected) -> None:
        from gctui.ui.screens.instances import InstancesScreen

        self.app.push_screen(InstancesScreen(self._session, message.row.type, self._latest))

    # -- filter

    def show_filtered(self) -> None:
        self._show()
