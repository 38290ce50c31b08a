"""Which panes the main screen shows in a window of a given size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PaneName = Literal["generations", "timeline", "log", "allocations", "output"]
ORDER: tuple[PaneName, ...] = ("generations", "timeline", "log", "allocations", "output")
"""Of the tab key, and from top to bottom."""

LEAST_WIDTH, LEAST_HEIGHT = 40, 10
_WIDE, _TALL, _ROOMY, _LOW, _SINGLE = 140, 30, 40, 24, 18


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The panes in view and the style classes of the screen."""

    panes: frozenset[PaneName]
    classes: frozenset[str]


CLASSES = frozenset({"-too-small", "-wide", "-tall", "-roomy"})


def arrange(
    size: tuple[int, int], taken: int, wants_output: bool | None, focused: PaneName, is_zoomed: bool
) -> Arrangement:
    """Decide for a window of `size`, of which a warning takes some lines away.

    `wants_output` is None until the user chose; the `focused` pane is what remains where only one can be shown.
    """
    width, height = size
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return Arrangement(frozenset(), frozenset({"-too-small"}))
    height -= taken
    is_wide, is_roomy = width >= _WIDE, height >= _ROOMY
    flags = {"-wide": is_wide, "-tall": height >= _TALL, "-roomy": is_roomy}
    classes = frozenset(name for name, is_set in flags.items() if is_set)
    if is_zoomed or height < _SINGLE:
        return Arrangement(frozenset({focused}), classes)
    panes: set[PaneName] = {"generations", "log", "allocations"}
    if height >= _LOW:
        panes.add("timeline")
    if is_roomy if wants_output is None else wants_output:
        panes.add("output")
        if not is_wide and not is_roomy:
            panes -= {"timeline", "allocations"}
    return Arrangement(frozenset(panes), classes)


def too_small(width: int, height: int) -> str:
    """The only sentence that a tiny window shows."""
    return f"Window too small: {width}x{height}, gctui needs {LEAST_WIDTH}x{LEAST_HEIGHT}"
