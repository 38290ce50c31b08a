"""The seam of the monitor: a source yields messages, whatever it is made of; a session folds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gctui.monitor.messages import Message
from gctui.monitor.output import Output


@dataclass(frozen=True, slots=True)
class ProgramStatus:
    """How the launched program stands."""

    ended_ns: int | None = None
    exit_code: int | None = None
    signal: int | None = None
    is_stopped: bool = False


class Source(Protocol):
    """A live program, a recording or a test's fake."""

    argv: tuple[str, ...]
    pid: int
    started_ns: int
    output: Output
    has_terminal: bool
    accepts_input: bool

    def poll(self) -> list[Message]:
        """All messages that came since the last call, oldest first. Never waits."""
        ...

    def status(self) -> ProgramStatus:
        """How the program stands; messages that came before its end have been yielded when it says that it ended."""
        ...

    def command(self, kind: int, number: int, first: int, second: int = 0, channel: int = 0) -> bool:
        """Send a command of `wire` to the agent at the other end of `channel`. False when it cannot take it now."""
        ...

    def type(self, data: bytes) -> None: ...
    def resize(self, columns: int, lines: int) -> None: ...
    def signal(self, number: int) -> None: ...
    def close(self) -> None: ...
