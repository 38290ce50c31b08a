"""Drill-down: the place where the program was when collections stopped it, and those collections."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from gctui.monitor import units
from gctui.monitor.collectors import words
from gctui.monitor.model import Frame, Snapshot
from gctui.monitor.pauses import Trigger
from gctui.monitor.source_text import SourceReader, SourceText
from gctui.monitor.terminal_text import printable
from gctui.monitor.trigger_rows import TriggerRow, trigger_rows
from gctui.ui.editing import edit_line
from gctui.ui.ration import Ration
from gctui.ui.renderables.columns import Column
from gctui.ui.renderables.log_columns import COLUMNS as LOG_COLUMNS
from gctui.ui.renderables.log_columns import LogLine
from gctui.ui.renderables.pause_notes import place_note, tells_of_itself
from gctui.ui.renderables.shortened import trigger
from gctui.ui.renderables.trigger_text import asked, copied_text, figures
from gctui.ui.screens.following import Following
from gctui.ui.widgets.frames import FramesView
from gctui.ui.widgets.key_line import KeyLine
from gctui.ui.widgets.table import Table

WIDE = 120
LOW = 18
"""Lines; on a screen with fewer the figures have to do with one."""
MOST = 1000
"""Collections that are listed."""

_VALUES = {
    "number": lambda line: line.collection.number,
    "time": lambda line: line.collection.started_ns,
    "generation": lambda line: line.collection.generation,
    "pause": lambda line: line.collection.pause_ns,
    "collected": lambda line: line.collection.collected,
    "uncollectable": lambda line: line.collection.uncollectable,
}
COLUMNS: tuple[Column[LogLine], ...] = tuple(
    replace(column, value=_VALUES[column.key]) for column in LOG_COLUMNS if column.key in _VALUES
)
"""Those of the log but for the trigger, which is one and the same; these can be sorted by."""
CANDIDATES: Column[LogLine] = Column(
    "candidates", "candidates", "objects that it looked at; told from Python 3.15 on",
    lambda line, _: units.count(line.collection.candidates or 0), width=10, shown_from=60,
    value=lambda line: line.collection.candidates or 0,
)  # fmt: skip


class CollectionsTable(Table[LogLine]):
    """A collection has nothing behind it that could be opened."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "select"


class TriggerScreen(Following):
    """Its figures are those of the whole run, and go on while it is open."""

    CSS_PATH = "pauses.tcss"
    BINDING_GROUP_TITLE = "Trigger"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (LOW, "-high")]
    AUTO_FOCUS = "#collections"

    BINDINGS = [
        Binding("escape", "dismiss", "Back", id="trigger.back", tooltip="Back to the pauses"),
        Binding("tab", "next_list", "Next list", id="trigger.list", tooltip="Go to the source and back"),
        Binding("e", "edit", "Edit", id="trigger.edit", tooltip="Open the line in $VISUAL, $EDITOR, vi or nano"),
        Binding("y", "copy", "Copy", id="trigger.copy", tooltip="Copy place, line and figures to the clipboard"),
        Binding("question_mark,h,f1", "help", "Help", id="trigger.help", tooltip="Explain this screen and its keys"),
    ]

    def __init__(self, opened: Trigger, snapshot: Snapshot, directory: str) -> None:
        """`directory` is where relative names of files start."""
        super().__init__()
        self._site, self._latest, self._directory = opened.site, snapshot, directory
        self._row = TriggerRow(opened, 0.0)
        self._frames: tuple[Frame, ...] = (Frame(self._site.filename, self._site.line),) if self._site.filename else ()
        self._text: SourceText | None = None
        self._listed = -1
        """Number of the latest collection in the list."""
        self._ration = Ration()

    def compose(self) -> ComposeResult:
        yield Static(id="heading", markup=False)
        with Container(id="body"):
            frames = FramesView(id="frames")
            frames.border_title = "Source, as it is on the disk now"
            frames.display = bool(self._frames)
            yield frames
            columns = (*COLUMNS, CANDIDATES) if tells_of_itself(self._latest.agent.python) else COLUMNS
            yield CollectionsTable(columns, lambda line: line.collection.number, sort_key="time", id="collections")
        yield KeyLine()

    def on_mount(self) -> None:
        self._show()
        self.query_one(FramesView).show(self._frames, ())

    def on_resize(self) -> None:
        self._show()
        if self._frames:
            self.call_after_refresh(self._read)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There are collections that no line of the program set off."""
        return bool(self._frames) if action in ("edit", "next_list") else True

    # -- showing

    def follow(self, snapshot: Snapshot) -> None:
        self._latest = snapshot
        if self._ration.is_due:
            self._show()

    def on_screen_resume(self) -> None:
        self._show()

    def _show(self) -> None:
        if self.is_seen:
            with self._ration.spent():
                self._show_all()

    def _show_all(self) -> None:
        latest = self._latest
        rows = trigger_rows(latest.pauses.triggers("run", latest.taken_ns))
        self._row = next((row for row in rows if row.trigger.site == self._site), self._row)
        self._show_heading()
        if self._row.trigger.last_number != self._listed:
            self._show_collections()

    def _show_heading(self) -> None:
        lines = [
            Content.styled(trigger(self._site, self.size.width - 2), "bold"),
            Content(figures(self._row, self._labels)),
            *(Content.styled(note, "$text-warning") for note in (asked(self._row), self._note) if note),
        ]
        self.query_one("#heading", Static).update(Content("\n").join(lines))

    @property
    def _labels(self) -> tuple[str, str, str]:
        return words(self._latest.agent.collector).short

    @property
    def _note(self) -> str:
        """None where the program asked for all of them: those run in the call."""
        if self._row.trigger.by_program == self._row.collections:
            return ""
        return place_note(printable(self._latest.agent.python), self._site)

    def _show_collections(self) -> None:
        latest, shown = self._latest, self._row.trigger
        self._listed = shown.last_number
        log, known = latest.log, (latest.program.started_ns, latest.agent.collector)
        numbers = [number for number in latest.pauses.numbers(shown, MOST) if log.first <= number < log.end]
        table = self.query_one(CollectionsTable)
        table.say_if_empty("The log does not hold its collections any more.")
        table.set_rows(LogLine(log[number], *known) for number in numbers)
        latest_ones = "" if len(numbers) == self._row.collections else "latest "
        title = f"Its {latest_ones}{len(numbers):,} collections"
        if str(table.border_title) != title:
            table.border_title = Content(title)

    @work(exclusive=True)
    async def _read(self) -> None:
        """As many lines as there is room for. In a thread: the file may be on a slow disk."""
        around = max(0, self.query_one(FramesView).size.height - 2) // 2
        reader = SourceReader(self._directory)
        text = await asyncio.to_thread(reader.around, self._site.filename, self._site.line, around, around)
        self._text = text
        self.query_one(FramesView).show(self._frames, (text,))

    # -- keys

    def action_next_list(self) -> None:
        self.focus_next()

    def action_edit(self) -> None:
        edit_line(self.app, self._frames[0], self._directory)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(copied_text(self._row, self._labels, self._text, self._note))
        self.notify("Copied the trigger.", markup=False)
