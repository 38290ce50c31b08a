"""The pair of descriptors that leads to the monitor: never blocks, never writes into a number that is no longer
ours."""

from time import monotonic

from . import wire
from .descriptor import CLOSED, Descriptor, LinkLost

try:
    from ._native import ready as ready
except ImportError:
    from select import select

    def ready(readers: "list[int]", writers: "list[int]", seconds: float, /) -> "tuple[list[int], list[int]]":
        """The same without the C part."""
        return select(readers, writers, [], seconds)[:2]


#: Bytes that may wait for a slow monitor. Beyond it gauges are dropped and counted.
MOST_PENDING = 16 << 20


class Link:
    """Frames out, commands in. Both descriptors are non-blocking: the monitor made them so."""

    def __init__(self, reader: Descriptor, writer: Descriptor) -> None:
        self.reader, self.writer = reader, writer
        self.dropped = 0
        self._out = bytearray()
        self._in = bytearray()

    def send(self, kind: int, payload: bytes, droppable: bool = False) -> None:
        """Queue a frame and write what the pipe takes. A droppable one is counted and forgotten while others wait."""
        if len(payload) > wire.MAX_FRAME or len(self._out) > (0 if droppable else MOST_PENDING):
            self.dropped += 1
            return
        self._out += wire.frame(kind, payload)
        self.flush()

    @property
    def is_waiting(self) -> bool:
        return bool(self._out)

    def flush(self) -> None:
        """Write what the pipe takes now. LinkLost when nobody reads any more."""
        while self._out:
            try:
                written = self.writer.write(bytes(self._out[:65536]))
            except BlockingIOError:
                return
            except OSError as error:
                raise LinkLost(str(error)) from None
            if written is None:
                raise LinkLost(CLOSED)
            del self._out[:written]

    def flush_for(self, seconds: float) -> None:
        """Write until all is out or the time is over."""
        end = monotonic() + seconds
        self.flush()
        while self._out and monotonic() < end:
            ready([], [self.writer.number], end - monotonic())
            self.flush()

    def commands(self) -> "list[tuple[int, int, int, int]]":
        """All whole commands that have come, as (kind, id, first argument, second). LinkLost when the monitor has
        gone."""
        try:
            data = self.reader.read(65536)
        except BlockingIOError:
            return []
        except OSError as error:
            raise LinkLost(str(error)) from None
        if data is None:
            raise LinkLost(CLOSED)
        if not data:
            raise LinkLost("the monitor has gone")
        self._in += data
        found = []
        while len(self._in) >= wire.FRAME_SIZE:
            length, kind = _number(self._in[:4]), self._in[4]
            end = wire.FRAME_SIZE + length
            if len(self._in) < end:
                break
            if length == wire.COMMAND_SIZE:
                command = self._in[wire.FRAME_SIZE : end]
                found.append((kind, _number(command[:4]), _number(command[4:12]), _number(command[12:])))
            del self._in[:end]
        return found


def _number(data: bytearray) -> int:
    return int.from_bytes(data, "little")
