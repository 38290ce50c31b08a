"""Whether a screen can be drawn, and on which terminal, whatever became of the standard streams."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from gctui.monitor.streams import STANDARD, moved_up

CONTROLLING_TERMINAL = "/dev/tty"


class ScreenTerminal:
    """The controlling terminal, opened."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    @contextmanager
    def as_standard_streams(self, given_up: Collection[int] = ()) -> Iterator[None]:
        """Inside, this process's standard streams are the terminal; afterwards they are what they were.

        The screen reads from stdin, draws on stderr and asks stdout for its size, and any of them may be
        redirected. The program must have been launched before, with the streams as they were. Those `given_up`
        stay the terminal: the program alone holds the pipe then, and whoever is at its other end sees it end.
        """
        restored = [number for number in STANDARD if number not in given_up]
        originals = {number: moved_up(os.dup(number)) for number in restored if _is_open(number)}
        _flush()
        try:
            for number in STANDARD:
                os.dup2(self.descriptor, number)
            yield
        finally:
            _flush()
            for number in restored:
                if number in originals:
                    os.dup2(originals[number], number)
                    os.close(originals[number])
                else:
                    os.close(number)

    def close(self) -> None:
        os.close(self.descriptor)


def screen_terminal(environment: Mapping[str, str] = os.environ) -> ScreenTerminal | str:
    """The terminal to draw on, or a sentence that says why there can be no screen."""
    reason = _unfit(environment)
    if reason:
        return reason
    try:
        descriptor = moved_up(os.open(CONTROLLING_TERMINAL, os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return "There is no terminal to draw a screen on."
    if _in_background(descriptor):
        os.close(descriptor)
        return "gctui is in the background of this terminal: bring it to the foreground (fg), or give --headless."
    return ScreenTerminal(descriptor)


def _unfit(environment: Mapping[str, str]) -> str:
    term = environment.get("TERM", "")
    if term in ("", "dumb"):
        named = "TERM is not set" if not term else f"TERM is {term}"
        return f"{named}: this terminal cannot draw a screen."
    if sys.__stdin__ is None or sys.__stderr__ is None:
        return "Standard input or standard error is closed, and a screen needs both."
    encoding = sys.__stderr__.encoding
    if encoding.lower().replace("-", "").replace("_", "") != "utf8":
        return f"The encoding here is {encoding} and a screen needs UTF-8: set PYTHONUTF8=1."
    return ""


def _in_background(descriptor: int) -> bool:
    try:
        return os.tcgetpgrp(descriptor) != os.getpgrp()
    except OSError:
        return True


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _flush() -> None:
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            pass  # a full disk, a reader that left: theirs to find out, not the screen's
