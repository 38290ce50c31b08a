"""The size of a row over time, as a small graph on one line with its scale."""

from __future__ import annotations

from collections.abc import Sequence

from gctui.monitor import units
from gctui.monitor.size_history import SizeAt

_HEIGHTS = " ▁▂▃▄▅▆▇█"
WIDEST, NARROWEST = 60, 8
"""Cells of the graph."""


def growth_line(sizes: Sequence[SizeAt], width: int) -> str:
    """The scale begins at 0 bytes, since a graph that begins higher makes every growth look like a leak."""
    if len(sizes) < 2:
        return "size over time: seen in one snapshot so far" if sizes else ""
    largest = max(one.size for one in sizes)
    elapsed = units.clock((sizes[-1].taken_ns - sizes[0].taken_ns) / 1e9)
    before, behind = f"size over {elapsed} ", f" scale 0 to {units.size(largest)}"
    behind_long = f"{behind}, {len(sizes)} snapshots"
    behind = behind_long if width - len(before) - len(behind_long) >= NARROWEST else behind
    return before + _graph(sizes, largest, min(WIDEST, max(NARROWEST, width - len(before) - len(behind)))) + behind


def _graph(sizes: Sequence[SizeAt], largest: int, cells: int) -> str:
    """Each cell stands for as much time as any other, and shows the largest size in it; a snapshot lasts until the
    next one."""
    start, end = sizes[0].taken_ns, sizes[-1].taken_ns
    highest = [0] * cells
    reached = 0
    for one, following in zip(sizes, [*sizes[1:], sizes[-1]], strict=True):
        last = min(cells - 1, (following.taken_ns - start) * cells // max(1, end - start))
        for cell in range(reached, last + 1):
            highest[cell] = max(highest[cell], one.size)
        reached = last
    highest[-1] = sizes[-1].size
    top = len(_HEIGHTS) - 1
    return "".join(_HEIGHTS[min(top, -(-size * top // largest))] for size in highest)
