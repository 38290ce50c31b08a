"""Drill-down: the tracebacks behind a row of the allocations, with source, and the other sites of the same file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from gctui.monitor import units
from gctui.monitor.allocations import AllocationRow, behind, frames_in_common, lines_of
from gctui.monitor.call_tree import Direction
from gctui.monitor.model import Allocations, Frame
from gctui.monitor.places import View
from gctui.monitor.size_history import SizeAt
from gctui.monitor.source_text import SourceReader, SourceText
from gctui.monitor.terminal_text import printable
from gctui.ui.editing import edit_line
from gctui.ui.renderables.allocation_columns import COUNT, GROWTH, LOCATION, SIZE, location_text
from gctui.ui.renderables.columns import Column
from gctui.ui.renderables.growth_line import growth_line
from gctui.ui.renderables.shortened import MANY_SMALL, chain, cut_end
from gctui.ui.renderables.title import title_line
from gctui.ui.renderables.traceback_text import compared_with, copied_text, figures
from gctui.ui.screens.explained import ExplainedScreen
from gctui.ui.sentences import frames as frames_in_words
from gctui.ui.widgets.call_tree import CallTreeTable
from gctui.ui.widgets.frames import FramesView
from gctui.ui.widgets.key_line import KeyLine
from gctui.ui.widgets.table import Table

AROUND, AROUND_TALL = 2, 4
"""Source lines shown before and after that of a frame; more of them on a tall screen."""
TALL = 40
LOW = 16
"""Lines; on a screen with less there is no graph."""


class TracebackScreen(ExplainedScreen[None]):
    """What was there when the row was opened: it does not change under the reader's eyes."""

    CSS_PATH = "traceback.tcss"
    BINDING_GROUP_TITLE = "Allocation"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]
    AUTO_FOCUS = "#frames"

    BINDINGS = [
        Binding("escape", "dismiss", "Back", id="traceback.back", tooltip="Back to where it was opened"),
        Binding("tab", "app.focus_next", "Next list", id="traceback.list", tooltip="Go to the next list"),
        Binding("n", "traceback(1)", "Next", id="traceback.next", tooltip="Show the next smaller traceback"),
        Binding("p", "traceback(-1)", "Previous", id="traceback.previous", tooltip="Show the next larger traceback"),
        Binding("t", "tree", "Tree", id="traceback.tree", tooltip="Tree of callers, tree of what they called, source"),
        Binding("e", "edit", "Edit", id="traceback.edit", tooltip="Open the line in $VISUAL, $EDITOR, vi or nano"),
        Binding("y", "copy", "Copy", id="traceback.copy", tooltip="Copy what is shown to the clipboard"),
        Binding("question_mark,h,f1", "help", "Help", id="traceback.help", tooltip="Explain this screen and its keys"),
    ]

    def __init__(
        self,
        row: AllocationRow,
        allocations: Allocations,
        mark: Allocations | None,
        view: View,
        sizes: Sequence[SizeAt] = (),
    ) -> None:
        """`view` is what the row was made by, `sizes` what it was in the snapshots so far."""
        super().__init__()
        self._row = row
        self._allocations = allocations
        self._mark, self._compared = mark, compared_with(allocations, mark)
        self._view = view
        self._sizes = sizes
        self._direction: Direction | None = None
        """Of the tree that is shown in place of the source."""
        self._tracebacks = behind(allocations, mark, row.key, view) or (row,)
        is_package = row.key.grouping == "package"
        self._filename = (self._tracebacks[0] if is_package else row).key.frames[0].filename
        self._shown = self._tracebacks[0]
        self._texts: Sequence[SourceText] = ()
        self._code: dict[int, str] = {}
        """Source of the other sites, by line."""

    def compose(self) -> ComposeResult:
        yield Static(self._heading(), id="heading")
        yield Static(id="growth", markup=False)
        with Container(id="body"):
            yield FramesView(id="frames")
            with Vertical(id="lists"):
                if len(self._tracebacks) > 1:
                    yield self._tracebacks_table()
                yield self._sites_table()
        yield CallTreeTable(self._view.places, id="tree")
        yield KeyLine()

    def on_mount(self) -> None:
        if len(self._tracebacks) > 1:
            self.query_one("#tracebacks", Table).set_rows(self._tracebacks)
        sites = self._other_sites()
        self.query_one("#sites", Table).set_rows(sites)
        self._show(self._shown)
        self._show_growth()
        self._read_code([row.key.frames[0].line for row in sites])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where there is one traceback only, or a tree of all, there is no next one."""
        if action == "traceback":
            return len(self._tracebacks) > 1 and self._direction is None
        return True

    def action_traceback(self, step: int) -> None:
        shown = self._tracebacks.index(self._shown)
        row = self._tracebacks[max(0, min(shown + step, len(self._tracebacks) - 1))]
        self.query_one("#tracebacks", Table).put_cursor(row.key)

    def action_tree(self) -> None:
        """From the source to who called, on to what it called, and back."""
        following: dict[Direction | None, Direction | None] = {None: "callers", "callers": "called", "called": None}
        direction = self._direction = following[self._direction]
        self.set_class(direction is not None, "-tree")
        tree = self.query_one(CallTreeTable)
        if direction is not None:
            tree.show(self._tracebacks, direction)
            self._read_functions()
        self.set_focus(tree if direction is not None else self.query_one(FramesView))
        self.refresh_bindings()

    def action_edit(self) -> None:
        frame = self._frame_at_cursor()
        if frame is not None:
            edit_line(self.app, frame, self._view.places.directory)

    def action_copy(self) -> None:
        if self._direction is not None:
            text, what = self.query_one(CallTreeTable).text(), "tree"
        else:
            text, what = (
                copied_text(self._shown, self._texts, self._compared),
                f"traceback, {frames_in_words(len(self._shown.key.frames))}",
            )
        self.app.copy_to_clipboard(text)
        self.notify(f"Copied the {what}.", markup=False)

    @on(Table.Highlighted, "#tracebacks")
    def _show_highlighted(self, message: Table.Highlighted) -> None:
        if message.row is not None and message.row is not self._shown:
            self._show(message.row)

    @on(Table.Selected, "#tracebacks")
    def _go_to_frames(self) -> None:
        self.query_one(FramesView).focus()

    @on(Table.Selected, "#sites")
    def _open_site(self, message: Table.Selected) -> None:
        screen = TracebackScreen(message.row, self._allocations, self._mark, View(places=self._view.places))
        self.app.push_screen(screen)

    def on_resize(self) -> None:
        self._show_title()
        self._show_growth()

    def _show_growth(self) -> None:
        growth = self.query_one("#growth", Static)
        growth.update(growth_line(self._sizes, self.size.width - 2))
        growth.display = bool(self._sizes) and self.size.height >= LOW

    def _frame_at_cursor(self) -> Frame | None:
        """Of the list that has the focus."""
        if self._direction is not None:
            node = self.query_one(CallTreeTable).cursor_row
            return node.path[-1] if node is not None else None
        sites = self.query_one("#sites", Table)
        if sites.has_focus:
            row = sites.cursor_row
            return row.key.frames[0] if row is not None else None
        return self._shown.key.frames[self.query_one(FramesView).frame]

    def _show(self, row: AllocationRow) -> None:
        self._shown, self._texts = row, ()
        self.query_one(FramesView).show(row.key.frames, ())
        self._show_title()
        self._read(row)

    @work(exclusive=True, group="traceback")
    async def _read(self, row: AllocationRow) -> None:
        """In a thread: the files may be on a slow disk."""
        around = AROUND_TALL if self.size.height >= TALL else AROUND
        self._texts = await asyncio.to_thread(_source_of, row.key.frames, around, self._view.places.directory)
        self.query_one(FramesView).show(row.key.frames, self._texts)

    @work(exclusive=True, group="sites")
    async def _read_code(self, lines: Sequence[int]) -> None:
        self._code = await asyncio.to_thread(_code_of, self._filename, lines, self._view.places.directory)
        self.query_one("#sites", Table).refresh()

    @work(exclusive=True, group="functions")
    async def _read_functions(self) -> None:
        places = self._view.places
        unread = places.unread(frame.filename for row in self._tracebacks for frame in row.key.frames)
        places.learn(await asyncio.to_thread(places.read, unread))
        self.query_one(CallTreeTable).refresh()

    def _other_sites(self) -> Sequence[AllocationRow]:
        """The lines of the same file, save the one that was opened."""
        lines = lines_of(self._allocations, self._mark, self._filename)
        if self._row.key.grouping in ("file", "package"):
            return lines
        return [row for row in lines if row.key.frames != self._row.key.frames[:1]]

    def _tracebacks_table(self) -> Table[AllocationRow]:
        """The part that all have in common is in every one of them: only what differs tells them apart."""
        common = frames_in_common(self._tracebacks)

        def where(row: AllocationRow, width: int) -> str:
            frames = row.key.frames[common:]
            behind = MANY_SMALL if row.key.folded else ""
            return chain(frames, width, behind) if frames else cut_end(behind.strip() or "(no further caller)", width)

        columns = (SIZE, GROWTH, COUNT, replace(LOCATION, title="called from" if common else "traceback", text=where))
        return Table(columns, _key, sort_key="size", title=f"{len(self._tracebacks)} tracebacks", id="tracebacks")

    def _sites_table(self) -> Table[AllocationRow]:
        def code(row: AllocationRow, width: int) -> str:
            line = row.key.frames[0].line
            return cut_end(self._code.get(line, "") if line else MANY_SMALL.strip(), width)

        line: Column[AllocationRow] = Column(
            "line",
            "line",
            "line of the file",
            lambda row, _: str(row.key.frames[0].line or ""),
            width=6,
            value=lambda row: row.key.frames[0].line,
            ascending=True,
        )
        columns = (SIZE, GROWTH, COUNT, line, replace(LOCATION, title="source", text=code, value=None))
        name = printable(self._filename).rpartition("/")[2]
        is_file = self._row.key.grouping in ("file", "package")
        return Table(
            columns,
            _key,
            sort_key="size",
            empty="Nothing else that was allocated in this file is still alive.",
            title=f"Sites in {name}" if is_file else f"Other sites in {name}",
            id="sites",
        )

    def _heading(self) -> Content:
        row = self._row
        behind = MANY_SMALL if row.key.folded else ""
        where = location_text(row, 1000) if row.key.name else chain(row.key.frames[:1], 1000, behind)
        return Content.assemble(
            (where, "bold"), f"\n{figures(row, self._compared)} · {units.percent(row.share)} of traced memory"
        )

    def _show_title(self) -> None:
        parts = ["Traceback, most recent call first", figures(self._shown, self._compared)]
        if len(self._tracebacks) > 1:
            parts[0] = f"Traceback {self._tracebacks.index(self._shown) + 1} of {len(self._tracebacks)}"
        frames = self.query_one(FramesView)
        frames.border_title = Content(title_line(parts, frames.size.width))


def _key(row: AllocationRow) -> object:
    return row.key


def _source_of(frames: Sequence[Frame], around: int, directory: str) -> tuple[SourceText, ...]:
    reader = SourceReader(directory)
    return tuple(reader.around(frame.filename, frame.line, around, around) for frame in frames)


def _code_of(filename: str, lines: Sequence[int], directory: str) -> dict[int, str]:
    reader = SourceReader(directory)
    texts = {line: reader.around(filename, line, 0, 0).lines for line in lines}
    return {line: printable(text[0].strip()) for line, text in texts.items() if text}
