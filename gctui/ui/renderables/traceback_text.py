"""A traceback in words: its figures, and the text that is copied."""

from __future__ import annotations

from collections.abc import Sequence

from gctui.monitor import units
from gctui.monitor.allocations import AllocationRow
from gctui.monitor.model import Allocations
from gctui.monitor.source_text import SourceText
from gctui.monitor.terminal_text import printable
from gctui.ui.renderables.allocation_columns import growth_text
from gctui.ui.renderables.shortened import chain


def compared_with(allocations: Allocations, mark: Allocations | None) -> str:
    """What growth is measured against: the peak is compared with what came after it."""
    return "against now" if mark is not None and mark.taken_ns > allocations.taken_ns else "since the mark"


def figures(row: AllocationRow, compared: str) -> str:
    """Size, how sure it is, blocks, growth; `compared` as `compared_with` says it."""
    low, high = row.between
    between = f" ({units.size(low)} to {units.size(high)})" if row.size_variance else ""
    blocks = f"{units.size(row.size)}{between} in {units.count(row.count)} block{'s' if row.count != 1 else ''}"
    return blocks if row.size_growth is None else f"{blocks}, {growth_text(row.size_growth)} {compared}"


def copied_text(row: AllocationRow, texts: Sequence[SourceText], compared: str) -> str:
    """A line per frame, with its function and its source as far as they are known."""
    lines = [f"{figures(row, compared)}; traceback, most recent call first:"]
    for number, frame in enumerate(row.key.frames):
        text = texts[number] if number < len(texts) else None
        function = f" in {printable(text.function)}" if text is not None and text.function else ""
        lines.append(f"  {chain((frame,), 10_000)}{function}")
        if text is not None and text.lines:
            lines.append(f"    {printable(text.lines[frame.line - text.first].strip())}")
    return "\n".join(lines) + "\n"
