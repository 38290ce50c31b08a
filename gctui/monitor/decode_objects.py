"""From the agent's answers about objects to `objects`. Whatever the bytes are, a ValueError is the worst."""

from __future__ import annotations

from typing import Annotated

import msgspec

from gctui.agent import wire
from gctui.monitor.decode_cycles import decode_cycles
from gctui.monitor.decode_parts import MOST_STEPS, Files, Name, Places, Step, Text, frames
from gctui.monitor.messages import Number
from gctui.monitor.objects import Census, Instance, Instances, NotDone, ObjectsRead, Referrers, Shown, TypeCount

#: More than the agent ever sends.
MOST_TYPES, MOST_INSTANCES = 10_000, 200


class _Type(msgspec.Struct, frozen=True):
    id: Number
    module: Name
    name: Name
    count: Number
    size: Number


class _Census(msgspec.Struct, frozen=True):
    command: Number
    error: Text = ""
    ts: Number = 0
    stall_ns: Number = 0
    work_ns: Number = 0
    types: Annotated[tuple[_Type, ...], msgspec.Meta(max_length=MOST_TYPES)] = ()
    others: tuple[Number, Number, Number] = (0, 0, 0)


class _Instance(msgspec.Struct, frozen=True):
    id: Number
    size: Number
    generation: Annotated[int, msgspec.Meta(ge=0, le=2)]
    newest: bool
    through: Name
    frames: Places


class _Instances(msgspec.Struct, frozen=True):
    command: Number
    error: Text = ""
    type: Number = 0
    gone: bool = False
    count: Number = 0
    size: Number = 0
    stall_ns: Number = 0
    files: Files = ()
    instances: Annotated[tuple[_Instance, ...], msgspec.Meta(max_length=MOST_INSTANCES)] = ()


class _Referrers(msgspec.Struct, frozen=True):
    command: Number
    error: Text = ""
    object: Number = 0
    gone: bool = False
    direct: Number = 0
    end: Name = ""
    steps: Annotated[tuple[Step, ...], msgspec.Meta(max_length=MOST_STEPS)] = ()
    stall_ns: Number = 0


class _Shown(msgspec.Struct, frozen=True):
    command: Number
    error: Text = ""
    object: Number = 0
    gone: bool = False
    text: Text = ""
    cut: bool = False


_CENSUS, _INSTANCES = msgspec.json.Decoder(_Census), msgspec.json.Decoder(_Instances)
_REFERRERS, _SHOWN = msgspec.json.Decoder(_Referrers), msgspec.json.Decoder(_Shown)


def decode_objects(kind: int, payload: bytes) -> ObjectsRead:
    """What a frame of one of `wire.ABOUT_OBJECTS` says. msgspec.DecodeError or ValueError when it is malformed."""
    if kind == wire.CENSUS:
        return _census(_CENSUS.decode(payload))
    if kind == wire.INSTANCES:
        return _instances(_INSTANCES.decode(payload))
    if kind == wire.REFERRERS:
        read = _REFERRERS.decode(payload)
        steps = tuple((step.edge, step.holder) for step in read.steps)
        if read.error:
            return NotDone(read.command, read.error)
        return Referrers(read.command, read.object, read.gone, read.direct, read.end, steps, read.stall_ns)
    if kind == wire.PROBE:
        return decode_cycles(payload)
    shown = _SHOWN.decode(payload)
    return Shown(shown.command, shown.object, shown.gone, shown.text, shown.cut, shown.error)


def _census(read: _Census) -> Census | NotDone:
    if read.error:
        return NotDone(read.command, read.error)
    types = tuple(TypeCount(one.id, one.module, one.name, one.count, one.size) for one in read.types)
    return Census(read.command, read.ts, read.stall_ns, read.work_ns, types, read.others)


def _instances(read: _Instances) -> Instances | NotDone:
    if read.error:
        return NotDone(read.command, read.error)
    made = tuple(
        Instance(
            id=one.id,
            size=one.size,
            generation=one.generation,
            newest=one.newest,
            frames=frames(read.files, one.frames),
            through=one.through,
        )
        for one in read.instances
    )
    return Instances(read.command, read.type, read.gone, read.count, read.size, read.stall_ns, made)
