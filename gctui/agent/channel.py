"""What leads from one process to the monitor: the inherited pipe, or a connection of its own through the door."""

from posix import set_inheritable

from . import wire
from .descriptor import CLOSED, Descriptor, LinkLost
from .link import Link

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Sequence


class Channel:
    """A link, and a pipe by which the agent's thread is woken."""

    def __init__(
        self, reader: Descriptor, writer: Descriptor, wake_reader: Descriptor, wake_writer: Descriptor
    ) -> None:
        self.link = Link(reader, writer)
        self._wake_reader, self._wake_writer = wake_reader, wake_writer

    def waited_for(self) -> "list[int]":
        """The numbers to wait for: a command, and a wake. LinkLost when the program has closed one."""
        if not (self.link.reader.is_ours() and self._wake_reader.is_ours()):
            raise LinkLost(CLOSED)
        return [self.link.reader.number, self._wake_reader.number]

    def ends(self) -> "tuple[int, int, int]":
        """The numbers of what is waited for, and of what wakes who waits; -1 for what the program has closed."""
        descriptors = (self.link.reader, self._wake_reader, self._wake_writer)
        reader, wake_reader, wake_writer = [one.number if one.is_ours() else -1 for one in descriptors]
        return reader, wake_reader, wake_writer

    def wake(self) -> None:
        """Let whoever waits go on."""
        self._wake_writer.write(b"x")

    def take_wake(self, ready: "list[int]") -> None:
        """Take in the wake, if it is among what came."""
        if self._wake_reader.number in ready:
            self._wake_reader.read(64)

    def close(self) -> None:
        for descriptor in (self.link.reader, self.link.writer, self._wake_reader, self._wake_writer):
            descriptor.close()


def inherited(settings: "dict[str, int]") -> Channel:
    """What the monitor left open for one process of the program, under high numbers, so that the agent takes none of
    the program's.

    LinkLost, OSError or KeyError when this is not the process that holds it: it does not have the descriptors, or
    another process has taken the token. (A shell between gctui and Python passes the descriptors on to all its
    children.)
    """
    found = [Descriptor(settings[name]) for name in wire.INHERITED]
    for name, descriptor in zip(wire.INHERITED, found):
        if descriptor.inode != settings[name + "_inode"]:
            raise LinkLost("descriptor %d is something else" % descriptor.number)
        set_inheritable(descriptor.number, False)
    if found[0].read(1) != wire.TOKEN:
        raise LinkLost("the monitor has gone")
    return Channel(*found)


def through_the_door(ends: "Sequence[Descriptor]") -> Channel:
    """One of a process that holds no pipe: a connection, and both ends of the pipe that wakes."""
    connection, wake_reader, wake_writer = ends
    return Channel(connection, connection, wake_reader, wake_writer)
