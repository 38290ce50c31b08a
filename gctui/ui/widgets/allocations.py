"""What the program's memory is used for: the largest allocation sites, their growth, and what tracing costs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from gctui.monitor.allocations import AllocationRow, group, largest_entry, matching
from gctui.monitor.model import AllocationEntry, Allocations, Gauges, Snapshot
from gctui.monitor.places import GROUPINGS, Grouping, Places, View
from gctui.monitor.size_history import SizeAt, SizeHistory
from gctui.monitor.terminal_text import printable
from gctui.ui.renderables.allocation_columns import COLUMNS, SAMPLED_COLUMNS
from gctui.ui.renderables.allocation_title import allocation_title
from gctui.ui.renderables.columns import help_table
from gctui.ui.widgets.table import Table


class AllocationsPane(Table[AllocationRow]):
    """The latest allocation snapshot, grouped by line, function, file, package or traceback."""

    BINDING_GROUP_TITLE = "Allocations"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "next_grouping", "Group", tooltip="Group by line, function, file, package, whole traceback"),
        Binding("u", "own_first", "My code", tooltip="Name the nearest caller in your own code, or what allocated"),
        Binding("P", "peak", "Peak", tooltip="Show the snapshot with most in it, or the present again"),
        Binding("left_square_bracket", "frames(-1)", "Fewer frames", tooltip="Trace with fewer frames", show=False),
        Binding("right_square_bracket", "frames(1)", "More frames", tooltip="Trace with more frames", show=False),
    ]
    HELP = (
        "All live memory that tracemalloc knows of, largest first, as of the latest snapshot. The title says how "
        "and since when allocations are traced, and what that costs: the share of its time that the program spends in "
        "tracemalloc, allocating included, how long the latest snapshot stopped it, and the memory that tracing "
        "itself takes.\n\n"
        f"{help_table(SAMPLED_COLUMNS)}\n\n"
        "Columns on precision are there while allocations are sampled. A grey figure rests on so few samples that it "
        "may as well be twice as much; a grey growth may be chance.\n\n"
        "`l` groups by line, function, file, package or whole traceback. Functions are read from the source as it is "
        "now; where it is not there, the line stands for itself. `u` puts your code first: standard library, "
        "site-packages and frozen modules are left out, and each row names the nearest caller in the program's own "
        "code. What never gets there stays as it is.\n\n"
        "`P` shows the peak, the snapshot with most in it, where growth is what there was more than now; `P` again the "
        "present. While this pane is in view, one is taken when the program holds 5 % more than ever before, if that "
        "costs it no more than 1 % of its time. `[` and `]` trace with fewer or more frames, from the beginning.\n\n"
        "`s`, `S` or a click on a heading sorts, another click the other way round. `m` sets the mark that growth is "
        "measured from. `enter` opens the tracebacks behind "
        "a row. *(many small sites)* is the sum of those that were too small to be listed.\n\n"
        "`/` filters by words in the names of files, functions and packages; a pattern like `*.py` or `django/*` "
        "stands for a whole name or the end of a path; `!word` and `!pattern` leave out."
    )
    filterable = True
    filter_hint = "words or patterns like django/*, !word leaves out"

    view: reactive[View] = reactive(View, repaint=False)
    """What a row is: all that one line, one function … allocated."""
    is_at_peak: reactive[bool] = reactive(False, repaint=False)
    """The peak is shown, where there is one, and not the present."""

    @dataclass
    class FramesWanted(Message):
        """The user wants longer tracebacks (1) or shorter ones (-1)."""

        step: int

    @dataclass
    class Opened(Message):
        """The user wants to see what is behind a row."""

        pane: AllocationsPane
        row: AllocationRow
        allocations: Allocations
        mark: Allocations | None
        view: View
        sizes: Sequence[SizeAt]

        @property
        def control(self) -> AllocationsPane:
            return self.pane

    def __init__(self, *, directory: str = "", id: str | None = None) -> None:  # noqa: A002, as in Textual
        """Relative file names start at `directory`, the one that the program was started in."""
        super().__init__(COLUMNS, lambda row: row.key, sort_key="size", id=id)
        self._allocations: Allocations | None = None
        self._mark: Allocations | None = None  # or what growth is measured against at the peak
        self._newest: Allocations | None = None
        self._history, self._pid = SizeHistory(), 0  # of that process
        self._groups: Sequence[AllocationRow] = ()
        self._title = ""
        self._way: tuple[int, ...] = ()
        self.set_reactive(AllocationsPane.view, View(places=Places(directory)))
        self._show_title()

    @property
    def grouping(self) -> Grouping:
        return self.view.grouping

    def sentence(self) -> str:
        snapshot = self.snapshot
        if self._groups:
            return f'Nothing matches "{printable(self.filter_text)}".'
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
        if snapshot.agent.pid != self._pid:
            self._pid, self._history = snapshot.agent.pid, SizeHistory()
        if snapshot.allocations is not self._newest:
            self._newest = snapshot.allocations
            self._history.add(snapshot.allocations)
            self.refresh_bindings()  # there may be a peak now, or none any more
        if not self._choose_allocations(snapshot) and not self.rows:
            self.refresh_body()
        if (way := _way_of_tracing(snapshot.gauges)) != self._way:
            self._way = way
            self._show_title()

    def watch_is_at_peak(self) -> None:
        if self.snapshot is not None:
            entry = self._entry_at_cursor(self.view)
            self._choose_allocations(self.snapshot)
            self._put_cursor_on(entry)

    def watch_view(self, before: View) -> None:
        entry = self._entry_at_cursor(before)
        self._regroup()
        self._put_cursor_on(entry)

    def watch_filter_text(self) -> None:
        self._filter()

    def on_resize(self) -> None:
        self._show_title()

    def action_next_grouping(self) -> None:
        following = GROUPINGS[(GROUPINGS.index(self.grouping) + 1) % len(GROUPINGS)]
        self.view = replace(self.view, grouping=following)

    def action_own_first(self) -> None:
        self.view = replace(self.view, own_first=not self.view.own_first)

    def action_peak(self) -> None:
        self.is_at_peak = not self.is_at_peak

    def action_frames(self, step: int) -> None:
        self.post_message(self.FramesWanted(step))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "peak" or self.is_at_peak or (self.snapshot is not None and self.snapshot.peak is not None)

    def action_select(self) -> None:
        row = self.cursor_row
        if row is not None and self._allocations is not None:
            self.put_cursor(row.key)
            sizes = self._history.sizes(row.key, self.view)
            self.post_message(self.Opened(self, row, self._allocations, self._mark, self.view, sizes))

    def _choose_allocations(self, snapshot: Snapshot) -> bool:
        """Show what is to be shown now; whether that is another."""
        chosen = snapshot.allocations, snapshot.mark
        if self.is_at_peak and snapshot.peak is not None:
            chosen = snapshot.peak, snapshot.allocations
        if chosen[0] is self._allocations and chosen[1] is self._mark:
            return False
        self._allocations, self._mark = chosen
        self._choose_columns()
        self._regroup()
        return True

    def _choose_columns(self) -> None:
        """Those on precision say something where blocks are sampled only."""
        is_sampled = self._allocations is not None and self._allocations.sample_bytes
        columns = SAMPLED_COLUMNS if is_sampled else COLUMNS
        if columns is self._columns:
            return
        is_there = self.sort_column in columns
        self._columns = columns
        if not is_there:
            self.sort_by("size")
        self.refresh()

    def _regroup(self) -> None:
        allocations = self._allocations
        self._groups = group(allocations, self._mark, self.view) if allocations is not None else ()
        self._filter()

    def _filter(self) -> None:
        self.set_rows(matching(self._groups, self.filter_text, self.view.places))
        self._show_title()
        if not self.rows:
            self.refresh_body()
        wants_names = self.grouping == "function" or (self.filter_text and self.grouping in ("line", "traceback"))
        if wants_names and self.is_attached:
            unread = self.view.places.unread(frame.filename for row in self._groups for frame in row.key.frames)
            if unread:
                self._read_functions(unread)

    @work(exclusive=True, group="functions")
    async def _read_functions(self, filenames: Sequence[str]) -> None:
        """In a thread: the files may be on a slow disk."""
        places = self.view.places
        functions = await asyncio.to_thread(places.read, filenames)
        entry = self._entry_at_cursor(self.view)
        places.learn(functions)
        self._regroup()
        self._put_cursor_on(entry)

    def _entry_at_cursor(self, view: View) -> AllocationEntry | None:
        """The largest part of the row that the user put the cursor on."""
        row = self.cursor_row
        if row is None or not self.has_moved or self._allocations is None:
            return None
        return largest_entry(self._allocations, row.key, view)

    def _put_cursor_on(self, entry: AllocationEntry | None) -> None:
        if entry is not None:
            self.put_cursor(self.view.key(entry.frames, entry.folded))

    def _show_title(self) -> None:
        """With each snapshot of the allocations only: it paints the whole pane again, and costs change all the time."""
        rows = (self.rows, len(self._groups)) if self.filter_text else None
        is_at_peak = self.is_at_peak and self.snapshot is not None and self.snapshot.peak is not None
        shown = (self.view, self.snapshot, self._allocations, self._mark, rows, self.size.width)
        title = allocation_title(*shown, is_at_peak=is_at_peak)
        if title != self._title:
            self._title = title
            self.border_title = Content(title)


def _way_of_tracing(gauges: Gauges | None) -> tuple[int, ...]:
    return (gauges.trace_frames, gauges.sample_bytes, gauges.tracing_since_ns) if gauges is not None else ()
