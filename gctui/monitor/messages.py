"""What a source yields: decoded, checked values. A live process, a recording and a test's fake yield the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from gctui.monitor.cycles import Cycles
from gctui.monitor.model import Allocations, Site
from gctui.monitor.objects import Census, Instances, NotDone, Referrers, Shown
from gctui.monitor.settings import CollectorSettings

# JSON has no bounds, and what is decoded is calculated with, formatted and handed to the system.
Pid = Annotated[int, msgspec.Meta(ge=1, lt=1 << 31)]
Number = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
Signed = Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)]
Word = Annotated[str, msgspec.Meta(max_length=100)]
Three = tuple[Signed, Signed, Signed]


class Hello(msgspec.Struct, frozen=True):
    """An agent took the channel."""

    protocol: Number
    pid: Pid
    ppid: Number
    started: Number
    interpreter: Number
    thread: Number
    python: Word
    build: str
    collector: Word
    executable: str
    argv: tuple[str, ...]


class GaugesRead(msgspec.Struct, frozen=True):
    """The collector's state; the fields of `model.Gauges` as the wire names them."""

    ts: Number
    counts: Three
    thresholds: Three
    enabled: bool
    debug: Signed
    frozen: Number
    totals: tuple[Three, Three, Three]
    frames: Number
    traced: Number
    peak: Number
    tracer: Number
    mean: Number
    since: Number
    cost: Number
    dropped: Number
    recording: bool = True
    """The flight recorder's callback is in gc.callbacks."""
    until: Number = 0
    last: bool = False
    """It came with the agent's goodbye."""


class SettingsRead(msgspec.Struct, frozen=True):
    """The fields of `settings.CollectorSettings`."""

    enabled: bool
    thresholds: Three
    debug: Signed
    frozen: Number

    def settings(self) -> CollectorSettings:
        return CollectorSettings(self.enabled, self.thresholds, self.debug, self.frozen)


class AnswerRead(msgspec.Struct, frozen=True):
    """What came of a command; the fields of `model.Answer`."""

    command: Number
    kind: Word
    error: str
    generation: Number = 0
    freed: Signed = 0
    uncollectable: Signed = 0
    pause_ns: Number = 0
    trace_frames: Number = 0
    sample_bytes: Number = 0
    burst_ms: Number = 0
    order: Number = 0
    ts: Number = 0
    before: SettingsRead | None = None
    after: SettingsRead | None = None


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The agent has left and was never asked for figures. One that was says it with the last of them."""


class Failure(msgspec.Struct, frozen=True):
    """Something that the agent cannot do."""

    error: str
    last: bool = False
    """It does nothing any more."""


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


GENERATIONS = (0, 1, 2, 2)
"""By the bits of a record that tell the generation. There is no 3 but in a lie."""


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
class RingEnded:
    """Nothing will be written into a ring any more, and all that was has been read."""

    ring: int
    ended_ns: int
    """When that was seen, up to half a second later."""
    lives_on: bool
    """Its process does, with another program in it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the user about something that went wrong."""

    text: str


AgentMessage = (
    Hello
    | Goodbye
    | GaugesRead
    | AnswerRead
    | Failure
    | Allocations
    | Census
    | Instances
    | Referrers
    | Shown
    | Cycles
    | NotDone
)
"""What an agent says."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came through another channel than the inherited pipe."""

    channel: int
    """Number of the connection, from 1; none is used twice. 0 is the pipe."""
    message: AgentMessage | ChannelClosed


Message = AgentMessage | ChannelClosed | Said | RingFound | RingRead | RingEnded | Notice
