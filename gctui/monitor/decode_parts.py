"""What several of the agent's answers about objects are made of, each with its bound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec

from gctui.agent import wire
from gctui.monitor.messages import Number
from gctui.monitor.model import Frame

Name = Annotated[str, msgspec.Meta(max_length=1000)]
Text = Annotated[str, msgspec.Meta(max_length=10_000)]
#: More than the agent ever sends.
MOST_STEPS, MOST_FILES = 100, 20_000
Files = Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_FILES)]
#: (index of the file's name, line) of each frame of a traceback.
Places = Annotated[tuple[tuple[Number, Number], ...], msgspec.Meta(max_length=wire.MAX_FRAMES)]


class Step(msgspec.Struct, frozen=True):
    """From one object to another."""

    edge: Text
    holder: Text


def frames(files: Sequence[str], places: Iterable[tuple[int, int]]) -> tuple[Frame, ...]:
    """A traceback. ValueError when a frame names no file."""
    found = tuple(places)
    if any(file >= len(files) for file, _ in found):
        raise ValueError("a frame names no file")
    return tuple(Frame(files[file], line) for file, line in found)
