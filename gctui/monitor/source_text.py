"""Source lines around a frame. The name and the file come from the observed program: neither is trusted."""

from __future__ import annotations

import io
import os
import re
import stat
import tokenize
from dataclasses import dataclass

LARGEST_FILE = 8 << 20
"""Bytes; of a larger file nothing is read."""
LONGEST_LINE = 400
"""Characters; the rest of a longer line is cut."""
MOST_FILES = 32
"""Files kept by one reader."""
FARTHEST_DEF = 2000
"""Lines that are looked back over for the function's name."""

_DEFINITION = re.compile(r"[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")


@dataclass(frozen=True, slots=True)
class SourceText:
    """Lines around one line of a file, or why there are none."""

    first: int
    """Number of the first line in `lines`, from 1."""
    lines: tuple[str, ...]
    function: str
    """The function or class the line stands in, told by indentation; empty at the top level."""
    problem: str
    """A sentence; empty when there are lines."""


class SourceReader:
    """Reads files as they are now, each once; makes a sentence of everything that can go wrong."""

    def __init__(self, directory: str = "") -> None:
        """Relative names start at `directory`, the one that the program was started in."""
        self._directory = directory
        self._files: dict[str, _File] = {}

    def around(self, filename: str, line: int, before: int = 3, after: int = 3) -> SourceText:
        """The lines from `line` - `before` to `line` + `after`."""
        if not filename:
            return _nothing("The file is not known.")
        if filename.startswith("<") and filename.endswith(">"):
            return _nothing("Not from a file: no source to show.")
        if line < 1:
            return _nothing("The line is not known.")
        file = self._file(filename)
        if file.problem:
            return _nothing(file.problem)
        if line > len(file.lines):
            return _nothing(f"The file has only {len(file.lines)} lines now: it changed since the program read it.")
        first = max(1, line - before)
        chosen = file.lines[first - 1 : line + after]
        return SourceText(first, tuple(file.text(one) for one in chosen), _function(file, line), "")

    def lines(self, filename: str) -> tuple[str, ...]:
        """All lines; none where the file cannot be read."""
        if not filename or filename.startswith("<"):
            return ()
        file = self._file(filename)
        return tuple(file.text(one) for one in file.lines)

    def _file(self, filename: str) -> _File:
        if filename not in self._files:
            if len(self._files) >= MOST_FILES:
                self._files.pop(next(iter(self._files)))
            self._files[filename] = _read(os.path.join(self._directory, filename))
        return self._files[filename]


@dataclass(frozen=True, slots=True)
class _File:
    lines: tuple[bytes, ...] = ()
    encoding: str = "utf-8"
    problem: str = ""

    def text(self, line: bytes) -> str:
        """Decoded only now and only so far: a codec named by a hostile file never sees the whole of it."""
        line = line[: LONGEST_LINE * 4]
        try:
            text = line.decode(self.encoding, "replace")
        except (LookupError, ValueError, TypeError):
            text = line.decode("utf-8", "replace")
        return text[:LONGEST_LINE]


def _read(path: str) -> _File:
    try:
        # Non-blocking, and looked at before it is read: the name may be that of a pipe or a device.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except FileNotFoundError:
        return _File(problem="The file is not there any more, or not on this machine.")
    except (OSError, ValueError) as error:
        return _File(problem=f"The file cannot be read: {_reason(error)}.")
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return _File(problem="Not a regular file: it is not read.")
        if found.st_size > LARGEST_FILE:
            return _File(problem=f"The file is larger than {LARGEST_FILE >> 20} MiB: it is not read.")
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(LARGEST_FILE)
    except OSError as error:
        return _File(problem=f"The file cannot be read: {_reason(error)}.")
    finally:
        os.close(descriptor)
    if b"\0" in data:
        return _File(problem="Not a text file: no source to show.")
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if not lines[-1]:
        lines.pop()
    return _File(tuple(lines), _encoding(data[:1000]))


def _encoding(start: bytes) -> str:
    """What the file's first two lines declare; UTF-8 when they declare nothing or nonsense."""
    try:
        return tokenize.detect_encoding(io.BytesIO(start).readline)[0]
    except (SyntaxError, LookupError, ValueError):
        return "utf-8"


def _function(file: _File, line: int) -> str:
    """Name of the nearest `def` or `class` above that is indented less, as a reader's eye finds it."""
    indent = _indent(file.text(file.lines[line - 1]))
    for raw in reversed(file.lines[max(0, line - 1 - FARTHEST_DEF) : line - 1]):
        if indent == 0:
            break
        text = file.text(raw)
        if not text.strip() or text.lstrip().startswith(("#", ")")) or _indent(text) >= indent:
            continue
        indent = _indent(text)
        if found := _DEFINITION.match(text):
            return found[1]
    return ""


def _indent(text: str) -> int:
    expanded = text.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())


def _reason(error: OSError | ValueError) -> str:
    return (os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)).lower()


def _nothing(problem: str) -> SourceText:
    return SourceText(0, (), "", problem)
