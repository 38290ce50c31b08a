"""What is known of the places that allocate: package and function of each, and how entries become rows by them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from gctui.monitor.functions import Function, Functions
from gctui.monitor.model import Frame
from gctui.monitor.packages import Package, package_of
from gctui.monitor.source_text import SourceReader

Grouping = Literal["line", "function", "file", "package", "traceback"]
GROUPINGS: tuple[Grouping, ...] = ("line", "function", "file", "package", "traceback")

MOST_FILES = 5000
"""Files whose functions are kept."""
MOST_NAMES = 250_000
"""File names whose package is kept, as many as one snapshot can have."""

NOWHERE = Frame("", 0)


class RowKey(NamedTuple):
    """What a row stands for: the same in every snapshot, so that a cursor can stay on it."""

    grouping: Grouping
    frames: tuple[Frame, ...]
    """The traceback, most recent call first; one frame for a line, with line 0 for a file; that where a function
    begins; the place of a package."""
    folded: bool
    """It is the rest of a place: its many small tracebacks, which were not sent one by one."""
    name: str = ""
    """Of the function or the package."""


def start_folder() -> str:
    """The folder that gctui was started in, and so the program too; empty where it is gone."""
    try:
        return os.getcwd()
    except OSError:
        return ""


class Places:
    """Remembers what was found out about each file. Its functions are known once they were read."""

    def __init__(self, directory: str = "") -> None:
        """Relative names start at `directory`, the one that the program was started in."""
        self.directory = directory
        self._packages: dict[str, Package] = {}
        self._functions: dict[str, Functions] = {}
        self._names: dict[Frame, tuple[str, ...]] = {}

    def package(self, filename: str) -> Package:
        found = self._packages.get(filename)
        if found is None:
            if len(self._packages) >= MOST_NAMES:
                self._packages.clear()
            found = self._packages[filename] = package_of(filename, self.directory)
        return found

    def function(self, frame: Frame) -> Function | None:
        """None where it is not known, or not yet."""
        functions = self._functions.get(frame.filename)
        return functions.at(frame.line) if functions is not None else None

    def unread(self, filenames: Iterable[str]) -> tuple[str, ...]:
        """Those of the files whose functions are still to be read."""
        return tuple(name for name in dict.fromkeys(filenames) if name not in self._functions)[:MOST_FILES]

    def read(self, filenames: Iterable[str]) -> Mapping[str, Functions]:
        """Their functions, for `learn`. Changes nothing, so that a thread can wait for a slow disk."""
        reader = SourceReader(self.directory)
        return {name: Functions(reader.lines(name)) for name in filenames}

    def learn(self, functions: Mapping[str, Functions]) -> None:
        if len(self._functions) + len(functions) > MOST_FILES:
            self._functions.clear()
        self._functions |= functions
        self._names.clear()

    def names(self, key: RowKey) -> list[str]:
        """What a row can be found by, in lower case: its files, their packages, their functions as far as known."""
        if key.grouping == "package":
            return [key.name.casefold(), key.frames[0].filename.casefold()]
        found = [key.name.casefold()] if key.name else []
        for frame in key.frames:
            found += self._names.get(frame) or self._named(frame)
        return found

    def _named(self, frame: Frame) -> tuple[str, ...]:
        if len(self._names) >= MOST_NAMES:
            self._names.clear()
        function = self.function(frame)
        names = frame.filename, self.package(frame.filename).name, function.name if function is not None else ""
        found = self._names[frame] = tuple(name.casefold() for name in names)
        return found


@dataclass(frozen=True, slots=True)
class View:
    """What of the entries makes a row."""

    grouping: Grouping = "line"
    own_first: bool = False
    """The program's own code only: a row names the nearest caller in it. What never reaches it stays as it is."""
    places: Places = field(default_factory=Places, compare=False)

    def key(self, frames: tuple[Frame, ...], folded: bool) -> RowKey:
        """That of the row to which an entry belongs."""
        frames = self._own(frames) if self.own_first else frames
        grouping, place = self.grouping, frames[0] if frames else NOWHERE
        if grouping == "traceback":
            return RowKey(grouping, frames or (NOWHERE,), folded)
        if grouping == "file":
            return RowKey(grouping, (Frame(place.filename, 0),), False)
        if grouping == "package":
            package = self.places.package(place.filename)
            return RowKey(grouping, (Frame(package.place, 0),), False, package.name)
        if grouping == "function" and (function := self.places.function(place)) is not None:
            return RowKey(grouping, (Frame(place.filename, function.line),), False, function.name)
        # The small tracebacks of one line belong to that line; where the line is lost too there is a rest to show.
        return RowKey(grouping, (place,), folded and place.line == 0)

    def _own(self, frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
        package = self.places.package
        if self.grouping == "traceback":
            return tuple(frame for frame in frames if package(frame.filename).kind == "own") or frames
        for number, frame in enumerate(frames):
            if package(frame.filename).kind == "own":
                return frames[number:]
        return frames
