"""The columns in which allocations are shown, in the pane and in the drill-down."""

from __future__ import annotations

from gctui.monitor import units
from gctui.monitor.allocations import AllocationRow
from gctui.ui.renderables.columns import Column
from gctui.ui.renderables.shortened import MANY_SMALL, chain

NO_FIGURE = "–"


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


def growth_tone(growth: int | None) -> str:
    return "muted" if not growth else "raised" if growth > 0 else "low"


def location_text(row: AllocationRow, width: int) -> str:
    return chain(row.key.frames, width, MANY_SMALL if row.key.folded else "")


SIZE: Column[AllocationRow] = Column(
    "size", "size", "live memory, in B, KiB, MiB or GiB",
    lambda row, _: units.size(row.size), width=8, value=lambda row: row.size,
)  # fmt: skip
GROWTH: Column[AllocationRow] = Column(
    "growth", "growth", "bytes more than at the mark",
    lambda row, _: growth_text(row.size_growth), width=9, shown_from=46, value=lambda row: row.size_growth or 0,
    tone=lambda row: growth_tone(row.size_growth),
)  # fmt: skip
COUNT: Column[AllocationRow] = Column(
    "count", "blocks", "live blocks",
    lambda row, _: units.count(row.count), width=7, shown_from=60, value=lambda row: row.count,
)  # fmt: skip
COUNT_GROWTH: Column[AllocationRow] = Column(
    "count_growth", "+blocks", "blocks more than at the mark",
    lambda row, _: count_growth_text(row.count_growth), width=8, shown_from=110,
    value=lambda row: row.count_growth or 0, tone=lambda row: growth_tone(row.count_growth),
)  # fmt: skip
AVERAGE: Column[AllocationRow] = Column(
    "average", "average", "bytes per block",
    lambda row, _: units.size(row.average), width=8, shown_from=110, value=lambda row: row.average,
)  # fmt: skip
SHARE: Column[AllocationRow] = Column(
    "share", "share", "part of all traced memory, in percent",
    lambda row, _: units.percent(row.share), width=6, shown_from=76, value=lambda row: row.share,
)  # fmt: skip
LOCATION: Column[AllocationRow] = Column(
    "location", "location", "where it was allocated, most recent call first",
    location_text, left=True, ascending=True,
    value=lambda row: [(frame.filename, frame.line) for frame in row.key.frames],
)  # fmt: skip

COLUMNS = (SIZE, GROWTH, COUNT, COUNT_GROWTH, AVERAGE, SHARE, LOCATION)
