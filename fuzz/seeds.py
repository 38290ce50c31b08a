"""What the lies are made from: the frames and the ring of a real program."""

from __future__ import annotations

import os
import select
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from gctui.agent import wire
from gctui.monitor import layouts
from gctui.monitor.command import resolve
from gctui.monitor.decode import FrameDecoder, decode
from gctui.monitor.launch import AgentOptions, Launch
from gctui.monitor.objects import Census, Instances
from gctui.monitor.streams import Streams
from gctui.monitor.tracing import Tracing

Frames = list[tuple[int, bytes]]

#: It lives until every kind of frame has been there.
_PROGRAM = """
import gc, os, sys, time
class Node:
    pass
kept = [Node() for _ in range(2000)]
number = 0
while not os.path.exists(sys.argv[1]):
    gc.collect(number % 3)
    number += 1
    time.sleep(0.01)
"""
_COMMANDS = (
    (wire.COLLECT, 2, 0), (wire.PROBE, 0, 0), (wire.SNAPSHOT, 100, 0), (wire.TRACE, 5, 1024), (wire.SNAPSHOT, 100, 0),
    (wire.TRACE, 0, 0), (wire.CENSUS, 0, 0), (wire.SET_ENABLED, 0, 0), (wire.FREEZE, 1, 0), (wire.UNFREEZE, 0, 0),
)  # fmt: skip


class _Talk:
    """A program, asked one thing after another."""

    def __init__(self, launch: Launch) -> None:
        self.frames: Frames = []
        self._launch, self._decoder, self._asked = launch, FrameDecoder(), 0

    def ask(self, kind: int, first: int, second: int) -> None:
        self._asked += 1
        payload = layouts.COMMAND.pack(self._asked, first, second)
        os.write(self._launch.channel.command_writer, wire.frame(kind, payload))

    def until(self, kind: int, find: Callable[[object], object] = bool) -> object:
        """What is found in a frame of that kind, as soon as there is one."""
        while True:
            found = [find(decode(*frame)) for frame in self.frames if frame[0] == kind]
            if any(found):
                return next(filter(None, found))
            assert self._read(), f"no frame of type {kind} came"

    def _read(self) -> bool:
        reader = self._launch.channel.frame_reader
        data = os.read(reader, 1 << 20) if select.select([reader], [], [], 10)[0] else b""
        self.frames += self._decoder.feed(data)
        return bool(data)


def record() -> tuple[Frames, bytes]:
    """The frames, as (type, payload), and the bytes of the ring."""
    with tempfile.TemporaryDirectory() as folder:
        end = Path(folder) / "end"
        command = resolve([sys.executable, "-c", _PROGRAM, str(end)], os.environ)
        launch = Launch(command, AgentOptions(interval_ms=20, tracing=Tracing(5, 0)), Streams.untouched())
        try:
            talk = _Talk(launch)
            _ask_all(talk)
            end.touch()
            talk.until(wire.BYE)
            launch.process.wait()
            (ring,) = Path(launch.folder.path).glob("*.ring")
            failure = wire.FAILURE, b'{"error":"OSError: no space left on device (in record:7)"}'
            return [*talk.frames, failure], _with_candidates(ring.read_bytes())
        finally:
            launch.close()


def _with_candidates(ring: bytes) -> bytes:
    """As of Python 3.15, in every second record."""
    changed, known = bytearray(ring), (4321).to_bytes(4, "little")
    for at in range(wire.RECORDS_OFFSET, len(changed), 2 * layouts.RECORD.size):
        changed[at + 20 : at + 24] = known
    return bytes(changed)


def _ask_all(talk: _Talk) -> None:
    for command in _COMMANDS:
        talk.ask(*command)
    node = talk.until(wire.CENSUS, lambda census: _node_of(census))
    assert isinstance(node, tuple)
    talk.ask(wire.INSTANCES, *node)
    instance = talk.until(wire.INSTANCES, lambda found: isinstance(found, Instances) and found.instances[0].id)
    assert isinstance(instance, int)
    for kind in (wire.REFERRERS, wire.REPR):
        talk.ask(kind, instance, node[0])
        talk.until(kind)


def _node_of(census: object) -> tuple[int, int] | None:
    types = census.types if isinstance(census, Census) else ()
    return next(((one.id, one.checksum) for one in types if one.full_name == "__main__.Node"), None)
