"""The program's standard streams: what is a terminal becomes the program's own, the rest passes through.

A stream that is a file, a pipe or a socket goes to the program as it is, so that pipelines work. All that are terminals
become one pseudo-terminal, which is also the program's controlling terminal: `/dev/tty`, job control, Ctrl-C and
window sizes work in it as in any other, and nothing that the program does with it reaches the user's own.
"""

from __future__ import annotations

import fcntl
import os
import select
import struct
import termios
from threading import Lock
from typing import Any

STANDARD = (0, 1, 2)
READ_SIZE = 64 << 10
UNSENT_LIMIT = 64 << 10
"""Bytes kept for a program that does not read what is typed; what is typed beyond them is lost."""
LEAST_NUMBER = 10
"""Our descriptors are at least this, so that redirecting a closed 0, 1 or 2 never lands on one."""


class Streams:
    """What a program gets as its standard streams, and our end of its terminal. Made before the screen opens."""

    def __init__(self, terminals: tuple[int, ...], new_session: bool) -> None:
        self.new_session = new_session
        """The program leads a session and a process group of its own."""
        self.has_terminal = bool(terminals)
        """At least one of its streams is our pseudo-terminal."""
        self.accepts_input = 0 in terminals
        """Its standard input is our pseudo-terminal."""
        self.master = -1
        """Our end: readable when the program printed. -1 when there is none, or it is closed."""
        self._slave = -1
        self._terminals = terminals
        self._unsent = bytearray()
        self._lock = Lock()
        if terminals:
            self._open(terminals[0])

    @classmethod
    def for_screen(cls) -> Streams:
        """For a program beside a screen: it must not touch the terminal that the screen is drawn on."""
        return cls(tuple(number for number in STANDARD if os.isatty(number)), new_session=True)

    @classmethod
    def untouched(cls) -> Streams:
        """For a program without a screen: streams, session and foreground are as they would be without us."""
        return cls((), new_session=False)

    def popen_arguments(self) -> dict[str, Any]:
        """For `subprocess.Popen`, which must be called while this process has a single thread."""
        arguments: dict[str, Any] = {"start_new_session": self.new_session}
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            arguments[name] = self._slave if number in self._terminals else None
        if self._terminals:
            arguments["preexec_fn"] = self._take_terminal
        return arguments

    def after_launch(self) -> None:
        """Give up the program's end, so that the output ends when the program's side has closed it."""
        self._slave = _closed(self._slave)

    def read(self) -> bytes:
        """What the program printed, at most 64 KiB, once there is something; b"" at the end."""
        return read(self.master)

    def write(self, data: bytes) -> None:
        """Send what was typed. Never blocks: what the program does not read yet waits, up to 64 KiB."""
        with self._lock:
            self._unsent += data
            self._send()
            del self._unsent[UNSENT_LIMIT:]

    @property
    def has_unsent(self) -> bool:
        """Something typed waits until the program has read what came before: `flush` when `master` is writable."""
        return bool(self._unsent)

    def flush(self) -> None:
        """Send as much as goes of what waits. Any thread may call it."""
        with self._lock:
            self._send()

    def resize(self, columns: int, lines: int) -> None:
        """Give the program's terminal another size; the kernel tells its foreground programs with SIGWINCH."""
        if self.master >= 0:
            size = struct.pack("4H", max(1, min(lines, 0xFFFF)), max(1, min(columns, 0xFFFF)), 0, 0)
            fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)

    def close(self) -> None:
        """Hang up. Programs that still use the terminal get SIGHUP, as when a terminal's window is closed."""
        with self._lock:
            self._unsent.clear()
            self.master, self._slave = _closed(self.master), _closed(self._slave)

    def _open(self, model: int) -> None:
        """Open the pair; it starts with the modes, the control characters and the size of the user's terminal."""
        self.master, self._slave = (moved_up(end) for end in os.openpty())
        os.set_blocking(self.master, False)
        try:
            termios.tcsetattr(self._slave, termios.TCSANOW, termios.tcgetattr(model))
            fcntl.ioctl(self.master, termios.TIOCSWINSZ, fcntl.ioctl(model, termios.TIOCGWINSZ, b"\0" * 8))
        except (OSError, termios.error):
            pass  # the user's terminal is going away; a new one's own modes will do

    def _send(self) -> None:
        while self._unsent:
            try:
                sent = os.write(self.master, self._unsent)
            except BlockingIOError:
                return
            except OSError:  # the program's side is closed, or ours
                sent = len(self._unsent)
            del self._unsent[:sent]

    def _take_terminal(self) -> None:
        """Runs in the new process, before the program."""
        fcntl.ioctl(self._terminals[0], termios.TIOCSCTTY, 0)


def read(master: int) -> bytes:
    """Wait for output on our end of a terminal and return it; b"" at its end, which Linux reports as an error."""
    while True:
        try:
            return os.read(master, READ_SIZE)
        except BlockingIOError:
            select.select([master], [], [])
        except OSError:
            return b""


def moved_up(descriptor: int) -> int:
    """Move a descriptor out of the way of 0, 1 and 2, close-on-exec."""
    try:
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, LEAST_NUMBER)
    finally:
        os.close(descriptor)


def _closed(descriptor: int) -> int:
    if descriptor >= 0:
        os.close(descriptor)
    return -1
