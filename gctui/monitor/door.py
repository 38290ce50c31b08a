"""Where the processes of the family come in that did not inherit the pipe: a Unix socket in the session's folder.

Whoever connects is told by the kernel (SO_PEERCRED): another user is turned away, and an agent that says hello with
a number that is not its own is cut off.
"""

from __future__ import annotations

import os
import socket
from itertools import count
from struct import Struct

from gctui.agent import wire
from gctui.monitor.decode import BadChannel, FrameDecoder, decode
from gctui.monitor.messages import AgentMessage, ChannelClosed, Failure, GaugesRead, Goodbye, Hello, Said

#: Connections held at once: one for each ring that is read at once. Others wait outside, and record all the same.
MOST_VISITORS = 2000
#: Accepted in one look, and bytes read of one visitor in one look, so that none keeps the others waiting.
MOST_NEW, PIECE = 100, 1 << 18
#: Bytes of commands that may wait for an agent that does not read.
MOST_UNSENT = 1 << 16

_CREDENTIALS = Struct("3i")  # pid, uid, gid


class Visitor:
    """The agent of one process, for as long as it is connected."""

    def __init__(self, connection: socket.socket, channel: int, pid: int) -> None:
        self.channel, self.pid = channel, pid
        self._connection = connection
        self._decoder = FrameDecoder()
        self._unsent = bytearray()
        self._has_said_hello = self._has_said_goodbye = False

    def fileno(self) -> int:
        return self._connection.fileno()

    def read(self) -> tuple[list[Said], int]:
        """What it said, ending in `ChannelClosed` when nothing more will come, and the number of bytes."""
        try:
            data = self._connection.recv(PIECE)
        except BlockingIOError:
            return [], 0
        except OSError:
            data = b""
        if not data:
            gone = "" if self._has_said_goodbye else f"Process {self.pid} has ended without a goodbye."
            return [Said(self.channel, ChannelClosed(gone))], 0
        said = []
        try:
            for kind, payload in self._decoder.feed(data):
                message = decode(kind, payload)
                if message is not None:
                    self._check(message)
                    said.append(Said(self.channel, message))
        except BadChannel as error:
            said.append(Said(self.channel, ChannelClosed(f"The channel of process {self.pid} was closed: {error}.")))
        return said, len(data)

    def _check(self, message: AgentMessage) -> None:
        if isinstance(message, Hello):
            if self._has_said_hello:
                raise BadChannel("a second agent speaks in it")
            if message.pid != self.pid:
                raise BadChannel(f"its agent says that it is process {message.pid}")
            self._has_said_hello = True
        elif not self._has_said_hello:
            raise BadChannel("its agent has not said hello")
        self._has_said_goodbye |= isinstance(message, Goodbye) or (
            isinstance(message, GaugesRead | Failure) and message.last
        )

    def command(self, frame: bytes) -> bool:
        """Send it, or keep what the socket does not take now. False when too much waits already."""
        if len(self._unsent) + len(frame) > MOST_UNSENT:
            return False
        self._unsent += frame
        return self.flush()

    @property
    def has_unsent(self) -> bool:
        return bool(self._unsent)

    def flush(self) -> bool:
        """False when nobody is there any more; `read` will say so as well."""
        try:
            while self._unsent:
                del self._unsent[: self._connection.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self._unsent.clear()
            return False
        return True

    def close(self) -> None:
        self._connection.close()


class Door:
    """The listening socket. OSError when it cannot be made: then only the launched process can be spoken to."""

    def __init__(self, folder: str) -> None:
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._listener.bind(os.path.join(folder, wire.DOOR))  # the folder is open to its owner alone
            self._listener.listen(socket.SOMAXCONN)
        except OSError:
            self._listener.close()
            raise
        self._listener.setblocking(False)
        self._channels = count(1)

    def fileno(self) -> int:
        return self._listener.fileno()

    def accept(self, room: int) -> list[Visitor]:
        """Those that came, `room` at the most; the others wait in the kernel's queue."""
        came: list[Visitor] = []
        while len(came) < min(room, MOST_NEW):
            try:
                connection, _ = self._listener.accept()
            except OSError:  # none waits, or too many files are open
                break
            pid, user, _ = _CREDENTIALS.unpack(
                connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
            )
            if user != os.geteuid() or pid <= 0:
                connection.close()
                continue
            connection.setblocking(False)
            came.append(Visitor(connection, next(self._channels), pid))
        return came

    def close(self) -> None:
        self._listener.close()
