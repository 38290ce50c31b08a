"""A terminal as a user's terminal emulator gives it, for tests that need a real one."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import subprocess
import termios
import time
from typing import Any

from gctui.monitor.streams import read

DEADLINE_S = 20


class Emulator:
    """The emulator's side of a new pseudo-terminal; what is printed on it collects in `printed`."""

    def __init__(self, columns: int = 80, lines: int = 24) -> None:
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("4H", lines, columns, 0, 0))
        self.printed = b""

    def run(self, *argv: str, **arguments: Any) -> subprocess.Popen[bytes]:
        """Start a program as a shell would in the foreground; streams not in `arguments` are the terminal."""
        streams: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), self.slave)
        streams |= arguments
        program: subprocess.Popen[bytes] = subprocess.Popen(
            argv, start_new_session=True, preexec_fn=self.take, **streams
        )
        return program

    def take(self) -> None:
        """Make this the controlling terminal of the calling process, which leads a session."""
        os.close(os.open(os.ttyname(self.slave), os.O_RDWR))

    def wait_for(self, text: bytes) -> bytes:
        """Read until `text` was printed; what was printed so far."""
        self.printed = wait_for(self.master, text, self.printed)
        return self.printed

    def close(self) -> None:
        os.close(self.master)
        os.close(self.slave)


def wait_for(master: int, text: bytes, printed: bytes = b"") -> bytes:
    """Read from a terminal until `text` was printed; `printed` and what came after it."""
    end = time.monotonic() + DEADLINE_S
    while text not in printed:
        left = end - time.monotonic()
        assert left > 0, f"{text!r} did not come, but {printed!r}"
        if select.select([master], [], [], left)[0]:
            data = read(master)
            assert data, f"{text!r} did not come before the end, but {printed!r}"
            printed += data
    return printed
