"""Every process of the family: what the collector does to each, what it takes, and which are marked for orders."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive

from gctui.monitor.log_filter import FilterError
from gctui.monitor.model import Snapshot
from gctui.monitor.process_filter import matching, parse_process_filter
from gctui.monitor.relatives import Relative, Relatives
from gctui.monitor.terminal_text import printable
from gctui.ui.renderables.columns import help_table
from gctui.ui.renderables.process_columns import COLUMNS
from gctui.ui.renderables.process_lines import (
    ALL,
    ProcessLine,
    in_order,
    interpreter_lines,
    key_of,
    line_of_all,
    process_line,
)
from gctui.ui.renderables.title import title_line
from gctui.ui.widgets.table import Table


class ProcessesPane(Table[ProcessLine]):
    """A tree, or a list, under a line that adds up."""

    BINDING_GROUP_TITLE = "Processes"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Show", tooltip="Show this process in all other panes"),
        Binding("insert,v", "mark", "Mark", tooltip="Mark the process for orders, or not, and go to the next"),
        Binding("asterisk", "mark_all", "Mark all", key_display="*", tooltip="Mark all that take orders, or none"),
        Binding("l", "tree", "Tree/list", tooltip="A tree of who started whom, or a list"),
    ]
    HELP = (
        "Every process that descends from the launched command, the launched one among them. The first line adds up. "
        "Processes that ended stand below those that live; after a while they are only in the sums.\n\n"
        f"{help_table(COLUMNS)}\n\n"
        "`enter` shows a process in all other panes, and `<` and `>` go to the one before and after from any pane, "
        "through the interpreters of a process first, which stand under it. The header says which is shown.\n\n"
        "**Orders**: `insert` or `v` marks a process, `*` all that take orders, or none. With marks, or on the first "
        "line, which stands for all, the keys `0` `1` `2` `d` `t` `f` `F` go to these processes, when this pane has "
        "the focus; gctui asks once, and shows the answer of each. Collecting and freezing go one process after the "
        "other, so that they do not all stop at once. Without marks the keys go to the process shown, as from any "
        "other pane.\n\n"
        "`l` changes between tree and list. `s`, `S` or a click on a heading sorts, in the tree under each parent.\n\n"
        "`/` filters by words in command, pid and ending, `!word` leaves out; `state:running`, `state:collecting`, "
        "`state:stopped`, `state:zombie`, `state:ended`, or several as in `state:stopped,zombie`; `py:3.12`."
    )
    filterable = True
    filter_hint = "words, !word leaves out, state:running, py:3.12"

    is_tree: reactive[bool] = reactive(True, repaint=False)
    """Who started whom shows in the order."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002, as in Textual
        super().__init__(COLUMNS, lambda line: line.key, sort_key="pid", id=id)
        self._marked: set[Hashable] = set()
        self._matches = 0
        self._title = ""
        self._show_title()

    def chosen(self) -> tuple[Relative, ...] | None:
        """The living processes that an order goes to, in the order shown: those marked, or all, on the line that stands
        for them. None: the process that is shown."""
        row = self.cursor_row
        if self._relatives is None or not (self._marked or (row is not None and row.is_all)):
            return None
        living = (one for one in self._relatives.rows if one.state != "ended")
        chosen = [one for one in living if not self._marked or key_of(one) in self._marked]
        places = {line.key: place for place, line in enumerate(self.rows)}
        return tuple(sorted(chosen, key=lambda one: places.get(key_of(one), len(places))))

    def filter_problem(self, text: str) -> str:
        try:
            parse_process_filter(text)
        except FilterError as error:
            return str(error)
        return ""

    def sentence(self) -> str:
        if self.filter_text:
            return f'No process matches "{printable(self.filter_text)}".'
        return "Reading the processes …"

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        if self._relatives is not None:
            self._show_lines()

    def watch_filter_text(self) -> None:
        self._show_lines()
        self.refresh_body()

    def watch_is_tree(self) -> None:
        self.set_rows(self.rows)
        self.refresh_body()
        self._show_title()

    def on_resize(self) -> None:
        self._show_title()

    def action_tree(self) -> None:
        self.is_tree = not self.is_tree

    def action_mark(self) -> None:
        row = self.cursor_row
        if row is not None and not row.is_all:
            self._marked ^= {key_of(row.one)}
            self.action_cursor(1)
            self._show_lines()

    def action_mark_all(self) -> None:
        """All that take orders, of those that the filter shows; none, when all of them are marked."""
        able = {key_of(row.one) for row in self.rows if row.one.speaks and not row.is_all}
        self._marked = set() if able <= self._marked else self._marked | able
        self._show_lines()

    def forget_marks(self) -> None:
        """The order is on its way."""
        self._marked.clear()
        self._show_lines()

    @property
    def _relatives(self) -> Relatives | None:
        return self.snapshot.relatives if self.snapshot is not None else None

    def _show_lines(self) -> None:
        relatives, snapshot = self._relatives, self.snapshot
        if relatives is None or snapshot is None:
            return
        self._marked &= {key_of(one) for one in relatives.rows if one.state != "ended"}
        shown = matching(relatives.rows, self.filter_text)
        self._matches = len(shown)
        lines: list[ProcessLine] = []
        for one in shown:
            lines.append(process_line(one, snapshot.taken_ns, key_of(one) in self._marked))
            lines += interpreter_lines(one, snapshot.taken_ns, snapshot.agent.interpreter)
        self.set_rows([line_of_all(relatives), *lines] if lines else ())
        if not self.has_moved:
            self.put_cursor(next((line.key for line in lines if line.one.is_shown), ALL))
        if not lines:
            self.refresh_body()
        self._show_title()

    def _sorted(self, rows: Iterable[ProcessLine]) -> list[ProcessLine]:
        value = self.sort_column.value
        assert value is not None, "sorted by a column that cannot be sorted by"
        return in_order(rows, value, self.is_ascending, self.is_tree)

    def _show_title(self) -> None:
        parts = ["Processes", "tree" if self.is_tree else "list"]
        relatives = self._relatives
        if relatives is not None:
            ended = relatives.processes - relatives.living
            parts.append(f"{relatives.living} living, {ended} ended" if ended > 0 else f"{relatives.living} living")
            if relatives.folded:
                parts.append(f"{relatives.folded} of them only in the sums")
            if self.filter_text:
                parts.insert(1, f"{self._matches} of {len(relatives.rows)} match")
        if self._marked:
            parts.insert(1, f"{len(self._marked)} marked")
        title = title_line(parts, self.size.width)
        if title != self._title:
            self._title = title
            self.border_title = Content(title)
