"""What a session keeps of one process that speaks, or that the screen has shown."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from gctui.monitor.adviser import Adviser
from gctui.monitor.allocation_feed import AllocationFeed
from gctui.monitor.family import Process
from gctui.monitor.garbage_size import GarbageSize
from gctui.monitor.history import InterpreterHistory
from gctui.monitor.model import Agent, AgentState
from gctui.monitor.process import ProcessReader


class Watched:
    """One program in one process."""

    def __init__(self, process: Process | None, pid: int, started_ns: int, silenced: Collection[str]) -> None:
        """`process`: None as long as nothing has been seen of a Python in it."""
        self.process, self.pid, self.started_ns = process, pid, started_ns
        self.channel: int | None = None
        """That leads to its agent; None: none does (any more)."""
        self.state: AgentState = "waiting"
        self.reason = ""
        """A sentence when there is no agent or it failed."""
        self.frames_dropped = 0
        self.interpreter = 0
        """Number of the one that is shown."""
        self.feed = AllocationFeed()
        self.garbage = GarbageSize()
        self.adviser = Adviser(silenced)
        self._nothing = InterpreterHistory(0, started_ns)

    @cached_property
    def reader(self) -> ProcessReader:
        return ProcessReader(self.pid)

    @property
    def history(self) -> InterpreterHistory:
        """Of the interpreter that is shown."""
        if self.process is None:
            return self._nothing
        return self.process.interpreters.get(self.interpreter) or self.process.main

    @property
    def interpreters(self) -> tuple[int, ...]:
        return tuple(sorted(self.process.interpreters)) if self.process else ()

    def show_interpreter(self, step: int) -> None:
        """The one so many places further on, round and round."""
        if numbers := self.interpreters:
            self.interpreter = numbers[(numbers.index(self.history.interpreter) + step) % len(numbers)]

    def agent(self) -> Agent:
        process = self.process
        return Agent(
            state=self.state,
            reason=self.reason,
            pid=process.pid if process else 0,
            interpreter=self.history.interpreter,
            python=process.python if process else "",
            collector=process.collector if process else "",
            clean_exit=process.clean_exit if process else False,
            argv=process.argv if process else (),
        )
