"""The log of all collections, newest last: what paused the program, when, for how long, and where it was."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer

from gctui.monitor import units
from gctui.monitor.collectors import words
from gctui.monitor.log_filter import FilterError, LogFilter, LogSearch, parse_filter
from gctui.monitor.model import Collection, CollectionLog, Snapshot
from gctui.monitor.terminal_text import printable
from gctui.ui import sentences
from gctui.ui.renderables.columns import Column, heading, help_table, place_columns, row_line
from gctui.ui.renderables.shortened import cut_end, trigger
from gctui.ui.renderables.title import title_line
from gctui.ui.widgets.line_pane import LinePane

SLICE = 500
"""Events that a search looks at before it looks at the clock."""
SLICE_SECONDS = 0.012
"""How long a search may hold up the keys."""
SEARCH_HERTZ = 60


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log, made when it is drawn."""

    collection: Collection
    program_started_ns: int
    collector: str


def _pause_tone(line: LogLine) -> str:
    pause = line.collection.pause_ns
    return "high" if pause >= 100_000_000 else "raised" if pause >= 10_000_000 else ""


def _trigger(line: LogLine, width: int) -> str:
    if line.collection.forced:
        return cut_end("forced by gctui, to probe" if line.collection.is_probe else "forced by gctui", width)
    return trigger(line.collection.site, width)


COLUMNS: tuple[Column[LogLine], ...] = (
    Column(
        "number", "#", "place in the log, from 0",
        lambda line, _: str(line.collection.number), width=7, shown_from=70, tone=lambda _: "muted",
    ),
    Column(
        "time", "time s", "start, in seconds since the program started",
        lambda line, _: f"{(line.collection.started_ns - line.program_started_ns) / 1e9:.3f}", width=10,
    ),
    Column(
        "generation", "gen", "the oldest generation collected: 0, 1 or 2; yng, inc, ful: young, increment, full",
        lambda line, _: words(line.collector).short[line.collection.generation], width=3,
        tone=lambda line: ("low", "raised", "high")[line.collection.generation],
    ),
    Column(
        "pause", "pause", "how long the program stood still, in µs, ms or s",
        lambda line, _: units.duration(line.collection.pause_ns), width=8, tone=_pause_tone,
    ),
    Column(
        "collected", "collected", "unreachable objects that were freed",
        lambda line, _: units.count(line.collection.collected), width=9, shown_from=50,
        tone=lambda line: "" if line.collection.collected else "muted",
    ),
    Column(
        "uncollectable", "uncollectable", "unreachable objects that could not be freed",
        lambda line, _: units.count(line.collection.uncollectable), width=13, shown_from=96,
        tone=lambda line: "high" if line.collection.uncollectable else "muted",
    ),
    Column(
        "trigger", "trigger", "the line of the program whose allocation set the collection off",
        _trigger, left=True, tone=lambda line: "accent" if line.collection.forced else "",
    ),
)  # fmt: skip


