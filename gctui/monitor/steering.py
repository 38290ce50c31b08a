"""The part of a session that changes the settings of the program's collector."""

from __future__ import annotations

from gctui.agent import wire
from gctui.monitor.history import InterpreterHistory
from gctui.monitor.messages import AnswerRead
from gctui.monitor.model import Answer
from gctui.monitor.settings import to_restore


class SteeringSession:
    """What `Session` promises about settings. Each order is answered once, if only with why it was not obeyed."""

    def __init__(self) -> None:
        self._answers: list[Answer] = []
        self._ordered: set[int] = set()

    def _next_number(self) -> int:
        """The id of a new command."""
        raise NotImplementedError

    def _command(self, kind: int, first: int, second: int = 0) -> tuple[int, bool]:
        """Send a command; its id, and whether somebody was there to take it."""
        raise NotImplementedError

    @property
    def _history(self) -> InterpreterHistory:
        """Of the interpreter that is shown."""
        raise NotImplementedError

    def set_enabled(self, enabled: bool) -> int:
        return self._order(wire.SET_ENABLED, int(enabled))

    def set_thresholds(self, thresholds: tuple[int, int, int]) -> int:
        first, second, third = thresholds
        return self._order(wire.SET_THRESHOLDS, first, second << 32 | third)

    def freeze(self, collect_first: bool) -> int:
        return self._order(wire.FREEZE, int(collect_first))

    def unfreeze(self) -> int:
        return self._order(wire.UNFREEZE)

    def set_debug_flags(self, flags: int) -> int:
        return self._order(wire.SET_DEBUG, flags)

    def restore_settings(self) -> tuple[int, ...]:
        settings = self._history.settings
        now, wanted = settings.now, settings.without_gctui
        if now is None or wanted is None:
            return ()
        orders = {
            "enabled": lambda: self.set_enabled(wanted.enabled),
            "thresholds": lambda: self.set_thresholds(wanted.thresholds),
            "debug_flags": lambda: self.set_debug_flags(wanted.debug_flags),
            "frozen": self.unfreeze,
        }
        return tuple(orders[name]() for name in to_restore(now, wanted))

    def _order(self, kind: int, first: int = 0, second: int = 0) -> int:
        if self._history.interpreter:
            number = self._next_number()
            error = "gctui has no thread in a subinterpreter, it only watches it"
            self._answers.append(Answer(number, "steer", error))
            return number
        number, sent = self._command(kind, first, second)
        if sent:
            self._ordered.add(number)
        else:
            self._answers.append(Answer(number, "steer", "no agent is there to do it"))
        return number

    def _fold_steered(self, answer: AnswerRead, history: InterpreterHistory) -> None:
        """The settings just before it are what the program had made of them."""
        self._ordered.discard(answer.command)
        before, after = (None if one is None else one.settings() for one in (answer.before, answer.after))
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

    def _give_up_orders(self) -> None:
        """The agent is gone."""
        for number in sorted(self._ordered):
            self._answers.append(Answer(number, "steer", "the process ended before it answered"))
        self._ordered.clear()
