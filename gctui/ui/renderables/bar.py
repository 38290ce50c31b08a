"""A bar of a fixed width, in eighths of a cell."""

from __future__ import annotations

EIGHTHS = " ▏▎▍▌▋▊▉█"
PAST = ">"
"""Stands in the last cell of a bar whose value is past its limit."""


def bar(value: float, limit: float, width: int) -> str:
    """`value` against `limit`: empty without a limit, full and marked with `>` when it is past it."""
    if width <= 0 or limit <= 0 or value <= 0:
        return " " * max(width, 0)
    if value > limit:
        return "█" * (width - 1) + PAST
    cells, eighths = divmod(round(value / limit * width * 8), 8)
    return ("█" * cells + EIGHTHS[eighths].strip()).ljust(width)
