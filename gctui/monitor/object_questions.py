"""What was asked about the program's objects and is not answered yet."""

from __future__ import annotations

from collections.abc import Iterable

from gctui.monitor.objects import NotDone, ObjectsRead


class ObjectQuestions:
    """Each question gets one answer, if only that there will be none."""

    def __init__(self) -> None:
        self._waiting: set[int] = set()
        self._answers: list[ObjectsRead] = []

    def sent(self, command: int, was_sent: bool) -> int:
        """Note a command that was sent, or could not be; its id."""
        if was_sent:
            self._waiting.add(command)
        else:
            self._answers.append(NotDone(command, "no agent is there to do it"))
        return command

    def fold(self, answer: ObjectsRead) -> None:
        self._waiting.discard(answer.command)
        self._answers.append(answer)

    def give_up(self, commands: Iterable[int]) -> None:
        """The agent that they were sent to is gone."""
        given_up = self._waiting.intersection(commands)
        self._answers += [NotDone(command, "the process ended before it answered") for command in sorted(given_up)]
        self._waiting -= given_up

    def taken(self) -> tuple[ObjectsRead, ...]:
        """The answers since the last call."""
        answers, self._answers = tuple(self._answers), []
        return answers
