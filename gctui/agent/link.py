"""The pair of descriptors that leads to the monitor: never blocks, never writes into a number that is no longer
ours."""

from fcntl import F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, FD_CLOEXEC, fcntl
from posix import close, fstat
from posix import read as read_from
from posix import write as write_to  # all bound now: the program may replace them before it forks
from select import select
from time import monotonic

from . import wire
from .handlers import give_way

#: Bytes that may wait for a slow monitor. Beyond it gauges are dropped and counted.
MOST_PENDING = 16 << 20

#: Where descriptors of ours go, out of the program's way: the highest of these numbers that the limits allow.
HIGH_NUMBERS = (900, 200, 50, 10)

CLOSED = "the program has closed gctui's channel"


class LinkLost(Exception):
    """The monitor has gone, or the program closed our descriptors."""


class Descriptor:
    """A number and the identity of what it stood for when it was ours."""

    def __init__(self, number: int, inode: "int | None" = None) -> None:
        self.number = number
        found = fstat(number)
        if inode is not None and found.st_ino != inode:
            raise LinkLost("descriptor %d is something else" % number)
        self._identity = (found.st_dev, found.st_ino)
        self._fstat = fstat

    def is_ours(self) -> bool:
        try:
            found = self._fstat(self.number)
        except OSError as error:
            give_way(error)
            return False
        return (found.st_dev, found.st_ino) == self._identity

    def close(self) -> None:
        if self.is_ours():
            close(self.number)


def keep_from_children(descriptor: Descriptor) -> None:
    """A program that ours executes must not inherit it."""
    fcntl(descriptor.number, F_SETFD, fcntl(descriptor.number, F_GETFD) | FD_CLOEXEC)


def duplicated_high(number: int) -> "int | None":
    """The same open file under the highest number that the limits allow, close-on-exec; None when they allow none."""
    for least in HIGH_NUMBERS:
        try:
            return fcntl(number, F_DUPFD_CLOEXEC, least)
        except OSError:  # over the limit of open files
            continue
    return None


class Link:
    """Frames out, commands in. Both descriptors are non-blocking: the monitor made them so."""

    def __init__(self, reader: Descriptor, writer: Descriptor) -> None:
        self.reader, self.writer = reader, writer
        self.dropped = 0
        self._out = bytearray()
        self._in = bytearray()
        self._read, self._write, self._select = read_from, write_to, select

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
            if not self.writer.is_ours():
                raise LinkLost(CLOSED)
            try:
                written = self._write(self.writer.number, self._out[:65536])
            except BlockingIOError:
                return
            except OSError as error:
                raise LinkLost(str(error)) from None
            del self._out[:written]

    def flush_for(self, seconds: float) -> None:
        """Write until all is out or the time is over."""
        end = monotonic() + seconds
        self.flush()
        while self._out and monotonic() < end:
            self._select([], [self.writer.number], [], end - monotonic() if end > monotonic() else 0)
            self.flush()

    def commands(self) -> "list[tuple[int, int, int, int]]":
        """All whole commands that have come, as (kind, id, first argument, second). LinkLost when the monitor has
        gone."""
        if not self.reader.is_ours():
            raise LinkLost(CLOSED)
        try:
            data = self._read(self.reader.number, 65536)
        except BlockingIOError:
            return []
        except OSError as error:
            raise LinkLost(str(error)) from None
        if not data:
            raise LinkLost("the monitor has gone")
        self._in += data
        found = []
        while len(self._in) >= wire.FRAME.size:
            length, kind = wire.FRAME.unpack_from(self._in)
            end = wire.FRAME.size + length
            if len(self._in) < end:
                break
            if length == wire.COMMAND.size:
                found.append((kind,) + wire.COMMAND.unpack_from(self._in, wire.FRAME.size))
            del self._in[:end]
        return found
