"""Which function a line belongs to. tracemalloc knows file and line only; the source says the rest."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from typing import NamedTuple

MODULE = "<module>"
MOST_NAMED = 5
"""Functions within functions that a name is put together from."""

_DEFINITION = re.compile(r"(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")


class Function(NamedTuple):
    """A function or class, or the top level of a module."""

    name: str
    """With the classes and functions that it stands in: 'Cache.fill'."""
    line: int
    """Where it begins; 0 for the top level."""


class Functions:
    """Those of one file."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        """Told by indentation, as a reader's eye finds them, whatever version of Python the file is for."""
        self._found = [Function(MODULE, 0)]
        self._by_line = array("I")
        stack: list[tuple[int, int]] = []  # (indent, number of the function that begins there)
        for number, text in enumerate(lines, 1):
            stripped = text.lstrip()
            indent = len(text[: -len(stripped)].expandtabs(8)) if stripped else 0
            if not stripped or stripped.startswith(("#", ")")):
                self._by_line.append(next((one for at, one in reversed(stack) if at < indent), 0))
                continue
            while stack and stack[-1][0] >= indent:
                stack.pop()
            outer = stack[-1][1] if stack else 0
            self._by_line.append(outer)
            if found := _DEFINITION.match(stripped):
                stack.append((indent, self._add(found[1], number, outer)))

    def _add(self, name: str, line: int, outer: int) -> int:
        names = [*self._found[outer].name.split("."), name] if outer else [name]
        self._found.append(Function(".".join(names[-MOST_NAMED:]), line))
        return len(self._found) - 1

    def at(self, line: int) -> Function | None:
        """None where the file has no such line."""
        return self._found[self._by_line[line - 1]] if 0 < line <= len(self._by_line) else None
