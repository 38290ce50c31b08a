"""What the program's memory is used for: the largest allocation sites, their growth, and what tracing costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from gctui.monitor import units
from gctui.monitor.allocations import GROUPINGS, AllocationRow, Grouping, group, matching
from gctui.monitor.model import Allocations, Snapshot
from gctui.monitor.terminal_text import printable
from gctui.ui.renderables.allocation_columns import COLUMNS, growth_text
from gctui.ui.renderables.columns import help_table
from gctui.ui.renderables.title import title_line
from gctui.ui.sentences import frames
from gctui.ui.widgets.table import Table


class AllocationsPane(Table[AllocationRow]):
    """The latest allocation snapshot, grouped by line, file or traceback."""

    BINDING_GROUP_TITLE = "Allocations"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "next_grouping", "Group", tooltip="Group by line, by file, by whole traceback"),
    ]
    HELP = (
        "All live memory that tracemalloc knows of, largest first, as of the latest snapshot. The title says how "
        "old that is, how long taking it stopped the program, and the memory that tracing itself takes.\n\n"
        f"{help_table(COLUMNS)}\n\n"
        "`l` groups by line, file or whole traceback. `s`, `S` or a click on a heading sorts, another click the "
        "other way round. `m` sets the mark that growth is measured from. `enter` opens the tracebacks behind "
        "a row. *(many small sites)* is the sum of those that were too small to be listed.\n\n"
        "`/` filters by words in the file name; `!word` leaves out."
    )
    filterable = True
    filter_hint = "words in the file name, !word leaves out"

    grouping: reactive[Grouping] = reactive[Grouping]("line", repaint=False)
    """What a row is: all that one line, one file or one traceback allocated."""

    @dataclass
    class Opened(Message):
        """The user wants to see what is behind a row."""

        pane: AllocationsPane
        row: AllocationRow
        allocations: Allocations
        mark: Allocations | None

        @property
        def control(self) -> AllocationsPane:
            return self.pane

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in Textual
        super().__init__(COLUMNS, lambda row: row.key, sort_key="size", id=id)
        self._allocations: Allocations | None = None
        self._mark: Allocations | None = None
        self._groups: Sequence[AllocationRow] = ()
        self._title = ""
        self._show_title()

    def sentence(self) -> str:
        snapshot = self.snapshot
        if self._groups:
            return f'No file matches "{printable(self.filter_text)}".'
        if snapshot is None:
            return "Waiting for the program."
        if self._allocations is not None:
            return "Nothing that was allocated since tracing began is still alive."
        if snapshot.program.state == "ended":
            is_off = snapshot.gauges is not None and not snapshot.gauges.trace_frames
            return "Tracing was off." if is_off else "The program ended before its allocations were read."
        if snapshot.agent.state == "absent":
            return f"No allocations: {printable(snapshot.agent.reason)}"
        if snapshot.gauges is None or snapshot.gauges.trace_frames:
            return "Waiting for the first snapshot …"
        return "Tracing is off: press a to trace allocations. The program is slower while it is on."

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        if snapshot is None:
            return
        if snapshot.allocations is not self._allocations or snapshot.mark is not self._mark:
            self._allocations, self._mark = snapshot.allocations, snapshot.mark
            self._regroup()
        elif not self.rows:
            self.refresh_body()
        self._show_title()

    def watch_grouping(self) -> None:
        row = self.cursor_row
        self._regroup()
        if row is not None and self.has_moved:
            self._put_cursor_near(row)

    def watch_filter_text(self) -> None:
        self._filter()

    def on_resize(self) -> None:
        self._show_title()

    def action_next_grouping(self) -> None:
        self.grouping = GROUPINGS[(GROUPINGS.index(self.grouping) + 1) % len(GROUPINGS)]

    def action_select(self) -> None:
        row = self.cursor_row
        if row is not None and self._allocations is not None:
            self.put_cursor(row.key)
            self.post_message(self.Opened(self, row, self._allocations, self._mark))

    def _regroup(self) -> None:
        allocations = self._allocations
        self._groups = group(allocations, self._mark, self.grouping) if allocations is not None else ()
        self._filter()

    def _filter(self) -> None:
        self.set_rows(matching(self._groups, self.filter_text))
        self._show_title()
        if not self.rows:
            self.refresh_body()

    def _put_cursor_near(self, row: AllocationRow) -> None:
        """After the grouping changed: on the first row of the same line, or else of the same file."""
        place = row.key.frames[0]
        same_file = [one for one in self.rows if one.key.frames[0].filename == place.filename]
        same_line = [one for one in same_file if one.key.frames[0].line == place.line]
        for one in (same_line or same_file)[:1]:
            self.put_cursor(one.key)

    def _show_title(self) -> None:
        parts = [f"Top allocations by {self.grouping}", *self._state(), *self._totals(), *self._cost()]
        title = title_line(parts, self.size.width)
        if title != self._title:
            self._title = title
            self.border_title = Content(title)

    def _state(self) -> list[str]:
        gauges = self.snapshot.gauges if self.snapshot is not None else None
        if gauges is None:
            return []
        if not gauges.trace_frames:
            return ["tracing is off"]
        way = f"sampled, one in {units.size(gauges.sample_bytes)}" if gauges.sample_bytes else "exact"
        return [f"{way}, {frames(gauges.trace_frames)}"]

    def _totals(self) -> list[str]:
        allocations, mark = self._allocations, self._mark
        if allocations is None:
            return []
        if self.filter_text:
            size = units.size(sum(row.size for row in self.rows))
            return [f"{len(self.rows)} of {len(self._groups)} rows, {size} of {units.size(allocations.total_size)}"]
        totals = [f"{units.size(allocations.total_size)} in {units.count(allocations.total_count)} blocks"]
        if mark is not None:
            totals.append(f"{growth_text(allocations.total_size - mark.total_size)} since the mark")
        return totals

    def _cost(self) -> list[str]:
        snapshot, allocations = self.snapshot, self._allocations
        if snapshot is None or allocations is None:
            return []
        # The program's time, as in the log; an age would change, and repaint the whole pane, every second.
        taken = units.clock(max(0, allocations.taken_ns - snapshot.program.started_ns) / 1e9)
        memory = snapshot.gauges.tracer_memory if snapshot.gauges is not None else 0
        return [
            f"as of {taken}",
            f"stall {units.duration(allocations.stall_ns)}",
            f"tracer takes {units.size(memory)}" if memory else "",
        ]
