"""Which columns or fields of a line stay when there is not room for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """One column or field that asks for room."""

    width: int
    rank: int
    """The lowest ranks stay longest."""


def fit(wanted: Sequence[Wanted], room: int, gap: int) -> list[int]:
    """Indexes, in order, of those that fit into `room` with `gap` between them: the best ranks win."""
    chosen: list[int] = []
    used = -gap
    for index in sorted(range(len(wanted)), key=lambda index: wanted[index].rank):
        if used + gap + wanted[index].width > room:
            break
        used += gap + wanted[index].width
        chosen.append(index)
    return sorted(chosen)
