"""The inherited pipe, as the monitor reads it: one agent after the other owns it, by the token."""

from __future__ import annotations

import os

from gctui.monitor.channel import Channel
from gctui.monitor.decode import BadChannel, FrameDecoder, decode
from gctui.monitor.messages import AgentMessage, ChannelClosed, Failure, GaugesRead, Goodbye, Hello

PIECE = 1 << 20
_CLOSED = "The program has closed gctui's channel: it takes no commands now."
_NO_GOODBYE = "The process that gctui watched has ended without a goodbye."


class Pipe:
    """What the agents of a family say through it, and whether somebody is there to be told."""

    def __init__(self, channel: Channel, launched: int) -> None:
        """`launched`: pid of the launched process, whose end is noticed otherwise."""
        self._channel, self._launched = channel, launched
        self._decoder = FrameDecoder()
        self.is_open = True
        self.owner = 0
        """Pid of the agent that has the channel; 0: none."""

    def fileno(self) -> int:
        return self._channel.frame_reader

    def read(self, ended: bool) -> tuple[list[AgentMessage | ChannelClosed], int]:
        """What it holds now, and the number of bytes. `ended`: the program has, and nobody is to take the channel."""
        try:
            data = os.read(self._channel.frame_reader, PIECE)
        except BlockingIOError:
            return [], 0
        if not data:
            self.is_open = False
            return [], 0
        messages: list[AgentMessage | ChannelClosed] = []
        try:
            for kind, payload in self._decoder.feed(data):
                message = decode(kind, payload)
                if isinstance(message, Hello) and self.owner:
                    raise BadChannel("a second agent speaks in it")
                if message is not None:
                    messages.append(message)
                    messages += self._follow_owner(message, ended)
        except BadChannel as error:
            self.is_open, self.owner = False, 0
            messages.append(ChannelClosed(f"The agent's channel was closed: {error}."))
        return messages, len(data)

    def read_all(self, ended: bool) -> list[AgentMessage | ChannelClosed]:
        """Until it is empty."""
        messages: list[AgentMessage | ChannelClosed] = []
        size = 1
        while self.is_open and size:
            more, size = self.read(ended)
            messages += more
        return messages

    def _follow_owner(self, message: AgentMessage, ended: bool) -> list[ChannelClosed]:
        if isinstance(message, Hello):
            self.owner = message.pid
        elif isinstance(message, Goodbye) or (isinstance(message, GaugesRead) and message.last):
            return self._free("", ended)
        elif isinstance(message, Failure) and message.last:
            return self._free(f"The agent has given up: {message.error}.", ended)
        return []

    def _free(self, reason: str, ended: bool) -> list[ChannelClosed]:
        """The agent has gone; in a family of processes the next one may take the channel."""
        self.owner, self._decoder = 0, FrameDecoder()
        if not ended:
            self._channel.offer()
        return [ChannelClosed(reason)]

    def check_owner(self) -> list[AgentMessage | ChannelClosed]:
        """What there is to say when the owner is no longer there."""
        owner = self.owner
        if owner and not self.is_open:
            self.owner = 0
            return [ChannelClosed(_CLOSED)]
        if owner and owner != self._launched and not _is_alive(owner):
            messages = self.read_all(ended=False)
            return [*messages, *self._free(_NO_GOODBYE, ended=False)] if self.owner == owner else messages
        return []

    def command(self, frame: bytes) -> bool:
        """False when nobody is there to obey, or the pipe is full."""
        if not self.owner:
            return False
        try:
            os.write(self._channel.command_writer, frame)
        except OSError:
            return False
        return True


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