class CollectionLogPane(LinePane):
    """Follows the newest collection until the user scrolls up; draws straight from the compact log."""

    BINDING_GROUP_TITLE = "Collection log"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("end,G", "follow", "Follow", tooltip="Go to the newest collection and follow the log"),
    ]
    HELP = (
        "Every collection that the flight recorder saw, newest last. The log *follows* the newest one; scroll up "
        "and it stands still, `end` follows again. A collection that is still running is the last line.\n\n"
        f"{help_table(COLUMNS)}\n\n"
        "`/` filters, all words together: `gen:2` or `gen:1,2`, `pause>10ms` (µs, ms, s), and any other word "
        "is looked for in the trigger."
    )
    filterable = True
    filter_hint = "gen:1,2  pause>10ms  or text in the trigger"

    following: reactive[bool] = reactive(True, repaint=False)
    """The newest collection is kept in view."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in Textual
        super().__init__(id=id)
        self._log: CollectionLog | None = None
        self._first = self._end = 0
        """Collections of the log that may be shown: as it was at the last snapshot handed down."""
        self._search: LogSearch | None = None
        self._timer: Timer | None = None
        self._anchor = 0
        """Number of the topmost collection in view, which stays there while the log does not follow."""
        self._is_placing = False
        self._drawn: list[int] = []
        self._title = ""
        self._show_title()

    @property
    def matches(self) -> int:
        """Collections that are shown, in view or not."""
        return len(self._search) if self._search is not None else self._end - self._first

    def filter_problem(self, text: str) -> str:
        try:
            parse_filter(text)
        except FilterError as error:
            return str(error)
        return ""

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        if snapshot is None:
            return
        if snapshot.log is not self._log:
            self._log = snapshot.log
            self._start_search()
        self._first, self._end = snapshot.log.first, snapshot.log.end
        if self._search is not None:
            self._search.drop(self._first)
            self._search_on()
        else:
            self._place()

    def watch_filter_text(self) -> None:
        if not self.filter_problem(self.filter_text):
            self._start_search()
            self._search_on()
            self.refresh_body()

    def watch_following(self) -> None:
        self._show_title()
        self.refresh_bindings()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._is_placing and self._log is not None:
            self._anchor = self._number_at(min(round(new_value), self.matches - 1)) if self.matches else 0
            self.following = round(new_value) >= self.max_scroll_y
            self._show_title()

    def on_resize(self, _: events.Resize) -> None:
        self._place()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The footer offers to follow only a log that stands still."""
        return not self.following if action == "follow" else True

    def action_follow(self) -> None:
        self.following = True
        self._place()

    def sentence(self) -> str:
        if self.snapshot is None:
            return "Waiting for the program."
        if self._search is not None:
            is_done = self._search.done(self._end)
            return f'No collection matches "{printable(self.filter_text)}".' if is_done else "Searching …"
        if self.snapshot.program.state == "ended":
            return "The program ended, and no collection was seen."
        if self.snapshot.agent.state in ("absent", "waiting"):
            return f"No collection yet: {printable(self.snapshot.agent.reason) or 'the agent has not answered.'}"
        return "No collection yet: none was needed. 0, 1 and 2 collect now."

    def render_heading(self, width: int) -> Strip:
        style = self.part_style("heading")
        return heading(place_columns(COLUMNS, width), width, style, style)

    def render_body(self, line: int, width: int) -> Strip:
        if line >= self.matches:
            return self.text_strip(self._running_text(), "high", width)
        assert self._log is not None and self.snapshot is not None
        number = self._number_at(line)
        try:
            collection = self._log[number]
        except IndexError:  # the display is frozen, the log went on
            return self.text_strip(f" {number}: no longer held", "muted", width)
        row = LogLine(collection, self.snapshot.program.started_ns, self.snapshot.agent.collector)
        return row_line(place_columns(COLUMNS, width), row, width, self.part_style("line"), self.tone_style)

    def _running_text(self) -> str:
        """Empty while none is running for long enough to be shown."""
        running = sentences.running(self.snapshot) if self.snapshot is not None else ""
        return f" ▶ {running}" if running else ""

    def _number_at(self, line: int) -> int:
        return self._search[line] if self._search is not None else self._first + line

    def _line_of(self, number: int) -> int:
        return self._search.place(number) if self._search is not None else max(0, number - self._first)

    def _start_search(self) -> None:
        wanted = parse_filter(self.filter_text)
        is_filtered = wanted != LogFilter() and self._log is not None
        self._search = LogSearch(self._log, wanted) if self._log is not None and is_filtered else None

    def _search_on(self) -> None:
        """Search for a few milliseconds; a timer goes on with it as long as there is something to look at."""
        search = self._search
        if search is not None:
            until = perf_counter() + SLICE_SECONDS
            while not search.done(self._end) and perf_counter() < until:
                search.advance(self._end, SLICE)
        is_done = search is None or search.done(self._end)
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
        line = self.max_scroll_y if self.following else self._line_of(self._anchor)
        if self.is_attached:
            self.scroll_to(y=line, animate=False, force=True)
        self._is_placing = False
        self._refresh_changed()
        self._show_title()

    def _refresh_changed(self) -> None:
        """Draw those lines in view again that show another collection now, and the running one's."""
        top, matches = self.scroll_offset.y, self.matches
        drawn = [
            self._number_at(line) if line < matches else -1
            for line in range(top, min(top + self.page_lines, self.line_count))
        ]
        before, self._drawn = self._drawn, drawn
        if not drawn or len(before) > len(drawn):
            self.refresh_body()
            return
        for at, number in enumerate(drawn):
            if number < 0 or before[at : at + 1] != [number]:
                self.refresh_body(top + at, top + at + 1)

    def _show_title(self) -> None:
        parts = ["Collection log"]
        newer = self.line_count - round(self.scroll_y) - self.page_lines
        parts.append("following" if self.following else f"{units.count(max(0, newer))} newer below")
        held = self._end - self._first
        if self._search is None:
            parts.append(f"{units.count(held)} held")
        else:
            parts.insert(1, f"{units.count(self.matches)} of {units.count(held)} match")
            if not self._search.done(self._end):
                parts.insert(1, f"searched {self._search.progress(self._end):.0%}")
        title = title_line(parts, self.size.width)
        if title != self._title:
            self._title = title
            self.border_title = Content(title)
