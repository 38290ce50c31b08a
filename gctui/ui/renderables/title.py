"""The title line of a pane: as many of its parts as there is room for, never half of one."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len

SEPARATOR = " · "
BORDER = 4
"""Cells of the border line that the title cannot have."""


def title_line(parts: Iterable[str], width: int) -> str:
    """The parts in order of importance; the first is always there."""
    first, *others = parts
    title = first
    for part in others:
        longer = f"{title}{SEPARATOR}{part}" if part else title
        if cell_len(longer) <= width - BORDER:
            title = longer
    return title
