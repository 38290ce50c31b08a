"""Drill-down: the tracebacks behind a row of the allocations, with source, and the other sites of the same file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from gctui.monitor import units
from gctui.monitor.allocations import AllocationRow, behind, frames_in_common, lines_of
from gctui.monitor.model import Allocations, Frame
from gctui.monitor.places import View
from gctui.monitor.source_text import SourceReader, SourceText
from gctui.monitor.terminal_text import printable
from gctui.ui.renderables.allocation_columns import COUNT, GROWTH, LOCATION, SIZE, growth_text, location_text
from gctui.ui.renderables.columns import Column
from gctui.ui.renderables.shortened import MANY_SMALL, chain, cut_end
from gctui.ui.renderables.title import title_line
from gctui.ui.screens.help import HelpScreen, key_help
from gctui.ui.widgets.frames import FramesView
from gctui.ui.widgets.key_line import KeyLine
from gctui.ui.widgets.table import Table

AROUND, AROUND_TALL = 2, 4
"""Source lines shown before and after that of a frame; more of them on a tall screen."""
TALL = 40


class TracebackScreen(Screen[None]):
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
        Binding("y", "copy", "Copy", id="traceback.copy", tooltip="Copy the traceback to the clipboard"),
        Binding("question_mark,h,f1", "help", "Help", id="traceback.help", tooltip="Explain this screen and its keys"),
    ]

    def __init__(
        self,
        row: AllocationRow,
        allocations: Allocations,
        mark: Allocations | None,
        view: View,
    ) -> None:
        """`view` is what the row was made by."""
        super().__init__()
        self._row = row
        self._allocations = allocations
        self._mark = mark
        self._view = view
        self._tracebacks = behind(allocations, mark, row.key, view) or (row,)
        is_package = row.key.grouping == "package"
        self._filename = (self._tracebacks[0] if is_package else row).key.frames[0].filename
        self._shown = self._tracebacks[0]
        self._texts: Sequence[SourceText] = ()
        self._code: dict[int, str] = {}
        """Source of the other sites, by line."""

    def compose(self) -> ComposeResult:
        yield Static(self._heading(), id="heading")
        with Container(id="body"):
            yield FramesView(id="frames")
            with Vertical(id="lists"):
                if len(self._tracebacks) > 1:
                    yield self._tracebacks_table()
                yield self._sites_table()
        yield KeyLine()

    def on_mount(self) -> None:
        if len(self._tracebacks) > 1:
            self.query_one("#tracebacks", Table).set_rows(self._tracebacks)
        sites = self._other_sites()
        self.query_one("#sites", Table).set_rows(sites)
        self._show(self._shown)
        self._read_code([row.key.frames[0].line for row in sites])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where there is one traceback only there is no next one."""
        return len(self._tracebacks) > 1 if action == "traceback" else True

    def action_traceback(self, step: int) -> None:
        shown = self._tracebacks.index(self._shown)
        row = self._tracebacks[max(0, min(shown + step, len(self._tracebacks) - 1))]
        self.query_one("#tracebacks", Table).put_cursor(row.key)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._copied_text())
        frames = len(self._shown.key.frames)
        self.notify(f"Copied the traceback, {frames} frame{'s' if frames > 1 else ''}.", markup=False)

    def action_help(self) -> None:
        text = Path(__file__).with_name("traceback.md").read_text(encoding="utf-8")
        keys = key_help(self.active_bindings.values(), self.app)
        self.app.push_screen(HelpScreen("Allocation", text, keys, ()))

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
        return Content.assemble((where, "bold"), f"\n{_figures(row)} · {units.percent(row.share)} of traced memory")

    def _show_title(self) -> None:
        parts = ["Traceback, most recent call first", _figures(self._shown)]
        if len(self._tracebacks) > 1:
            parts[0] = f"Traceback {self._tracebacks.index(self._shown) + 1} of {len(self._tracebacks)}"
        frames = self.query_one(FramesView)
        frames.border_title = Content(title_line(parts, frames.size.width))

    def _copied_text(self) -> str:
        lines = [f"{_figures(self._shown)}; traceback, most recent call first:"]
        for number, frame in enumerate(self._shown.key.frames):
            text = self._texts[number] if number < len(self._texts) else None
            function = f" in {printable(text.function)}" if text is not None and text.function else ""
            lines.append(f"  {chain((frame,), 10_000)}{function}")
            if text is not None and text.lines:
                lines.append(f"    {printable(text.lines[frame.line - text.first].strip())}")
        return "\n".join(lines) + "\n"


def _key(row: AllocationRow) -> object:
    return row.key


def _figures(row: AllocationRow) -> str:
    blocks = f"{units.size(row.size)} in {units.count(row.count)} block{'s' if row.count != 1 else ''}"
    return blocks if row.size_growth is None else f"{blocks}, {growth_text(row.size_growth)} since the mark"


def _source_of(frames: Sequence[Frame], around: int, directory: str) -> tuple[SourceText, ...]:
    reader = SourceReader(directory)
    return tuple(reader.around(frame.filename, frame.line, around, around) for frame in frames)


def _code_of(filename: str, lines: Sequence[int], directory: str) -> dict[int, str]:
    reader = SourceReader(directory)
    texts = {line: reader.around(filename, line, 0, 0).lines for line in lines}
    return {line: printable(text[0].strip()) for line, text in texts.items() if text}
