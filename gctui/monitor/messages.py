"""What a source yields: decoded, checked values. A live process, a recording and a test's fake yield the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from gctui.monitor.model import Allocations, Site

Three = tuple[int, int, int]


class Hello(msgspec.Struct, frozen=True):
    """An agent took the channel."""

    protocol: int
    pid: int
    ppid: int
    started: int
    interpreter: int
    thread: int
    python: str
    build: str
    collector: str
    executable: str
    argv: tuple[str, ...]


class GaugesRead(msgspec.Struct, frozen=True):
    """The collector's state; the fields of `model.Gauges` as the wire names them."""

    ts: int
    counts: Three
    thresholds: Three
    enabled: bool
    debug: int
    frozen: int
    totals: tuple[Three, Three, Three]
    frames: int
    traced: int
    peak: int
    tracer: int
    dropped: int
    last: bool = False
    """It came with the agent's goodbye."""


class AnswerRead(msgspec.Struct, frozen=True):
    """What came of a command; the fields of `model.Answer`."""

    command: int
    kind: str
    error: str
    generation: int = 0
    freed: int = 0
    uncollectable: int = 0
    pause_ns: int = 0
    trace_frames: int = 0


class Failure(msgspec.Struct, frozen=True):
    """The agent failed, and says so once."""

    error: str


@dataclass(frozen=True, slots=True)
class ChannelClosed:
    """Nothing more comes through the pipe from this agent."""

    reason: str
    """A sentence when that was not its goodbye; else empty."""


@dataclass(frozen=True, slots=True)
class RingFound:
    """A process or an interpreter of the family has begun to record."""

    ring: int
    """Number by which its later messages go."""
    pid: int
    ppid: int
    interpreter: int
    python: str
    started_ns: int
    argv: tuple[str, ...]
    """Empty when the process had gone before it could be asked."""


Record = tuple[int, int, int, int, int, int, int, int]
"""The words of `wire.RECORD`."""


@dataclass(frozen=True, slots=True)
class RingRead:
    """What a ring held that was new."""

    ring: int
    records: Sequence[Record]
    missed: int
    """Overwritten before they were read, since the message before."""
    running: tuple[int, int] | None
    """(generation, start in ns) of a collection that had not stopped."""
    sites: dict[int, Site]
    """Sites that the records name for the first time."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the user about something that went wrong."""

    text: str


Message = Hello | GaugesRead | AnswerRead | Failure | Allocations | ChannelClosed | RingFound | RingRead | Notice
