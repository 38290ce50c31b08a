"""The part of a session that asks after the program's allocations and objects."""

from __future__ import annotations

from gctui.agent import wire
from gctui.monitor.model import Answer
from gctui.monitor.object_questions import ObjectQuestions
from gctui.monitor.objects import NotDone, TypeCount
from gctui.monitor.steering import NOBODY, ONLY_WATCHED, SteeringSession


class AskingSession(SteeringSession):
    """What `Session` promises about them. Questions go to the process that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = ObjectQuestions()
        self._wants_allocations: bool | None = None

    def _ask(self, kind: int, first: int, second: int = 0) -> int:
        """About the program's objects."""
        number, sent = self._tell(self._target, kind, first, second)
        if sent:
            self._note_sent(number, self._target)
        return self._asked.sent(number, sent)

    def count_objects(self) -> int:
        return self._ask(wire.CENSUS, 0)

    def list_instances(self, kind: TypeCount) -> int:
        return self._ask(wire.INSTANCES, kind.id, kind.checksum)

    def find_referrers(self, object_id: int, kind: TypeCount) -> int:
        return self._ask(wire.REFERRERS, object_id, kind.id)

    def show_object(self, object_id: int, kind: TypeCount) -> int:
        return self._ask(wire.REPR, object_id, kind.id)

    def probe_cycles(self) -> int:
        if self._target.history.interpreter:
            number = self._next_number()
            self._asked.fold(NotDone(number, ONLY_WATCHED))
            return number
        return self._ask(wire.PROBE, 0)

    def _trace(self, kind: int, frames: int, how: int) -> int:
        number, sent = self._tell(self._target, kind, frames, how)
        if not sent:
            self._answers.append(Answer(number, "trace", NOBODY))
        self._target.feed.ask_at_once()
        return number

    def trace(self, frames: int, sample_bytes: int) -> int:
        return self._trace(wire.TRACE, frames, sample_bytes)

    def burst(self, frames: int, seconds: float) -> int:
        return self._trace(wire.BURST, frames, round(seconds * 1000))

    def resume_allocations(self) -> None:
        self._target.feed.resume()

    def want_allocations(self, wanted: bool) -> None:
        self._wants_allocations = wanted
        self._tell(self._target, wire.UNASKED, wire.MOST_TRACEBACKS if wanted else 0)

    def mark(self) -> None:
        self._target.feed.mark = self._target.feed.latest
