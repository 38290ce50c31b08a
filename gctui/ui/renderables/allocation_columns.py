"""The columns in which allocations are shown, in the pane and in the drill-down."""

from __future__ import annotations

from rich.cells import cell_len

from gctui.monitor import units
from gctui.monitor.allocations import AllocationRow
from gctui.monitor.terminal_text import printable
from gctui.ui.renderables.columns import Column
from gctui.ui.renderables.shortened import MANY_SMALL, chain, cut_end, path, place

NO_FIGURE = "–"
SHORTEST_PLACE = 8
"""Cells; where fewer are left beside a name, the name stands alone."""


def growth_text(growth: int | None) -> str:
    """Bytes, always with a sign."""
    if growth is None:
        return NO_FIGURE
    return f"+{units.size(growth)}" if growth > 0 else units.size(growth)


def count_growth_text(growth: int | None) -> str:
    """Blocks, always with a sign."""
    if growth is None:
        return NO_FIGURE
    return f"+{units.count(growth)}" if growth > 0 else units.count(growth)


def size_tone(row: AllocationRow) -> str:
    return "muted" if row.is_vague else ""


def count_tone(row: AllocationRow) -> str:
    return "muted" if row.is_count_vague else ""


def growth_tone(growth: int | None, deviation: float = 0.0) -> str:
    """Muted where it may be chance: samples that happened to be drawn or not."""
    return "muted" if not growth or abs(growth) <= deviation else "raised" if growth > 0 else "low"


def deviation_text(row: AllocationRow) -> str:
    return f"±{units.percent(row.deviation)}" if row.size_variance else ""


def growth_deviation_text(row: AllocationRow) -> str:
    return f"±{units.size(row.growth_deviation)}" if row.growth_variance and row.size_growth is not None else ""


def between_text(row: AllocationRow) -> str:
    low, high = row.between
    return f"{units.size(low)} – {units.size(high)}" if row.size_variance else ""


def location_text(row: AllocationRow, width: int) -> str:
    key = row.key
    if not key.name:
        return chain(key.frames, width, MANY_SMALL if key.folded else "")
    name = cut_end(printable(key.name), width)
    where, room = key.frames[0], width - cell_len(name) - 2
    if room < SHORTEST_PLACE:
        return name
    shown = path(where.filename, room) if key.grouping == "package" else place(where.filename, where.line, room)
    return f"{name}  {shown}"


SIZE: Column[AllocationRow] = Column(
    "size", "size", "live memory, in B, KiB, MiB or GiB",
    lambda row, _: units.size(row.size), width=8, value=lambda row: row.size, tone=size_tone,
)  # fmt: skip
GROWTH: Column[AllocationRow] = Column(
    "growth", "growth", "bytes more than at the mark",
    lambda row, _: growth_text(row.size_growth), width=9, shown_from=46, value=lambda row: row.size_growth or 0,
    tone=lambda row: growth_tone(row.size_growth, row.growth_deviation),
)  # fmt: skip
COUNT: Column[AllocationRow] = Column(
    "count", "blocks", "live blocks",
    lambda row, _: units.count(row.count), width=7, shown_from=60, value=lambda row: row.count, tone=count_tone,
)  # fmt: skip
COUNT_GROWTH: Column[AllocationRow] = Column(
    "count_growth", "+blocks", "blocks more than at the mark",
    lambda row, _: count_growth_text(row.count_growth), width=8, shown_from=110,
    value=lambda row: row.count_growth or 0,
    tone=lambda row: growth_tone(row.count_growth, row.count_growth_deviation),
)  # fmt: skip
AVERAGE: Column[AllocationRow] = Column(
    "average", "average", "bytes per block",
    lambda row, _: units.size(row.average), width=8, shown_from=110, value=lambda row: row.average, tone=size_tone,
)  # fmt: skip
SHARE: Column[AllocationRow] = Column(
    "share", "share", "part of all traced memory, in percent",
    lambda row, _: units.percent(row.share), width=6, shown_from=76, value=lambda row: row.share, tone=size_tone,
)  # fmt: skip
DEVIATION: Column[AllocationRow] = Column(
    "deviation", "±", "how much larger the size may be than estimated, in percent; grey: at least twice as much",
    lambda row, _: deviation_text(row), width=7, shown_from=60, value=lambda row: row.deviation, tone=size_tone,
)  # fmt: skip
GROWTH_DEVIATION: Column[AllocationRow] = Column(
    "growth_deviation", "±growth", "how far the growth may be off; what is in both snapshots makes it look less sure",
    lambda row, _: growth_deviation_text(row), width=9, shown_from=136, value=lambda row: row.growth_deviation,
    tone=lambda row: "muted",
)  # fmt: skip
BETWEEN: Column[AllocationRow] = Column(
    "between", "95 % between", "low and high end of what the true size may be, 95 times in 100",
    lambda row, _: between_text(row), width=19, shown_from=150, value=lambda row: row.between[0], tone=size_tone,
)  # fmt: skip
SAMPLES: Column[AllocationRow] = Column(
    "samples", "samples", "blocks that were seen, from which size and blocks are estimated",
    lambda row, _: units.count(row.samples), width=7, shown_from=150, value=lambda row: row.samples, tone=size_tone,
)  # fmt: skip
LOCATION: Column[AllocationRow] = Column(
    "location", "location", "where it was allocated, most recent call first",
    location_text, left=True, ascending=True, value=lambda row: (row.key.name, row.key.frames),
)  # fmt: skip

COLUMNS = (SIZE, GROWTH, COUNT, COUNT_GROWTH, AVERAGE, SHARE, LOCATION)
SAMPLED_COLUMNS = (
    SIZE, DEVIATION, BETWEEN, GROWTH, GROWTH_DEVIATION, COUNT, COUNT_GROWTH, AVERAGE, SHARE, SAMPLES, LOCATION,
)  # fmt: skip
