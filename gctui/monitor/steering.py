"""The part of a session that orders the program's collector about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gctui.agent import wire
from gctui.monitor.history import InterpreterHistory
from gctui.monitor.messages import AnswerRead
from gctui.monitor.model import Answer
from gctui.monitor.relatives import Order
from gctui.monitor.settings import SettingsHistory
from gctui.monitor.watched import Watched

NOBODY = "no agent is there to do it"
ONLY_WATCHED = "gctui has no thread in a subinterpreter, it only watches it"
_ENDED = "the process ended before it answered"


@dataclass(frozen=True, slots=True)
class _Sent:
    """A command that is not answered yet."""

    to: Watched
    kind: Literal["steer", "collect", "objects"]
    rss: int | None = None
    """Resident set when a collection was asked for, bytes."""


class SteeringSession:
    """What `Session` promises about collections and settings. Each order is answered once, if only with why it was not
    obeyed."""

    def __init__(self) -> None:
        self._answers: list[Answer] = []
        self._set: dict[Watched, SettingsHistory] = {}  # of the processes that gctui has set something in
        self._sent: dict[int, _Sent] = {}

    def _next_number(self) -> int:
        """The id of a new command."""
        raise NotImplementedError

    def _tell(self, one: Watched, kind: int, first: int, second: int = 0) -> tuple[int, bool]:
        """Send a command; its id, and whether somebody was there to take it."""
        raise NotImplementedError

    @property
    def _target(self) -> Watched:
        """Whom orders go to: the process that is shown."""
        raise NotImplementedError

    def _note_sent(self, number: int, to: Watched) -> None:
        """Note a question about objects."""
        self._sent[number] = _Sent(to, "objects")

    def collect(self, generation: int) -> int:
        if self._target.history.interpreter:
            number = self._next_number()
            self._answers.append(Answer(number, "collect", ONLY_WATCHED, generation=generation))
            return number
        return self._collect_in(self._target, generation)

    def _collect_in(self, one: Watched, generation: int) -> int:
        rss = one.reader.rss()
        number, sent = self._tell(one, wire.COLLECT, generation)
        if sent:
            self._sent[number] = _Sent(one, "collect", rss)
        else:
            self._answers.append(Answer(number, "collect", NOBODY, generation=generation))
        return number

    def _fold_collected(self, answer: AnswerRead, one: Watched) -> None:
        sent = self._sent.pop(answer.command, None)
        self._answers.append(
            Answer(
                command=answer.command,
                kind="collect",
                error=answer.error,
                generation=answer.generation,
                freed=answer.freed,
                uncollectable=answer.uncollectable,
                pause_ns=answer.pause_ns,
                rss_before=sent.rss if sent else None,
                rss_after=one.reader.rss(),
            )
        )

    def _obey(self, one: Watched, order: Order) -> int:
        """What several processes are told to do, in the main interpreter of one of them, whichever is shown."""
        if order.kind == "collect":
            return self._collect_in(one, order.generation)
        if order.kind == "thresholds":
            return self._order_in(one, wire.SET_THRESHOLDS, *_packed(order.thresholds))
        if order.kind == "freeze":
            return self._order_in(one, wire.FREEZE, int(order.collect_first))
        if order.kind == "unfreeze":
            return self._order_in(one, wire.UNFREEZE)
        return self._order_in(one, wire.SET_ENABLED, int(order.kind == "enable"))

    def set_enabled(self, enabled: bool) -> int:
        return self._order(wire.SET_ENABLED, int(enabled))

    def set_thresholds(self, thresholds: tuple[int, int, int]) -> int:
        return self._order(wire.SET_THRESHOLDS, *_packed(thresholds))

    def freeze(self, collect_first: bool) -> int:
        return self._order(wire.FREEZE, int(collect_first))

    def unfreeze(self) -> int:
        return self._order(wire.UNFREEZE)

    def set_debug_flags(self, flags: int) -> int:
        return self._order(wire.SET_DEBUG, flags)

    def restore_settings(self) -> tuple[int, ...]:
        return tuple(number for one, settings in self._set.items() for number in self._restore(one, settings))

    def _restore(self, one: Watched, settings: SettingsHistory) -> list[int]:
        wanted = settings.without_gctui
        if wanted is None:
            return []
        orders = {
            "enabled": (wire.SET_ENABLED, int(wanted.enabled)),
            "thresholds": (wire.SET_THRESHOLDS, *_packed(wanted.thresholds)),
            "debug_flags": (wire.SET_DEBUG, wanted.debug_flags),
            "frozen": (wire.UNFREEZE,),
        }
        return [self._order_in(one, *orders[name]) for name in settings.to_restore()]

    def _set_elsewhere(self) -> int:
        """How many processes beside the shown one are not set as they would be without gctui."""
        return sum(one is not self._target and bool(settings.to_restore()) for one, settings in self._set.items())

    def _order(self, kind: int, first: int = 0, second: int = 0) -> int:
        if self._target.history.interpreter:
            number = self._next_number()
            self._answers.append(Answer(number, "steer", ONLY_WATCHED))
            return number
        return self._order_in(self._target, kind, first, second)

    def _order_in(self, one: Watched, kind: int, first: int = 0, second: int = 0) -> int:
        number, sent = self._tell(one, kind, first, second)
        if sent:
            self._sent[number] = _Sent(one, "steer")
        else:
            self._answers.append(Answer(number, "steer", NOBODY))
        return number

    def _fold_steered(self, answer: AnswerRead, one: Watched, history: InterpreterHistory) -> None:
        """The settings just before it are what the program had made of them."""
        self._sent.pop(answer.command, None)
        self._set[one] = history.settings
        before, after = (None if read is None else read.settings() for read in (answer.before, answer.after))
        if before is not None and after is not None:
            history.settings.fold(before, answer.ts, "program")
            history.settings.fold(after, answer.ts, "gctui")
        self._answers.append(
            Answer(
                answer.command,
                "steer",
                answer.error,
                order=answer.order,
                freed=answer.freed,
                uncollectable=answer.uncollectable,
                pause_ns=answer.pause_ns,
                before=before,
                after=after,
            )
        )

    def _give_up_orders(self, one: Watched) -> list[int]:
        """Its agent is gone: answer what it was ordered; the numbers of what it was asked about objects."""
        self._set.pop(one, None)
        given_up = [number for number, sent in self._sent.items() if sent.to is one]
        questions = []
        for number in given_up:
            kind = self._sent.pop(number).kind
            if kind == "objects":
                questions.append(number)
            else:
                self._answers.append(Answer(number, kind, _ENDED))
        return questions


def _packed(thresholds: tuple[int, int, int]) -> tuple[int, int]:
    """As the two arguments of a command."""
    first, second, third = thresholds
    return first, second << 32 | third
