"""What the lies are made from: the frames and the ring of a real program."""

from __future__ import annotations

import os
import select
import sys
from pathlib import Path

from gctui.agent import wire
from gctui.monitor.command import resolve
from gctui.monitor.decode import FrameDecoder
from gctui.monitor.launch import AgentOptions, Launch
from gctui.monitor.streams import Streams
from gctui.monitor.tracing import Tracing

#: It lives until every kind of frame has been there.
_PROGRAM = """
import gc, time
kept = [[] for _ in range(2000)]
for number in range(60):
    gc.collect(number % 3)
    time.sleep(0.01)
"""
_COMMANDS = ((wire.COLLECT, 2), (wire.PROBE, 0), (wire.SNAPSHOT, 100), (wire.TRACE, 0))


def record() -> tuple[list[tuple[int, bytes]], bytes]:
    """The frames, as (type, payload), and the bytes of the ring."""
    command = resolve([sys.executable, "-c", _PROGRAM], os.environ)
    launch = Launch(command, AgentOptions(interval_ms=20, tracing=Tracing(5, 0)), Streams.untouched())
    try:
        for number, (kind, first) in enumerate(_COMMANDS, 1):
            os.write(launch.channel.command_writer, wire.frame(kind, wire.COMMAND.pack(number, first, 0)))
        stream = b""
        while select.select([launch.channel.frame_reader], [], [], 10)[0]:
            data = os.read(launch.channel.frame_reader, 1 << 20)
            if not data:
                break
            stream += data
        launch.process.wait()
        (ring,) = Path(launch.folder.path).glob("*.ring")
        frames = FrameDecoder().feed(stream)
        frames.append((wire.FAILURE, b'{"error":"OSError: no space left on device (in record:7)"}'))
        return frames, ring.read_bytes()
    finally:
        launch.close()
