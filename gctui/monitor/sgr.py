"""The attributes of text on a terminal (SGR, "select graphic rendition") as a small frozen value."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

Colour = int | tuple[int, int, int] | None
"""0 to 15: the theme's own colours; 16 to 255: the fixed palette; (red, green, blue); None: the default."""

SGR = re.compile(rb"\x1b\[([0-9:;]*)m")
LIMIT = 64
"""Parameters of one sequence that are looked at; terminals stop at 16 to 32."""


@dataclass(frozen=True, slots=True)
class Sgr:
    """Attributes that hold for the text after them."""

    foreground: Colour = None
    background: Colour = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    strike: bool = False

    def sequence(self) -> str:
        """The escape sequence that sets exactly these attributes."""
        codes = ["0"]
        codes += [code for name, code in _CODES.items() if getattr(self, name)]
        for colour, base in ((self.foreground, 30), (self.background, 40)):
            if isinstance(colour, tuple):
                codes.append(f"{base + 8};2;{colour[0]};{colour[1]};{colour[2]}")
            elif colour is not None:
                codes.append(_indexed(colour, base))
        return f"\x1b[{';'.join(codes)}m"


PLAIN = Sgr()
_CODES = {"bold": "1", "dim": "2", "italic": "3", "underline": "4", "reverse": "7", "strike": "9"}
_FLAGS: dict[int, dict[str, Any]] = {
    **{int(code): {name: True} for name, code in _CODES.items()},
    21: {"underline": True},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"reverse": False},
    29: {"strike": False},
}


def _indexed(colour: int, base: int) -> str:
    if colour < 8:
        return str(base + colour)
    return str(base + 52 + colour) if colour < 16 else f"{base + 8};5;{colour}"


@lru_cache(maxsize=1024)
def apply(parameters: bytes, before: Sgr) -> Sgr:
    """The attributes after `ESC [ parameters m`. What is not understood changes nothing."""
    numbers = _numbers(parameters)
    state = before
    while numbers:
        number, *rest = numbers.pop(0)
        if number in (38, 48, 58):
            colour = _colour(rest) if rest else _colour_of_list(numbers)
            if colour is not None and number != 58:
                state = _painted(state, number == 38, colour)
        else:
            state = _simple(number, rest, state)
    return PLAIN if state == PLAIN else state


def _numbers(parameters: bytes) -> list[list[int]]:
    """`1;38:5:9` is [[1], [38, 5, 9]]. An empty parameter is 0."""
    groups = parameters[: LIMIT * 4].split(b";")[:LIMIT]
    return [[int(number[:5] or 0) for number in group.split(b":")] for group in groups]


def _simple(number: int, rest: list[int], state: Sgr) -> Sgr:
    if number == 0:
        return PLAIN
    if number == 4 and rest:
        return replace(state, underline=rest[0] != 0)
    if number in _FLAGS:
        return replace(state, **_FLAGS[number])
    tens, units = divmod(number, 10)
    if units < 8 and tens in (3, 4, 9, 10):
        return _painted(state, tens in (3, 9), units + (8 if tens > 4 else 0))
    return _painted(state, number == 39, None) if number in (39, 49) else state


def _painted(state: Sgr, foreground: bool, colour: Colour) -> Sgr:
    return replace(state, foreground=colour) if foreground else replace(state, background=colour)


def _colour_of_list(numbers: list[list[int]]) -> Colour:
    """`38;5;N` and `38;2;R;G;B`: takes what belongs to the colour off the front of `numbers`."""
    kind = numbers.pop(0)[0] if numbers else 0
    length = {5: 1, 2: 3}.get(kind, 0)
    taken = [group[0] for group in numbers[:length]]
    del numbers[:length]
    return _colour([kind, *taken])


def _colour(numbers: list[int]) -> Colour:
    """`5 N`, `2 R G B`, or with the colour space of the colon form `2 S R G B`; None when it is neither."""
    kind, *values = numbers
    if kind == 5 and values and values[0] <= 255:
        return values[0]
    if kind == 2 and len(values) >= 3:
        red, green, blue = values[1:4] if len(values) > 3 else values
        return (red, green, blue) if max(red, green, blue) <= 255 else None
    return None
