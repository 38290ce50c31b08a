"""The cycle probe: what the program's garbage is, by type, with a loop and the place of allocation of each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from gctui.monitor import units
from gctui.monitor.cycles import Cycles, GarbageType, loop_text, why_stuck
from gctui.monitor.estimates import probe_estimate
from gctui.monitor.model import Snapshot
from gctui.monitor.objects import NotDone
from gctui.monitor.places import start_folder
from gctui.monitor.session import Session
from gctui.monitor.source_text import SourceReader
from gctui.monitor.terminal_text import printable
from gctui.ui.renderables.columns import Column
from gctui.ui.renderables.shortened import chain, cut_start
from gctui.ui.screens.confirm import ConfirmScreen
from gctui.ui.screens.following import Following
from gctui.ui.widgets.frames import FramesView
from gctui.ui.widgets.key_line import KeyLine
from gctui.ui.widgets.loop import LoopView
from gctui.ui.widgets.table import Table

AROUND = 1
"""Source lines before and after that of a frame."""
NOT_PROBED = "Not probed yet: press c."


@dataclass(frozen=True, slots=True)
class GarbageRow:
    """A type, and which part of all garbage it is."""

    type: GarbageType
    share: float
    """Of the bytes, 0 to 1."""


COLUMNS: tuple[Column[GarbageRow], ...] = (
    Column("count", "objects", "objects of exactly this type", lambda row, _: f"{row.type.count:,}", width=9,
           value=lambda row: row.type.count),
    Column("size", "size", "their shallow size, in bytes", lambda row, _: units.size(row.type.size), width=8,
           value=lambda row: row.type.size),
    Column("share", "share", "of the bytes of all garbage", lambda row, _: units.percent(row.share), width=6,
           value=lambda row: row.share, shown_from=60),
    Column("type", "type", "module and name", lambda row, width: cut_start(printable(row.type.full_name), width),
           left=True, ascending=True, value=lambda row: row.type.full_name, width=24),
    Column("site", "allocated at", "where most of those were allocated that are known; most recent call first",
           lambda row, width: chain(row.type.frames, width, "") if row.type.frames else "–", left=True, shown_from=60),
)  # fmt: skip


@dataclass
class CyclesMemory:
    """What outlives the screen."""

    cycles: Cycles | None = None


class CyclesScreen(Following):
    """Asks for a probe when it is opened for the first time, and then when told to."""

    CSS_PATH = "cycles.tcss"
    BINDING_GROUP_TITLE = "Cycle probe"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]
    AUTO_FOCUS = "#types"

    BINDINGS = [
        Binding("escape", "back", "Back", id="cycles.back", tooltip="Back to the loop, or to the main screen"),
        Binding("c", "probe", "Probe", id="cycles.probe", tooltip="Probe again: two full collections"),
        Binding("tab", "app.focus_next", "Next list", id="cycles.list", tooltip="Go to the next list"),
        Binding("question_mark,h,f1", "help", "Help", id="cycles.help", tooltip="Explain this screen and its keys"),
    ]

    def __init__(self, session: Session, memory: CyclesMemory, snapshot: Snapshot) -> None:
        super().__init__()
        self._session, self._memory, self._latest = session, memory, snapshot
        self._waiting = 0
        self._state = ""

    def compose(self) -> ComposeResult:
        yield Static(id="heading", markup=False)
        yield Table(COLUMNS, lambda row: row.type.full_name, sort_key="size", empty=NOT_PROBED, id="types")
        with Container(id="detail"):
            yield LoopView(id="loop")
            yield FramesView(id="frames")
        yield Static(id="stuck", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self._show()
        if self._memory.cycles is None:
            self.action_probe()

    # -- asking

    def action_probe(self) -> None:
        """Always after a question: finalizers run."""
        if self._latest.program.state == "ended":
            self._say("The program has ended: its garbage cannot be looked at any more.")
            return
        if self._waiting:
            return
        if self._latest.agent.interpreter:
            self._waiting = self._session.probe_cycles()  # which costs nothing there: the answer says why
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._waiting = self._session.probe_cycles()
                self._say("Probing: two full collections, and a look at the garbage between them…")
            elif self._memory.cycles is None:
                self._say("Not probed: press c to do it.")

        estimate = probe_estimate(self._latest, self._memory.cycles)
        how_long = f"for about {units.duration(estimate)}" if estimate is not None else "for nobody knows how long"
        question = (
            f"Two full collections will stop the program {how_long} in all. The first runs the finalizers and weak "
            "reference callbacks of the garbage, as every collection does; the second frees the garbage. Probe?"
        )
        self.app.push_screen(ConfirmScreen("Cycle probe", question), answered)

    def follow(self, snapshot: Snapshot) -> None:
        self._latest = snapshot
        for read in snapshot.objects:
            if read.command == self._waiting and isinstance(read, Cycles | NotDone):
                self._waiting = 0
                if isinstance(read, NotDone):
                    self._say(f"No probe: {printable(read.error)}.")
                else:
                    self._memory.cycles = read
                    self._say("")

    # -- showing

    def _say(self, state: str) -> None:
        self._state = state
        self._show()

    def _show(self) -> None:
        cycles = self._memory.cycles
        table = self.query_one("#types", Table)
        nothing = "No garbage: nothing unreachable was found." if cycles is not None else NOT_PROBED
        table.say_if_empty(self._state or nothing)
        total = cycles.size if cycles is not None else 0
        types = cycles.types if cycles is not None else ()
        table.set_rows([GarbageRow(one, one.size / total if total else 0.0) for one in types])
        self.query_one("#heading", Static).update(self._heading())
        stuck = self.query_one("#stuck", Static)
        stuck.update(_stuck_text(cycles) if cycles is not None else "")
        stuck.display = cycles is not None and bool(cycles.stuck)
        if not types:
            self._show_type(None)

    def _heading(self) -> str:
        cycles = self._memory.cycles
        if cycles is None:
            return f"Cycle probe: what is the garbage?\n{self._state or NOT_PROBED}"
        taken = units.clock(max(0, cycles.taken_ns - self._latest.program.started_ns) / 1e9)
        first = f"Garbage at {taken}: {cycles.count:,} objects, {units.size(cycles.size)}, "
        first += f"{len(cycles.types) + cycles.others[0]:,} types · {_what_became(cycles)}"
        longest = max(cycles.stalls_ns)
        second = f"stopped for {' and '.join(map(units.duration, cycles.stalls_ns))}, longest {units.duration(longest)}"
        second += f" · {units.duration(cycles.work_ns)} in all"
        return f"{first}\n{self._state or second}"

    @on(Table.Highlighted, "#types")
    def _show_highlighted(self, message: Table.Highlighted) -> None:
        self._show_type(message.row.type if message.row is not None else None)

    def _show_type(self, one: GarbageType | None) -> None:
        loop, frames = self.query_one(LoopView), self.query_one(FramesView)
        loop.show(one.loop if one is not None else (), _why_no_loop(one) if one is not None else "")
        named = printable(loop_text(one.loop)) if one is not None else ""
        loop.border_title = Content(f"Loop: {named}" if named else "Loop")
        frames.show(one.frames if one is not None else (), ())
        frames.border_title = Content(printable(self._site_title(one)) if one is not None else "Allocated at")
        if one is not None and one.frames:
            self._read_source(one)

    def _site_title(self, one: GarbageType) -> str:
        if one.frames:
            where = f"Its {one.through} was" if one.through else "Allocated"
            return f"{where} here: {one.here:,} of {one.traced:,} known, {one.sampled:,} asked"
        gauges = self._latest.gauges
        if gauges is None or not gauges.trace_frames:
            return "No traceback: allocation tracing is off (a on the main screen)"
        return "No traceback: not sampled" if gauges.sample_bytes else "No traceback: not known to tracemalloc"

    @work(exclusive=True)
    async def _read_source(self, one: GarbageType) -> None:
        reader = SourceReader(start_folder())
        texts = await asyncio.to_thread(
            lambda: tuple(reader.around(frame.filename, frame.line, AROUND, AROUND) for frame in one.frames)
        )
        self.query_one(FramesView).show(one.frames, texts)

    @on(Table.Selected, "#types")
    def _go_to_frames(self) -> None:
        """On a narrow screen they take the place of the loop."""
        self.add_class("-frames")
        self.set_focus(self.query_one(FramesView))

    def action_back(self) -> None:
        if self.has_class("-frames"):
            self.remove_class("-frames")
            self.set_focus(self.query_one("#types"))
        else:
            self.dismiss()


def _what_became(cycles: Cycles) -> str:
    if not cycles.left and not cycles.uncollectable:
        return "all freed" if cycles.count else "nothing to free"
    parts = [f"{cycles.freed:,} freed"]
    if cycles.uncollectable:
        parts.append(f"{cycles.uncollectable:,} uncollectable")
    if cycles.left:
        parts.append(f"{cycles.left:,} not freed")
    return ", ".join(parts)


def _why_no_loop(one: GarbageType) -> str:
    if not one.tries:
        return "No loop was looked for through this type: the time was up."
    tried = f"any of the {one.tries} that were tried" if one.tries > 1 else "the one that was tried"
    return f"No loop was found through {tried}: it hangs on a loop of other types, or its own is too long to follow."


def _stuck_text(cycles: Cycles) -> str:
    lines = [f"In gc.garbage: {one.count:,} {printable(one.full_name)}: {why_stuck(one)}." for one in cycles.stuck]
    if cycles.uncollectable:
        lines.append(f"{cycles.uncollectable:,} objects are uncollectable: these, and what they refer to.")
    return "\n".join(lines)
