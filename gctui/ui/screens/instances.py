"""Some objects of one type: where each was allocated, what keeps it alive, and what it says of itself."""

from __future__ import annotations

import asyncio

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from gctui.monitor import units
from gctui.monitor.model import Snapshot
from gctui.monitor.objects import Instance, Instances, NotDone, Referrers, Shown, TypeCount
from gctui.monitor.session import Session
from gctui.monitor.source_text import SourceReader
from gctui.monitor.terminal_text import printable
from gctui.ui.renderables.columns import Column
from gctui.ui.renderables.shortened import chain
from gctui.ui.screens.confirm import ConfirmScreen
from gctui.ui.screens.following import Following
from gctui.ui.widgets.frames import FramesView
from gctui.ui.widgets.heading import Heading
from gctui.ui.widgets.key_line import KeyLine
from gctui.ui.widgets.table import Table

AROUND = 1
"""Source lines before and after that of a frame."""
ENDS = {
    "module": "",
    "frame": "",
    "limit": "… and further: the way was too long to follow.",
    "none": "No further referrer that the collector tracks: something in C holds it, or a call under way.",
}

COLUMNS: tuple[Column[Instance], ...] = (
    Column("size", "size", "shallow size", lambda row, _: units.size(row.size), width=9, value=lambda row: row.size),
    Column("generation", "gen", "generation of the collector it is in", lambda row, _: str(row.generation), width=3,
           value=lambda row: row.generation),
    Column("newest", "newest", "among the newest", lambda row, _: "yes" if row.newest else "", width=6,
           shown_from=66, value=lambda row: row.newest),
    Column("id", "address", "id() of the object", lambda row, _: f"{row.id:#x}", width=16, shown_from=50,
           value=lambda row: row.id),
    Column("place", "allocated at", "most recent call first", lambda row, width: chain(row.frames, width, "")
           if row.frames else "–", left=True),
)  # fmt: skip


class InstancesScreen(Following):
    """They were alive when it was opened."""

    CSS_PATH = "objects.tcss"
    BINDING_GROUP_TITLE = "Instances"
    AUTO_FOCUS = "#instances"

    BINDINGS = [
        Binding("escape", "dismiss", "Back", id="instances.back", tooltip="Back to the types"),
        Binding("tab", "app.focus_next", "Next list", id="instances.list", tooltip="Go to the traceback and back"),
        Binding("r", "repr", "repr", id="instances.repr", tooltip="Ask the object for its repr: runs its code"),
        Binding("question_mark,h,f1", "help", "Help", id="instances.help", tooltip="Explain this screen and its keys"),
    ]

    def __init__(self, session: Session, kind: TypeCount, snapshot: Snapshot) -> None:
        super().__init__()
        self._session, self._kind, self._latest = session, kind, snapshot
        self._asked = session.list_instances(kind)
        self._asked_about = 0

    def compose(self) -> ComposeResult:
        yield Heading([printable(self._kind.full_name)], ["Looking for its objects…"])
        yield Table(COLUMNS, lambda row: row.id, sort_key="size", empty="", id="instances")
        yield FramesView(id="frames")
        yield Static("enter shows what keeps the object alive, r its repr", id="referrers", markup=False)
        yield KeyLine()

    def follow(self, snapshot: Snapshot) -> None:
        self._latest = snapshot
        for read in snapshot.objects:
            if read.command == self._asked and isinstance(read, Instances | NotDone):
                self._take_instances(read)
            elif read.command == self._asked_about and isinstance(read, Referrers | Shown | NotDone):
                self._take_answer(read)

    def _take_instances(self, read: Instances | NotDone) -> None:
        if isinstance(read, NotDone):
            found = [f"Not looked up: {printable(read.error)}."]
        elif read.gone:
            found = ["The type is gone: nothing refers to it any more."]
        else:
            found = [f"{read.count:,} objects, {units.size(read.size)}", f"stall {units.duration(read.stall_ns)}"]
            found.append("these are the largest and the newest")
            self.query_one("#instances", Table).set_rows(read.instances)
        self.query_one(Heading).say([printable(self._kind.full_name)], found)

    def _take_answer(self, read: Referrers | Shown | NotDone) -> None:
        if isinstance(read, NotDone):
            text = f"Not found out: {printable(read.error)}."
        elif read.gone:
            text = "The object is gone."
        elif isinstance(read, Shown):
            text = printable(read.error) or printable(read.text) + (" … (cut)" if read.cut else "")
        else:
            lines = [f"Kept alive by ({read.direct:,} refer to it directly):"] if read.steps else []
            lines += [f"  {printable(edge) or 'part'} of {printable(holder)}" for edge, holder in read.steps]
            text = "\n".join([*lines, *filter(None, [ENDS.get(read.end, "")])])
        self.query_one("#referrers", Static).update(text)

    @on(Table.Highlighted, "#instances")
    def _show_traceback(self, message: Table.Highlighted) -> None:
        if message.row is None:
            return
        row: Instance = message.row
        frames = self.query_one(FramesView)
        frames.show(row.frames, ())
        frames.border_title = self._traceback_title(row)
        if row.frames:
            self._read_source(row)

    def _traceback_title(self, row: Instance) -> str:
        if row.through:
            return f"Traceback of its {row.through}, which was allocated along with it"
        if row.frames:
            return "Allocated here, most recent call first"
        gauges = self._latest.gauges
        if gauges is None or not gauges.trace_frames:
            return "No traceback: allocation tracing is off (a on the main screen)"
        return "No traceback: not sampled" if gauges.sample_bytes else "No traceback: allocated before tracing began"

    @work(exclusive=True)
    async def _read_source(self, row: Instance) -> None:
        reader = SourceReader("")
        texts = await asyncio.to_thread(
            lambda: tuple(reader.around(frame.filename, frame.line, AROUND, AROUND) for frame in row.frames)
        )
        self.query_one(FramesView).show(row.frames, texts)

    @on(Table.Selected, "#instances")
    def _ask_for_referrers(self, message: Table.Selected) -> None:
        self._asked_about = self._session.find_referrers(message.row.id, self._kind)
        self.query_one("#referrers", Static).update("Looking for what keeps it alive…")

    def action_repr(self) -> None:
        row: Instance | None = self.query_one("#instances", Table).cursor_row
        if row is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._asked_about = self._session.show_object(row.id, self._kind)
                self.query_one("#referrers", Static).update("Waiting for its repr…")

        warning = (
            "This runs the object's own __repr__ in gctui's thread inside the program: it can have effects there, and "
            "if it never returns, gctui hears nothing more from the program. Run it?"
        )
        self.app.push_screen(ConfirmScreen("repr", warning), answered)
