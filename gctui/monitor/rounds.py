"""An order that goes through several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from gctui.monitor.model import Answer
from gctui.monitor.relatives import Order, Reply, ReplyState, Round

#: A process that has not answered after so long is not waited for: it may be stopped, or deep in a call into C.
PATIENCE_NS = 5_000_000_000
#: Orders that stop a program for long: one process after the other gets them, so that a pool goes on serving.
_STAGGERED = ("collect", "freeze")


class Rounds:
    """The latest one, asked on tick by tick."""

    def __init__(self, tell: Callable[[int, Order], int | None]) -> None:
        """`tell`: gives the process of a key an order; the id of the answer to come, None when there is no such process
        any more."""
        self._tell = tell
        self.latest: Round | None = None
        self._asked: dict[int, tuple[int, int]] = {}  # id of a command -> (place in the round, when, ns)
        self._number = 0

    def begin(self, order: Order, targets: Sequence[tuple[int, int]]) -> int:
        """`targets`: (key, pid) of each process. The number of the round."""
        self._number += 1
        self._asked.clear()
        self.latest = Round(self._number, order, tuple(Reply(key, pid, "waiting") for key, pid in targets))
        return self._number

    def go_on(self, answers: Iterable[Answer], now_ns: int) -> None:
        """Take in what was answered since the last call, and ask the next."""
        if self.latest is None or self.latest.is_over:
            return
        for answer in answers:
            if answer.command in self._asked:
                place, _ = self._asked.pop(answer.command)
                self._set(place, "failed" if answer.error else "done", answer)
        for command, (place, asked_ns) in list(self._asked.items()):
            if now_ns - asked_ns > PATIENCE_NS:
                del self._asked[command]
                self._set(place, "late")
        for place, reply in enumerate(self.latest.replies):
            if self._asked and self.latest.order.kind in _STAGGERED:
                break
            if reply.state == "waiting":
                number = self._tell(reply.key, self.latest.order)
                if number is None:
                    self._set(place, "failed", error="it has ended")
                else:
                    self._asked[number] = place, now_ns
                    self._set(place, "asked")

    def _set(self, place: int, state: ReplyState, answer: Answer | None = None, error: str = "") -> None:
        assert self.latest is not None
        replies = list(self.latest.replies)
        said = answer.error if answer is not None else error
        replies[place] = replace(replies[place], state=state, answer=answer, error=said)
        self.latest = replace(self.latest, replies=tuple(replies))
