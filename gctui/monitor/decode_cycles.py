"""From the agent's answer to a probe to `Cycles`. Whatever the bytes are, a ValueError is the worst."""

from __future__ import annotations

from typing import Annotated

import msgspec

from gctui.monitor.cycles import Cycles, GarbageType, LoopStep, Stuck
from gctui.monitor.decode_parts import MOST_STEPS, Files, Name, Places, Step, Text, frames
from gctui.monitor.messages import Number
from gctui.monitor.objects import NotDone

#: More than the agent ever sends.
MOST_TYPES, MOST_STUCK = 200, 100


class _Type(msgspec.Struct, frozen=True):
    module: Name
    name: Name
    count: Number
    size: Number
    sampled: Number
    traced: Number
    here: Number
    through: Name
    frames: Places
    tries: Number
    loop: Annotated[tuple[Step, ...], msgspec.Meta(max_length=MOST_STEPS)]


class _Stuck(msgspec.Struct, frozen=True):
    module: Name
    name: Name
    count: Number
    new: bool


class _Cycles(msgspec.Struct, frozen=True):
    command: Number
    error: Text = ""
    ts: Number = 0
    stalls_ns: tuple[Number, Number] = (0, 0)
    work_ns: Number = 0
    left: Number = 0
    uncollectable: Number = 0
    stuck: Annotated[tuple[_Stuck, ...], msgspec.Meta(max_length=MOST_STUCK)] = ()
    files: Files = ()
    types: Annotated[tuple[_Type, ...], msgspec.Meta(max_length=MOST_TYPES)] = ()
    others: tuple[Number, Number, Number] = (0, 0, 0)


_CYCLES = msgspec.json.Decoder(_Cycles)


def decode_cycles(payload: bytes) -> Cycles | NotDone:
    """What a PROBE frame says. msgspec.DecodeError or ValueError when it is malformed."""
    read = _CYCLES.decode(payload)
    if read.error:
        return NotDone(read.command, read.error)
    types = tuple(
        GarbageType(
            module=one.module,
            name=one.name,
            count=one.count,
            size=one.size,
            sampled=one.sampled,
            traced=one.traced,
            here=one.here,
            frames=frames(read.files, one.frames),
            through=one.through,
            tries=one.tries,
            loop=tuple(LoopStep(step.holder, step.edge) for step in one.loop),
        )
        for one in read.types
    )
    return Cycles(
        command=read.command,
        taken_ns=read.ts,
        stalls_ns=read.stalls_ns,
        work_ns=read.work_ns,
        types=types,
        others=read.others,
        left=read.left,
        uncollectable=read.uncollectable,
        stuck=tuple(Stuck(one.module, one.name, one.count, one.new) for one in read.stuck),
    )
