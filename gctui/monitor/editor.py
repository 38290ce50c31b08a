"""The user's editor, at a line of the observed program's source."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from gctui.monitor.model import Frame

FALLBACKS = ("vi", "nano")
_HELD: tuple[int, ...] = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class EditorError(Exception):
    """Why nothing is edited; the message is a sentence."""


def editor_command(
    frame: Frame, directory: str, environment: Mapping[str, str], find: Callable[[str], str | None] = shutil.which
) -> list[str]:
    """How to open that line. Relative names start at `directory`; raises EditorError."""
    path = _file(frame.filename, directory)
    return [*_editor(environment, find), f"+{max(1, frame.line)}", path]


def _editor(environment: Mapping[str, str], find: Callable[[str], str | None]) -> list[str]:
    for variable in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(environment.get(variable, ""))
        except ValueError as error:
            raise EditorError(f"${variable} is no command: {str(error).lower()}.") from None
        if words and find(words[0]) is None:
            raise EditorError(f"${variable} is {words[0]}, which is not found.")
        if words:
            return words
    for name in FALLBACKS:
        if find(name) is not None:
            return [name]
    raise EditorError(f"$VISUAL and $EDITOR are not set, and neither {' nor '.join(FALLBACKS)} is found.")


def _file(filename: str, directory: str) -> str:
    if not filename or (filename.startswith("<") and filename.endswith(">")):
        raise EditorError("This frame is not from a file.")
    # Absolute, so that no name can be taken for an option.
    path = os.path.abspath(os.path.join(directory, filename))
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise EditorError("Not a regular file: it is not opened.")
    except FileNotFoundError:
        raise EditorError("The file is not there any more, or not on this machine.") from None
    except (OSError, ValueError) as error:
        raise EditorError(f"The file cannot be opened: {error}.") from None
    return path


def edit(command: Sequence[str]) -> str:
    """Run it on the terminal until the user leaves it. A sentence that says what went wrong, or nothing."""
    try:
        with _signals_held():
            ended = subprocess.run(command, check=False).returncode
    except OSError as error:
        return f"{command[0]} cannot be run: {os.strerror(error.errno or 0).lower()}."
    if ended:
        return f"{command[0]} was ended by a signal." if ended < 0 else f"{command[0]} ended with exit status {ended}."
    return ""


@contextmanager
def _signals_held() -> Iterator[None]:
    """An interrupt from the keyboard is the editor's, though all on the terminal get it. Other signals, which end
    gctui, do so once the editor has given the terminal back."""
    caught: list[int] = []

    def hold(number: int, _frame: FrameType | None) -> None:
        caught.append(number)

    wakeup = signal.set_wakeup_fd(-1)  # the event loop would be told as well
    before = [(number, signal.signal(number, hold)) for number in _HELD]
    try:
        yield
    finally:
        for held, handler in before:
            signal.signal(held, handler)
        signal.set_wakeup_fd(wakeup)
        for number in caught:
            if number != signal.SIGINT:
                signal.raise_signal(number)
