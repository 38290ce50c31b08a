"""An order on its way through several processes: how each stands to it, and what the answers come to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding

from gctui.monitor import units
from gctui.monitor.model import Snapshot
from gctui.monitor.relatives import Order, Reply
from gctui.ui import order_sentences
from gctui.ui.renderables.columns import Column
from gctui.ui.renderables.shortened import cut_end
from gctui.ui.screens.following import Following
from gctui.ui.screens.help import HelpScreen, key_help
from gctui.ui.widgets.heading import Heading
from gctui.ui.widgets.key_line import KeyLine
from gctui.ui.widgets.table import Table


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """One process, as it is drawn."""

    place: int
    """Its turn, from 1."""
    reply: Reply


_SIGNS = {"waiting": "", "asked": "▶ ", "done": "✓ ", "failed": "✗ ", "late": "✗ "}
_TONES = {"waiting": "muted", "asked": "accent", "done": "low", "failed": "high", "late": "raised"}


def _pause(line: ReplyLine) -> int:
    return line.reply.answer.pause_ns if line.reply.answer is not None else 0


def _freed(line: ReplyLine) -> int | None:
    """None: it did not collect."""
    answer = line.reply.answer
    collected = answer is not None and (answer.kind == "collect" or answer.pause_ns)
    return answer.freed if answer is not None and collected and not answer.error else None


COLUMNS: tuple[Column[ReplyLine], ...] = (
    Column("place", "#", "its turn", lambda line, _: str(line.place), width=3, ascending=True, shown_from=60,
           value=lambda line: line.place, tone=lambda _: "muted"),
    Column("pid", "pid", "number of the process", lambda line, _: str(line.reply.pid), width=7, ascending=True,
           value=lambda line: line.reply.pid),
    Column("state", "state", "waiting, asked, done, failed or late",
           lambda line, _: _SIGNS[line.reply.state] + line.reply.state, width=9, left=True, ascending=True,
           value=lambda line: line.reply.state, tone=lambda line: _TONES[line.reply.state]),
    Column("pause", "pause", "how long the collection took", width=8, shown_from=60,
           text=lambda line, _: units.duration(_pause(line)) if _pause(line) else "", value=_pause),
    Column("freed", "freed", "objects", width=7, shown_from=60,
           text=lambda line, _: "" if (freed := _freed(line)) is None else units.count(freed),
           value=lambda line: _freed(line) or 0),
    Column("answer", "answer", "what it said", lambda line, width: cut_end(order_sentences.outcome(line.reply), width),
           left=True, ascending=True, value=lambda line: order_sentences.outcome(line.reply)),
)  # fmt: skip


class RoundScreen(Following):
    """Leaving it leaves the order on its way."""

    CSS_PATH = "round.tcss"
    BINDING_GROUP_TITLE = "Order"
    AUTO_FOCUS = "#replies"

    BINDINGS = [
        Binding("escape,enter", "dismiss", "Back", id="round.back", tooltip="Back; the order goes on", priority=True),
        Binding("question_mark,h,f1", "help", "Help", id="round.help", tooltip="Explain this screen and its keys"),
    ]

    def __init__(self, number: int, order: Order, snapshot: Snapshot) -> None:
        """`number`: of the `Round` to follow."""
        super().__init__()
        self._number, self._order, self._latest = number, order, snapshot

    def compose(self) -> ComposeResult:
        yield Heading((), ())
        yield Table(COLUMNS, lambda line: line.reply.key, sort_key="place", empty="Sending …", id="replies")
        yield KeyLine()

    def on_mount(self) -> None:
        self._show(self._latest)

    def follow(self, snapshot: Snapshot) -> None:
        self._latest = snapshot
        if self.is_seen:
            self._show(snapshot)

    def _show(self, snapshot: Snapshot) -> None:
        shown = snapshot.round
        title = order_sentences.title(self._order)
        if shown is None or shown.number != self._number:
            self.query_one(Heading).say((title,), ("sending …",))
            return
        over = "over" if shown.is_over else "under way; esc leaves it so"
        self.query_one(Heading).say((title, order_sentences.tally(shown), over), (order_sentences.total(shown),))
        lines = [ReplyLine(place, reply) for place, reply in enumerate(shown.replies, 1)]
        self.query_one("#replies", Table).set_rows(lines)

    def action_help(self) -> None:
        text = Path(__file__).with_name("round.md").read_text(encoding="utf-8")
        self.app.push_screen(HelpScreen("Order", text, key_help(self.active_bindings.values(), self.app), ()))
