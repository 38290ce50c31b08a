"""The pause time line: one column per slice of time, as high as the longest pause that started in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from textual.content import Content

from gctui.monitor.collectors import GENERATIONAL
from gctui.monitor.model import BUCKET_NS, Bucket, Running

SECOND = 1_000_000_000
LABEL_WIDTH = 9
"""Columns of the pause scale to the left, the blank behind it included."""

FILLS = ("⡀⡄⡆⡇", "⣀⣤⣶⣿", "▁▂▃▄▅▆▇█")
"""Per generation: a cell filled from the bottom. A thin line, a double line and a solid block, so that the
generations differ without any colour too."""
STYLES = ("$text-success", "$text-warning", "$text-error")
DIM = "$foreground-muted"

_LOWEST_TOP_NS = 1_000_000
_TICKS = (1, 2, 5, 10, 15, 30, 60)


@dataclass(frozen=True, slots=True)
class Slice:
    """What one column shows."""

    longest_ns: int
    generation: int


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawn time line and what its scale says."""

    lines: tuple[Content, ...]
    longest_ns: int


def slices(
    buckets: Sequence[Bucket], columns: int, slice_ns: int, running: tuple[Running, int] | None = None
) -> list[Slice | None]:
    """The last `columns` slices, oldest first; None where nothing paused.

    Slices begin at multiples of their length, not at the oldest bucket, so that a column keeps its content
    while it moves. A collection that is `running`, with its nanoseconds so far, counts where it started.
    """
    found: list[Slice | None] = [None] * max(columns, 0)
    if not buckets or columns <= 0:
        return found
    newest = (buckets[-1].start_ns + BUCKET_NS - 1) // slice_ns

    def put(start_ns: int, pause_ns: int, generation: int) -> bool:
        column = columns - 1 - (newest - start_ns // slice_ns)
        if not 0 <= column < columns:
            return False
        known = found[column]
        if pause_ns and (known is None or pause_ns > known.longest_ns):
            found[column] = Slice(pause_ns, generation)
        return True

    if running:
        put(running[0].started_ns, running[1], running[0].generation)
    for bucket in reversed(buckets):
        longest = max(bucket.longest)
        if not put(bucket.start_ns, longest, bucket.longest.index(longest)):
            break
    return found


def scale_top(longest_ns: int) -> int:
    """The power of ten that the scale ends at; it stays calm while pauses vary within their decade."""
    top = _LOWEST_TOP_NS
    while top < longest_ns:
        top *= 10
    return top


def level(pause_ns: int, top_ns: int, decades: int, steps: int) -> int:
    """Height in `steps` of a pause on a logarithmic scale that spans `decades` below `top_ns`; never 0."""
    share = 1 + math.log10(pause_ns / top_ns) / decades
    return max(1, min(steps, math.ceil(share * steps - 1e-9)))


def plot(
    buckets: Sequence[Bucket],
    width: int,
    height: int,
    slice_ns: int = SECOND,
    running: tuple[Running, int] | None = None,
) -> Plot:
    """Draw into `width` x `height` cells: rows of a decade each (or an equal part of one), and the axis."""
    columns, rows = width - LABEL_WIDTH - 1, height - 1
    if columns < 1 or rows < 1:
        return Plot((), 0)
    shown = slices(buckets, columns, slice_ns, running)
    longest = max((one.longest_ns for one in shown if one), default=0)
    per_decade = max(1, rows // 4)
    decades = max(1, rows // per_decade)
    rows, spare = decades * per_decade, rows - decades * per_decade
    top = scale_top(longest)
    heights = [
        (level(one.longest_ns, top, decades, rows * len(FILLS[one.generation])), one.generation) if one else None
        for one in shown
    ]
    lines = [Content.blank(width) for _ in range(spare)]
    for row in range(rows):
        label = _decade(top // 10 ** (row // per_decade)) if row % per_decade == 0 else ""
        lines.append(_line(label, heights, rows - 1 - row))
    lines.append(_axis(columns, slice_ns))
    return Plot(tuple(lines), longest)


def _decade(nanoseconds: int) -> str:
    """The end of a decade: '≤100 ms'."""
    for unit, factor in (("s", SECOND), ("ms", 1_000_000), ("µs", 1000)):
        if nanoseconds >= factor:
            return f"≤{nanoseconds // factor} {unit}"
    return f"≤{nanoseconds} ns"


def _line(label: str, heights: Sequence[tuple[int, int] | None], row: int) -> Content:
    """One row of cells, `row` counted from the bottom."""
    cells = [_cell(one, row) for one in heights]
    runs = groupby(cells, key=itemgetter(1))
    parts = [("".join(glyph for glyph, _ in run), style) for style, run in runs]
    return Content.assemble((label.rjust(LABEL_WIDTH - 1) + " ", DIM), *parts)


def _cell(height: tuple[int, int] | None, row: int) -> tuple[str, str]:
    """A glyph and its style. Blanks have none, so that they run together: fewer parts to paint and to send."""
    if height is None:
        return " ", ""
    filled, generation = height
    fill = FILLS[generation]
    filled -= row * len(fill)
    return (fill[min(filled, len(fill)) - 1], STYLES[generation]) if filled > 0 else (" ", "")


def _axis(columns: int, slice_ns: int) -> Content:
    """Times before now, as many as fit without crowding."""
    span = columns * slice_ns / SECOND
    step = next((tick for tick in _TICKS if span / tick <= columns / 10), _TICKS[-1])
    line = [" "] * columns
    position, seconds = columns - len("now"), 0.0
    line[position:] = "now"
    while True:
        seconds += step
        text = f"-{seconds:g} s"
        # The slice that began `seconds` before the end of the newest one stands over the end of the label.
        start = columns - int(seconds * SECOND / slice_ns) - len(text) + 1
        if start < 0 or start + len(text) >= columns - len("now"):
            break
        line[start : start + len(text)] = text
    return Content.assemble((" " * LABEL_WIDTH + "".join(line), DIM))


def legend(labels: Sequence[str] = GENERATIONAL.short) -> list[str]:
    """Per generation the glyph that stands for it: '█ 2'."""
    return [f"{fill[-1]} {label}" for fill, label in zip(FILLS, labels, strict=True)]
