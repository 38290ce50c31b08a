"""The pipes between the monitor and the agent of one process at a time."""

from __future__ import annotations

import fcntl
import os

from gctui.agent import wire

#: Bytes that the pipe holds, where the system allows it, so that a slow moment of the monitor loses nothing.
PIPE_SIZE = 1 << 20


class Channel:
    """Both directions, and a pipe by which an agent wakes its own thread: were it the agent that made that one, a
    program with a low limit of open files could open fewer than without it."""

    def __init__(self) -> None:
        self._command_reader, self.command_writer = os.pipe()
        self.frame_reader, frame_writer = os.pipe()
        wake_reader, wake_writer = os.pipe()
        ends = (self._command_reader, frame_writer, wake_reader, wake_writer)
        self.inherited = tuple(_out_of_the_way(end) for end in ends)
        """What the program is to inherit, as in `wire.INHERITED`."""
        for end in ends[1:]:
            os.close(end)
        for end in (*self.inherited, self.frame_reader, self.command_writer):
            os.set_blocking(end, False)
        try:
            fcntl.fcntl(self.frame_reader, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
        except OSError:
            pass  # the user's share of pipe memory is used up: the ordinary size will do
        self.offer()

    def settings(self) -> dict[str, int]:
        """How an agent finds and recognises what it inherited."""
        numbers = dict(zip(wire.INHERITED, self.inherited, strict=True))
        return numbers | {f"{name}_inode": os.fstat(number).st_ino for name, number in numbers.items()}

    def offer(self) -> None:
        """Put the token into the pipe: the next agent that reads it owns the channel. Commands that the last owner left
        unread are taken out first, which is why the monitor keeps the reading end as well."""
        try:
            while os.read(self._command_reader, 65536):
                pass
        except BlockingIOError:
            pass
        os.write(self.command_writer, wire.TOKEN)

    def hand_over(self) -> None:
        """Close what the program has inherited: its end must show here."""
        for end in self.inherited:
            os.close(end)
        self.inherited = ()

    def close(self) -> None:
        for end in (*self.inherited, self._command_reader, self.command_writer, self.frame_reader):
            os.close(end)


def _out_of_the_way(descriptor: int) -> int:
    for least in wire.HIGH_NUMBERS:
        try:
            return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, least)
        except OSError:  # over the limit of open files
            continue
    return os.dup(descriptor)
