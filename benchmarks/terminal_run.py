"""A program on a terminal of its own, whose output is read as fast as a terminal emulator would."""

from __future__ import annotations

import os
import select
import subprocess
import time
from types import TracebackType

import psutil

from gctui.monitor.streams import read
from tests.integration.terminals import Emulator

COLUMNS, LINES = 160, 48


class TerminalRun:
    """Starts `argv`; `with` ends it."""

    def __init__(self, *argv: str) -> None:
        self._emulator = Emulator(COLUMNS, LINES)
        self._started = time.perf_counter()
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.process = self._emulator.run(*argv, env=environment)

    def __enter__(self) -> TerminalRun:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            for process in psutil.Process(self.process.pid).children(recursive=True):
                process.kill()
            self.process.kill()
            self.process.wait()
        self._emulator.close()

    def milliseconds_until(self, text: bytes) -> float:
        """From the start until `text` was printed."""
        self._emulator.wait_for(text)
        return (time.perf_counter() - self._started) * 1000

    def read_for(self, seconds: float) -> None:
        """Let it draw, and read what it draws."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self._emulator.master], [], [], left)[0] and not read(self._emulator.master):
                raise EOFError("the terminal was closed by the program")

    def forget(self) -> None:
        """What was printed so far is not looked at again."""
        self._emulator.printed = b""

    def press(self, keys: bytes) -> None:
        os.write(self._emulator.master, keys)

    def wait(self, seconds: float) -> None:
        """Read until it has ended by itself."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(self.process.args, seconds)
            self.read_for(0.05)

    def monitors(self) -> list[psutil.Process]:
        """gctui's own processes: all of the family but the program and its children."""
        family = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        alive = (process for process in family if process.status() != psutil.STATUS_ZOMBIE)
        return [process for process in alive if "gctui" in process.cmdline()]
