"""The log of all collections, newest last: what paused the program, when, for how long, and where it was."""

from __future__ import annotations

from time import perf_counter
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer

from gctui.monitor import units
from gctui.monitor.log_filter import FilterError, parse_filter
from gctui.monitor.log_lines import LogLines, Place
from gctui.monitor.model import Snapshot
from gctui.monitor.settings import SettingsChange
from gctui.monitor.terminal_text import printable
from gctui.ui import sentences
from gctui.ui.renderables.columns import heading, help_table, place_columns, row_line
from gctui.ui.renderables.log_columns import (
    CHANGE_COLUMNS,
    FAMILY_CHANGE_COLUMNS,
    ChangeLine,
    LogLine,
    log_columns,
)
from gctui.ui.renderables.title import title_line
from gctui.ui.widgets.line_pane import LinePane

SLICE = 500
"""Events that a search looks at before it looks at the clock."""
SLICE_SECONDS = 0.012
"""How long a search may hold up the keys."""
SEARCH_HERTZ = 60
TONES = 8
"""Styles of processes; after so many they come again."""
MOST_TONES = 10_000


class CollectionLogPane(LinePane):
    """Follows the newest collection until the user scrolls up; draws straight from the compact log."""

    DEFAULT_CSS = """
    CollectionLogPane {
        & > .line-pane--process0 { color: $text-primary; }
        & > .line-pane--process1 { color: $text-success; }
        & > .line-pane--process2 { color: $text-warning; }
        & > .line-pane--process3 { color: $text-error; }
        & > .line-pane--process4 { color: $text-primary; text-style: bold underline; }
        & > .line-pane--process5 { color: $text-success; text-style: bold underline; }
        & > .line-pane--process6 { color: $text-warning; text-style: bold underline; }
        & > .line-pane--process7 { color: $text-error; text-style: bold underline; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line-pane--process{number}" for number in range(TONES)}

    BINDING_GROUP_TITLE = "Collection log"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("A", "family", "All processes", tooltip="Collections of all processes, or of the one shown"),
        Binding("end,G", "follow", "Follow", tooltip="Go to the newest collection and follow the log"),
    ]
    HELP = (
        "Every collection that the flight recorder saw, newest last. The log *follows* the newest one; scroll up "
        "and it stands still, `end` follows again. A collection that is still running is the last line.\n\n"
        f"{help_table(log_columns(is_family=True, tells_candidates=True))}\n\n"
        "What was set of the collector meanwhile stands between them, marked `◆`, with who it was: gctui or the "
        "program.\n\n"
        "`A` shows the collections of all processes on one time line, or those of the process shown alone. What was "
        "set is there of the process shown.\n\n"
        "`/` filters, all words together: `gen:2` or `gen:1,2`, `pause>10ms` (µs, ms, s), and any other word "
        "is looked for in the trigger. `is:change` shows what was set alone, `is:collection` leaves it out. Among "
        "all processes `pid:123` or `pid:123,124` shows those."
    )
    filterable = True
    filter_hint = "gen:1,2  pause>10ms  is:change  or text in the trigger"

    following: reactive[bool] = reactive(True, repaint=False)
    """The newest collection is kept in view."""
    is_family: reactive[bool] = reactive(False, repaint=False)
    """Collections of all processes are shown."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in Textual
        super().__init__(id=id)
        self._columns = log_columns(is_family=False, tells_candidates=False)
        self._tones: dict[int, str] = {}
        """By pid, in the order in which they were seen."""
        self._lines: LogLines | None = None
        """As of the last snapshot handed down."""
        self._timer: Timer | None = None
        self._anchor = Place(0)
        """What is topmost in view, which stays there while the log does not follow."""
        self._is_placing = False
        self._drawn: list[Place | None] = []
        self._title = ""
        self._show_title()

    @property
    def matches(self) -> int:
        """Collections and changes that are shown, in view or not."""
        return len(self._lines) if self._lines is not None else 0

    def filter_problem(self, text: str) -> str:
        try:
            parse_filter(text)
        except FilterError as error:
            return str(error)
        return ""

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        if snapshot is None:
            return
        is_family = self.is_family and snapshot.family_log is not None
        log = snapshot.family_log if is_family and snapshot.family_log is not None else snapshot.log
        wanted = parse_filter(self.filter_text)
        if self._lines is None or log is not self._lines.log:
            self._lines = LogLines(log, wanted)
            self._drawn = []
        self._lines.update(log.first, log.end, snapshot.changes if wanted.fits_pid(snapshot.agent.pid) else ())
        tells_candidates = log.end > log.first and log[log.end - 1].candidates is not None
        columns = log_columns(is_family, tells_candidates)
        if self._columns is not columns:
            self._columns = columns
            self.refresh()
        self._search_on()

    def watch_filter_text(self) -> None:
        if not self.filter_problem(self.filter_text) and self._lines is not None:
            self._lines = self._lines.filtered(parse_filter(self.filter_text))
            self._search_on()
            self.refresh_body()

    def watch_is_family(self) -> None:
        self.following = True
        self.watch_snapshot(self.snapshot)
        self.refresh_body()

    def watch_following(self) -> None:
        self._show_title()
        self.refresh_bindings()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._is_placing and self._lines is not None:
            self._anchor = self._lines.place(min(round(new_value), self.matches - 1)) if self.matches else Place(0)
            self.following = round(new_value) >= self.max_scroll_y
            self._show_title()

    def on_resize(self, _: events.Resize) -> None:
        self._place()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The footer offers to follow only a log that stands still, and all processes where there are several."""
        if action == "family":
            return self.snapshot is not None and self.snapshot.family_log is not None
        return not self.following if action == "follow" else True

    def action_family(self) -> None:
        self.is_family = not self.is_family

    def action_follow(self) -> None:
        self.following = True
        self._place()

    def sentence(self) -> str:
        if self.snapshot is None:
            return "Waiting for the program."
        if self._lines is not None and self._lines.is_filtered:
            is_done = self._lines.is_done
            return f'No collection matches "{printable(self.filter_text)}".' if is_done else "Searching …"
        if self.snapshot.program.state == "ended":
            return "The program ended, and no collection was seen."
        if self.snapshot.agent.state in ("absent", "waiting"):
            return f"No collection yet: {printable(self.snapshot.agent.reason) or 'the agent has not answered.'}"
        return "No collection yet: none was needed. 0, 1 and 2 collect now."

    def render_heading(self, width: int) -> Strip:
        style = self.part_style("heading")
        return heading(place_columns(self._columns, width), width, style, style)

    def render_body(self, line: int, width: int) -> Strip:
        if line >= self.matches:
            return self.text_strip(self._running_text(), "high", width)
        assert self._lines is not None and self.snapshot is not None
        shown, began, style = self._lines[line], self.snapshot.program.started_ns, self.part_style("line")
        if isinstance(shown, SettingsChange):
            placed = place_columns(FAMILY_CHANGE_COLUMNS if self._shows_family else CHANGE_COLUMNS, width)
            pid = self.snapshot.agent.pid
            return row_line(placed, ChangeLine(shown, began, pid, self._tone(pid)), width, style, self.tone_style)
        try:
            collection = self._lines.log[shown]
        except IndexError:  # the display is frozen, the log went on
            return self.text_strip(f" {shown}: no longer held", "muted", width)
        collector = collection.collector or self.snapshot.agent.collector
        row = LogLine(collection, began, collector, self._tone(collection.pid))
        return row_line(place_columns(self._columns, width), row, width, style, self.tone_style)

    @property
    def _shows_family(self) -> bool:
        return self._lines is not None and self.snapshot is not None and self._lines.log is self.snapshot.family_log

    def _tone(self, pid: int) -> str:
        if not self._shows_family:
            return ""
        if pid not in self._tones:
            if len(self._tones) >= MOST_TONES:
                self._tones.clear()
            self._tones[pid] = f"process{len(self._tones) % TONES}"
        return self._tones[pid]

    def _running_text(self) -> str:
        """Empty while none is running for long enough to be shown."""
        snapshot = self.snapshot
        running = sentences.running(snapshot) if snapshot is not None else ""
        who = f"{snapshot.agent.pid}: " if snapshot is not None and self._shows_family else ""
        return f" ▶ {who}{running}" if running else ""

    def _search_on(self) -> None:
        """Search for a few milliseconds; a timer goes on with it as long as there is something to look at."""
        lines = self._lines
        until = perf_counter() + SLICE_SECONDS
        while lines is not None and not lines.is_done and perf_counter() < until:
            lines.advance(SLICE)
        is_done = lines is None or lines.is_done
        if is_done and self._timer is not None:
            self._timer.stop()
            self._timer = None
        elif not is_done and self._timer is None:
            self._timer = self.set_interval(1 / SEARCH_HERTZ, self._search_on)
        self._place()

    def _place(self) -> None:
        """Bring lines and scroll position in line with the log: at its end, or on the same collections as before."""
        self._is_placing = True
        self.set_line_count(self.matches + bool(self._running_text()))
        line = self.max_scroll_y
        if not self.following and self._lines is not None:
            line = self._lines.line(self._anchor)
        if self.is_attached:
            self.scroll_to(y=line, animate=False, force=True)
        self._is_placing = False
        self._refresh_changed()
        self._show_title()

    def _refresh_changed(self) -> None:
        """Draw those lines in view again that show something else now, and the running collection's."""
        top, matches, lines = self.scroll_offset.y, self.matches, self._lines
        drawn = [
            lines.place(line) if line < matches and lines is not None else None
            for line in range(top, min(top + self.page_lines, self.line_count))
        ]
        before, self._drawn = self._drawn, drawn
        if not drawn or len(before) > len(drawn):
            self.refresh_body()
            return
        for at, place in enumerate(drawn):
            if place is None or before[at : at + 1] != [place]:
                self.refresh_body(top + at, top + at + 1)

    def _show_title(self) -> None:
        parts = ["Collection log of all processes" if self._shows_family else "Collection log"]
        newer = self.line_count - round(self.scroll_y) - self.page_lines
        parts.append("following" if self.following else f"{units.count(max(0, newer))} newer below")
        lines, held = self._lines, units.count(self._lines.held if self._lines is not None else 0)
        if lines is None or not lines.is_filtered:
            parts.append(f"{held} held")
        else:
            parts.insert(1, f"{units.count(self.matches)} of {held} match")
            if not lines.is_done:
                parts.insert(1, f"searched {lines.progress:.0%}")
        title = title_line(parts, self.size.width)
        if title != self._title:
            self._title = title
            self.border_title = Content(title)
