"""All pauses: how long they are, how they are spread over time, and what set them off."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.content import Content

from gctui.monitor import units
from gctui.monitor.collectors import words
from gctui.monitor.model import Snapshot
from gctui.monitor.pauses import PauseFigures, Span
from gctui.monitor.terminal_text import printable
from gctui.monitor.trigger_rows import TriggerRow, matching_triggers, trigger_rows
from gctui.ui.ration import Ration
from gctui.ui.renderables.pause_figures import HEIGHT, NAMES, SIDE_BY_SIDE, SpanFigures, figures_lines
from gctui.ui.renderables.pause_histogram import histogram
from gctui.ui.renderables.pause_notes import clock_title, missed_title, place_title
from gctui.ui.renderables.title import title_line
from gctui.ui.renderables.trigger_columns import columns
from gctui.ui.screens.filtered import FilteredScreen
from gctui.ui.widgets.drawn_part import DrawnPart
from gctui.ui.widgets.filter_bar import FilterBar
from gctui.ui.widgets.key_line import KeyLine
from gctui.ui.widgets.table import Table

WIDE, TALL, LOW = 140, 36, 18
"""A screen so wide or so tall has room for all three parts; one with fewer lines than `LOW` for one of them."""
PARTS = ("figures", "histogram", "triggers")


class PausesScreen(FilteredScreen):
    """It computes while it is to be seen, and only then."""

    CSS_PATH = "pauses.tcss"
    BINDING_GROUP_TITLE = "Pauses"
    FILTERED, FILTER_TITLE, FILTER_HINT = "#triggers", "Triggers", "words of file or function, !word leaves out"
    AUTO_FOCUS = "#triggers"

    BINDINGS = [
        Binding("escape", "back", "Back", id="pauses.back", tooltip="Clear the filter, or back to the main screen"),
        Binding("l", "span", "Run or minute", id="pauses.span", tooltip="The whole run, or the last minute alone"),
        Binding("v", "part", "View", id="pauses.view", tooltip="Show the part that there is no room for: the next one"),
        Binding("slash,f4", "filter", "Filter", id="pauses.filter", tooltip="Filter the triggers"),
        Binding("question_mark,h,f1", "help", "Help", id="pauses.help", tooltip="Explain this screen and its keys"),
    ]

    def __init__(self, snapshot: Snapshot, directory: str) -> None:
        """`directory` is where relative names of files start."""
        super().__init__()
        self._latest, self._directory = snapshot, directory
        self._span: Span = "run"
        self._part = PARTS[0]
        self._title = ""
        self._ration = Ration()

    def compose(self) -> ComposeResult:
        with Container(id="drawn"):
            yield DrawnPart(id="figures")
            yield DrawnPart(id="histogram")
        yield Table[TriggerRow](columns(self._latest.agent.collector), _key, sort_key="total", id="triggers")
        yield FilterBar()
        yield KeyLine()

    # -- arranging

    def on_resize(self) -> None:
        self._arrange()

    def _choice(self) -> tuple[str, ...]:
        """The parts of which there is room for one; none where all are shown."""
        width, height = self.size
        if height < LOW:
            return PARTS
        return () if width >= WIDE or height >= TALL else PARTS[:2]

    def _arrange(self) -> None:
        choice = self._choice()
        if self._part not in (choice or PARTS):
            self._part = PARTS[0]
        shown = {part for part in PARTS if part not in choice or part == self._part}
        for part in PARTS:
            self.query_one(f"#{part}").display = part in shown
        drawn = self.query_one("#drawn")
        drawn.display = shown != {"triggers"}
        is_wide = self.size.width >= WIDE
        self.set_class(is_wide, "-wide")
        lines = (HEIGHT + 1) * (1 if is_wide else len(shown) - 1)
        drawn.styles.height = lines if "triggers" in shown else "1fr"
        if "triggers" in shown and self.focused is None:  # it lost the focus when it was hidden
            self.set_focus(self.query_one("#triggers"))
        self.refresh_bindings()
        self.call_after_refresh(self._show)

    def action_part(self) -> None:
        choice = self._choice()
        self._part = choice[(choice.index(self._part) + 1) % len(choice)]
        self._arrange()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where there is room for all, there is nothing to choose."""
        return bool(self._choice()) if action == "part" else True

    # -- showing

    def follow(self, snapshot: Snapshot) -> None:
        self._latest = snapshot
        if self._ration.is_due:
            self._show()

    def on_screen_resume(self) -> None:
        self._show()

    def action_span(self) -> None:
        self._span = "minute" if self._span == "run" else "run"
        self._show()

    def _show(self) -> None:
        if self.is_seen:
            with self._ration.spent():
                self._show_parts()

    def _show_parts(self) -> None:
        figures, histogram_ = (self.query_one(f"#{part}", DrawnPart) for part in PARTS[:2])
        both = figures.display and figures.size.width >= SIDE_BY_SIDE
        spans: tuple[Span, ...] = ("run", "minute") if both else (self._span,)
        latest = self._latest
        found = {span: latest.pauses.figures(span, latest.taken_ns) for span in spans}
        if figures.display and figures.size:
            self._show_figures(figures, found)
        if histogram_.display and histogram_.size:
            self._show_histogram(histogram_, found[self._span])
        if self.query_one("#triggers").display:
            self._show_triggers()

    def _show_figures(self, part: DrawnPart, found: Mapping[Span, PauseFigures]) -> None:
        log, longest = self._latest.log, []
        for figures in found.values():
            number = figures.all.longest_number
            is_held = number is not None and log.first <= number < log.end
            longest.append(SpanFigures(figures, log[number] if number is not None and is_held else None))
        started, width = self._latest.program.started_ns, part.size.width
        if self._unknown:
            part.show_lines([Content(f" {line}") for line in textwrap.wrap(self._unknown, width - 2)])
        else:
            part.show_lines(figures_lines(longest, self._span, started, width, self._labels))
        name = "Pauses" if len(found) > 1 else f"Pauses of the {NAMES[self._span]}"
        parts = [name, missed_title(found[self._span]), clock_title(self._latest.agent.python)]
        part.set_title(title_line(parts, width))

    def _show_histogram(self, part: DrawnPart, figures: PauseFigures) -> None:
        width, height = part.size
        part.show_lines(histogram(figures.histogram, width, height, self._labels, self._nothing()))
        part.set_title(title_line(["Histogram", NAMES[self._span]], width))

    def _show_triggers(self) -> None:
        table: Table[TriggerRow] = self.query_one("#triggers", Table)
        rows = trigger_rows(self._latest.pauses.triggers(self._span, self._latest.taken_ns))
        shown = matching_triggers(rows, self.filter_text)
        table.say_if_empty("No trigger matches the filter." if rows else self._nothing())
        table.set_rows(shown)
        counted = f"{len(shown)} of {len(rows)} match" if self.filter_text else _places(len(rows))
        parts = ["Top triggers", NAMES[self._span], counted, place_title(self._latest.agent.python)]
        title = title_line(parts, self.size.width)
        if title != self._title:  # each assignment paints the whole table
            self._title = title
            table.border_title = Content(title)

    @property
    def _labels(self) -> tuple[str, str, str]:
        return words(self._latest.agent.collector).short

    @property
    def _unknown(self) -> str:
        """Why nothing is known of any pause, which is not that there was none; empty where something is."""
        agent = self._latest.agent
        if agent.state in ("waiting", "absent") and not self._has_any:
            return f"Nothing is known of pauses: {printable(agent.reason) or 'the agent has not answered.'}"
        return ""

    @property
    def _has_any(self) -> bool:
        return any(one.pauses.events for one in self._latest.generations)

    def _nothing(self) -> str:
        if self._span == "minute" and self._has_any:
            return "No collection in the last minute."
        return "No collection is known." if self._unknown else "No collection yet."

    @on(Table.Selected, "#triggers")
    def _open(self, message: Table.Selected) -> None:
        from gctui.ui.screens.trigger import TriggerScreen

        self.app.push_screen(TriggerScreen(message.row.trigger, self._latest, self._directory))

    # -- filter

    def action_filter(self) -> None:
        if self._part != "triggers" and "triggers" in self._choice():
            self._part = "triggers"
            self._arrange()
        super().action_filter()

    def show_filtered(self) -> None:
        self._show()


def _key(row: TriggerRow) -> object:
    return row.trigger.site


def _places(number: int) -> str:
    return f"{units.count(number)} place{'s' * (number != 1)}"
