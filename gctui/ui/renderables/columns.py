"""Columns declared as data, and the one way in which headings and rows are laid out from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from gctui.ui.renderables.shortened import cut_end

RowT = TypeVar("RowT")

GAP = 2
"""Cells between two columns."""
ASCENDING, DESCENDING = "▲", "▼"


def no_tone(row: object) -> str:
    """Draw it like the text around it."""
    return ""


@dataclass(frozen=True, slots=True)
class Column(Generic[RowT]):
    """One column: what it is called, what it says of a row, and when there is room for it."""

    key: str
    title: str
    meaning: str
    """With its unit; for the help."""
    text: Callable[[RowT, int], str]
    """The cell for a row, given the cells it has."""
    width: int = 0
    """Cells; 0: all that the other columns leave."""
    shown_from: int = 0
    """Width of the pane, in cells, from which the column is shown."""
    value: Callable[[RowT], Any] | None = None
    """What rows are sorted by, largest first; None: not sortable."""
    ascending: bool = False
    """Sorted smallest first at first, as names are."""
    left: bool = False
    """Left-aligned; numbers are right-aligned."""
    tone: Callable[[RowT], str] = no_tone
    """Name of the component style for this cell; empty for the normal one."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[RowT]):
    """A column with its place on the line."""

    column: Column[RowT]
    x: int
    width: int


def place_columns(columns: Sequence[Column[RowT]], width: int) -> tuple[Placed[RowT], ...]:
    """Those columns that are shown on a line of `width` cells, left to right."""
    shown = [column for column in columns if column.shown_from <= width]
    fixed = sum(column.width for column in shown) + GAP * len(shown)
    rest = max(0, width - fixed)
    placed, x = [], 1
    for column in shown:
        cells = column.width or rest
        placed.append(Placed(column, x, cells))
        x += cells + GAP
    return tuple(placed)


def fit_cell(text: str, width: int, left: bool) -> str:
    """Exactly `width` cells of text."""
    missing = width - cell_len(text)
    if missing < 0:
        return set_cell_size(cut_end(text, width), width)
    return text + " " * missing if left else " " * missing + text


def heading(
    placed: Sequence[Placed[RowT]],
    width: int,
    style: Style,
    sorted_style: Style,
    sort_key: str = "",
    mark: str = "",
) -> Strip:
    """The titles; the sorted column's with its mark."""
    segments, at = [], 0
    for one in placed:
        is_sorted = bool(mark) and one.column.key == sort_key
        title = one.column.title + (mark if is_sorted else "")
        segments.append(Segment(" " * (one.x - at), style))
        segments.append(Segment(fit_cell(title, one.width, one.column.left), sorted_style if is_sorted else style))
        at = one.x + one.width
    return Strip(segments).adjust_cell_length(width, style).simplify()


def row_line(
    placed: Sequence[Placed[RowT]], row: RowT, width: int, style: Style, tone_style: Callable[[str], Style]
) -> Strip:
    """The cells of a row on a background of `style`. Neighbours of one style are joined: fewer bytes to send."""
    segments, at = [], 0
    for one in placed:
        text = fit_cell(one.column.text(row, one.width), one.width, one.column.left)
        tone = one.column.tone(row)
        segments.append(Segment(" " * (one.x - at), style))
        segments.append(Segment(text, style + tone_style(tone) if tone else style))
        at = one.x + one.width
    return Strip(segments).adjust_cell_length(width, style).simplify()


def help_table(columns: Sequence[Column[RowT]]) -> str:
    """The columns as a Markdown list."""
    return "\n".join(f"- **{column.title}**: {column.meaning}" for column in columns)
