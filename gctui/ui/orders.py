"""Orders to several processes: sent once, and followed until each has answered or is not waited for any more."""

from __future__ import annotations

from collections.abc import Sequence

from gctui.monitor.model import Snapshot
from gctui.monitor.relatives import Order, Relative
from gctui.monitor.session import Session
from gctui.ui import order_sentences
from gctui.ui.messages import Note


class Orders:
    """Says when the latest one is over, whatever is on the screen then."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._number: int | None = None

    def send(self, order: Order, chosen: Sequence[Relative]) -> int:
        """The number of its `Round`."""
        self._number = self._session.order_each(order, [one.key for one in chosen])
        return self._number

    def follow(self, snapshot: Snapshot) -> Note | None:
        shown = snapshot.round
        if shown is None or shown.number != self._number or not shown.is_over:
            return None
        self._number = None
        title = order_sentences.title(shown.order)
        text = f"{title}: {order_sentences.tally(shown)}; {order_sentences.total(shown)}"
        went_well = all(reply.state == "done" for reply in shown.replies)
        return Note(text, "result" if went_well else "warning")
