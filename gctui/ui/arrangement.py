"""Which panes the main screen shows in a window of a given size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PaneName = Literal["generations", "timeline", "log", "allocations", "output"]
ORDER: tuple[PaneName, ...] = ("generations", "timeline", "log", "allocations", "output")
"""Of the tab key, and from top to bottom."""

LEAST_WIDTH, LEAST_HEIGHT = 40, 10
_WIDE, _TALL, _ROOMY, _LOW, _SINGLE = 140, 30, 40, 24, 18

_AROUND = 4
"""Lines of the header, the message line and the keys."""
_GENERATIONS = 5
_LIST = 2 + 6
"""Title, heading and six rows: so much of the log and of the allocations is seen before the output gets more."""
_LEAST_OUTPUT = 1 + 5


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The panes in view, the lines of the output pane where it shares the screen, and the screen's style classes."""

    panes: frozenset[PaneName]
    classes: frozenset[str]
    output_lines: int = 0


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
    shows_output = is_roomy if wants_output is None else wants_output
    rest = height - _AROUND - _GENERATIONS
    lists = _LIST if is_wide else 2 * _LIST
    timeline = 6 if height >= _TALL else 5
    if is_roomy and rest - lists - _LEAST_OUTPUT * shows_output >= 10:
        timeline = 10
    flags = {"-wide": is_wide, "-tall": timeline == 6, "-roomy": timeline == 10}
    classes = frozenset(name for name, is_set in flags.items() if is_set)
    if is_zoomed or height < _SINGLE:
        return Arrangement(frozenset({focused}), classes - {"-wide"})  # there are no columns
    panes: set[PaneName] = {"generations", "log", "allocations"}
    if height >= _LOW:
        panes.add("timeline")
    if not shows_output:
        return Arrangement(frozenset(panes), classes)
    panes.add("output")
    if rest < timeline + lists + _LEAST_OUTPUT:
        panes.discard("timeline")
        timeline = 0
    if not is_wide and rest < timeline + lists + _LEAST_OUTPUT:
        panes.discard("allocations")
        lists = _LIST
    spare = rest - lists - timeline * ("timeline" in panes)
    share = (height - _AROUND) // (3 if is_roomy else 2)
    return Arrangement(frozenset(panes), classes, max(_LEAST_OUTPUT, min(spare, share)))


def too_small(width: int, height: int) -> str:
    """The only sentence that a tiny window shows."""
    return f"Window too small: {width}x{height}, gctui needs {LEAST_WIDTH}x{LEAST_HEIGHT}"
