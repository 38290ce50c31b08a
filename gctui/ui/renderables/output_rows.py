"""A line of the program's output as rows of the screen: its colours in the theme's, wrapped as a terminal does."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.cells import get_character_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from gctui.monitor import units
from gctui.monitor.output import OutputLine
from gctui.monitor.sgr import PLAIN, Colour, Sgr
from gctui.monitor.terminal_text import segments

SHOWN = 8 << 10
"""Bytes of one line that are drawn: about a whole large screen."""


def output_rows(line: OutputLine, width: int, base: Style, muted: Style, has_cursor: bool) -> list[Strip]:
    """At least one row. `muted` is for the remark on how much of a very long line is left out.

    The cursor stands behind the line while it is unfinished, else on a row of its own below it.
    """
    raw = line.raw[:SHOWN]
    if len(line.raw) > SHOWN:
        raw = raw[: len(raw) - _cut_off(line.raw)]
    parts = [
        Segment(text, base if sgr is PLAIN else base + rich_style(sgr)) for text, sgr in segments(raw, line.carried)
    ]
    left_out = len(line.raw) - len(raw) + line.truncated
    if left_out:
        parts.append(Segment(f" … {units.size(left_out)} more", muted))
    cursor = Segment(" ", base + Style(reverse=True))
    if has_cursor and not line.finished:
        parts.append(cursor)
    rows = wrapped(parts, max(1, width))
    if has_cursor and line.finished:
        rows.append([cursor])
    return [Strip(row).adjust_cell_length(width, base) for row in rows]


@lru_cache(maxsize=1024)
def rich_style(sgr: Sgr) -> Style:
    """The attributes as Rich has them. The 16 colours stay names, which Textual gives the theme's values."""
    return Style(
        color=_color(sgr.foreground),
        bgcolor=_color(sgr.background),
        bold=sgr.bold or None,
        dim=sgr.dim or None,
        italic=sgr.italic or None,
        underline=sgr.underline or None,
        reverse=sgr.reverse or None,
        strike=sgr.strike or None,
    )


def wrapped(parts: Iterable[Segment], width: int) -> list[list[Segment]]:
    """The parts in rows of at most `width` cells. No wide character is cut in two unless it is wider than a row."""
    rows: list[list[Segment]] = [[]]
    room = width
    for text, style, _ in parts:
        start = 0
        while start < len(text):
            end, used = _fitting(text, start, room)
            if end == start:
                if room < width:
                    rows.append([])
                    room = width
                    continue
                end = start + 1
            rows[-1].append(Segment(text[start:end], style))
            start, room = end, room - used
    return rows


def _fitting(text: str, start: int, room: int) -> tuple[int, int]:
    """Where the stretch from `start` on ends that fits, and the cells it takes."""
    if text.isascii():
        end = min(len(text), start + room)
        return end, end - start
    used, end = 0, start
    while end < len(text):
        size = get_character_cell_size(text[end])
        if used + size > room:
            break
        used += size
        end += 1
    return end, used


def _cut_off(raw: bytes) -> int:
    """Bytes before SHOWN that belong to a character that reaches over it."""
    return next((back for back in range(4) if raw[SHOWN - back] & 0xC0 != 0x80), 0)


def _color(colour: Colour) -> Color | None:
    if colour is None:
        return None
    return Color.from_rgb(*colour) if isinstance(colour, tuple) else Color.from_ansi(colour)
