"""What the rules say of the program, with where each comes from, and the key that silences it."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from gctui.monitor import units
from gctui.monitor.advice import Advice
from gctui.monitor.model import Snapshot
from gctui.monitor.session import Session
from gctui.monitor.terminal_text import printable
from gctui.ui.renderables.columns import Column
from gctui.ui.renderables.shortened import cut_end
from gctui.ui.screens.following import Following
from gctui.ui.widgets.key_line import KeyLine
from gctui.ui.widgets.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One rule that is true or silenced."""

    advice: Advice
    since_s: float | None
    """Seconds from the program's start to when it became true; None: it is not."""


COLUMNS: tuple[Column[Row], ...] = (
    Column("state", "state", "true now, or silenced", lambda row, _: _state(row.advice), width=8, left=True,
           ascending=True, value=lambda row: _state(row.advice),
           tone=lambda row: "raised" if row.advice.is_said else "muted"),
    Column("since", "since", "when it became true, after the program's start",
           lambda row, _: "-" if row.since_s is None else units.clock(row.since_s), width=7,
           value=lambda row: -1 if row.since_s is None else row.since_s),
    Column("title", "notice", "what is wrong", lambda row, width: cut_end(row.advice.title, width), left=True,
           ascending=True, value=lambda row: row.advice.title),
)  # fmt: skip


def _state(advice: Advice) -> str:
    return "silenced" if advice.silenced else "true"


class NoticesScreen(Following):
    """The newest is first, and what it says in full stands below."""

    CSS_PATH = "notices.tcss"
    BINDING_GROUP_TITLE = "Notices"
    AUTO_FOCUS = "#rules"

    BINDINGS = [
        Binding("escape,n", "dismiss", "Back", id="notices.back", tooltip="Back to the main screen"),
        Binding("x", "silence", "Silence", id="notices.silence", tooltip="Say it no more in this session, or again"),
        Binding("question_mark,h,f1", "help", "Help", id="notices.help", tooltip="Explain this screen and its keys"),
    ]

    def __init__(self, session: Session, snapshot: Snapshot) -> None:
        super().__init__()
        self._session, self._latest = session, snapshot

    def compose(self) -> ComposeResult:
        yield Static(id="heading", markup=False)
        yield Table(COLUMNS, lambda row: row.advice.name, sort_key="since", empty=_none(self._latest), id="rules")
        yield Static(id="sentence")
        yield KeyLine()

    def on_mount(self) -> None:
        self._show_all(self._latest)

    def follow(self, snapshot: Snapshot) -> None:
        self._latest = snapshot
        if self.is_seen:
            self._show_all(snapshot)

    def on_screen_resume(self) -> None:
        if self.is_seen:
            self._show_all(self._latest)

    def _show_all(self, snapshot: Snapshot) -> None:
        began = snapshot.program.started_ns
        rows = [
            Row(one, None if one.since_ns is None else max(0, one.since_ns - began) / 1e9) for one in snapshot.advice
        ]
        said = sum(one.is_said for one in snapshot.advice)
        silenced = sum(one.silenced for one in snapshot.advice)
        self.query_one("#heading", Static).update(f"Notices: {said} true, {silenced} silenced")
        table = self.query_one("#rules", Table)
        table.set_rows(rows)
        self._show(table.cursor_row)

    @on(Table.Highlighted, "#rules")
    def _highlighted(self, message: Table.Highlighted) -> None:
        self._show(message.row)

    def _show(self, row: Row | None) -> None:
        text = Content() if row is None else in_full(row.advice, self._latest.taken_ns)
        shown = self.query_one("#sentence", Static)
        if shown.content != text:
            shown.update(text)

    def action_silence(self) -> None:
        row: Row | None = self.query_one("#rules", Table).cursor_row
        if row is not None:
            self._session.silence(row.advice.name, not row.advice.silenced)


def in_full(advice: Advice, now_ns: int) -> Content:
    """All that is known of it; a file name in it may be anything, and is no markup."""
    if advice.since_ns is None:
        what = Content("Not true now; silenced, it would not be said.")
    else:
        held = units.duration(max(0, now_ns - advice.since_ns))
        what = Content.assemble((printable(advice.text), "bold"), "\n", printable(advice.remedy), f"\nTrue for {held}.")
    hint = f"--silence {advice.name} on the command line, or x here"
    return Content.assemble(what, "\n", (f"Source: {advice.source}. {hint}.", "$foreground-muted"))


def _none(snapshot: Snapshot) -> str:
    if snapshot.program.state == "ended":
        return "No notice was true when the program ended."
    return "No notice: no rule finds anything wrong. What is watched for is in the help (?)."
