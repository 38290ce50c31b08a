"""Text cut to a number of cells, with `…` where something is missing, and made harmless on the way."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, get_character_cell_size, set_cell_size

from gctui.monitor.model import Frame, Site
from gctui.monitor.terminal_text import printable

LONGEST = 2000
"""Characters of a name that are looked at; a longer one cannot be told apart on a screen anyway."""
UNKNOWN = "(unknown)"
MANY_SMALL = " (many small sites)"


def cut_end(text: str, width: int) -> str:
    """The beginning of `text`, at most `width` cells."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def cut_start(text: str, width: int) -> str:
    """The end of `text`, at most `width` cells."""
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    room, start = width - 1, len(text)
    while start and (cells := get_character_cell_size(text[start - 1])) <= room:
        room -= cells
        start -= 1
    return "…" + text[start:]


def path(filename: str, width: int) -> str:
    """A file name that loses its leading folders first: `…/app/views.py`."""
    text = printable(filename[-LONGEST:]) or UNKNOWN
    if cell_len(text) <= width:
        return text
    parts = text.split("/")
    shown = parts.pop()
    if cell_len(shown) + 2 > width:
        return cut_start(shown, width)
    while parts and cell_len(parts[-1]) + cell_len(shown) + 3 <= width:
        shown = f"{parts.pop()}/{shown}"
    return "…/" + shown


def place(filename: str, line: int, width: int, behind: str = "") -> str:
    """`file:line` and what stands behind it; line 0 is the whole file. The file name gives way first."""
    tail = (f":{line}" if line else "") + behind
    name = printable(filename[-LONGEST:]).rpartition("/")[2] or UNKNOWN
    room = width - cell_len(tail)
    if room >= min(cell_len(name), 12):
        return path(filename, room) + tail
    return cut_end(cut_start(name, 12) + tail, width)


def trigger(site: Site, width: int) -> str:
    """Where a collection struck: `file:line function`."""
    function = printable(site.function[:LONGEST])
    if not site.filename:
        return cut_end(function or UNKNOWN, width)
    return place(site.filename, site.line, width, f" {function}" if function else "")


def chain(frames: Sequence[Frame], width: int, behind: str = "") -> str:
    """A traceback in one line, most recent call first: `views.py:12 ← main.py:7`. Its far end gives way."""
    if not frames:
        return cut_end(UNKNOWN + behind, width)
    if len(frames) == 1:
        return place(frames[0].filename, frames[0].line, width, behind)
    names = [printable(frame.filename[-LONGEST:]).rpartition("/")[2] or UNKNOWN for frame in frames]
    steps = [f"{name}:{frame.line}" for name, frame in zip(names, frames, strict=True)]
    return cut_end(" ← ".join(steps) + behind, width)
