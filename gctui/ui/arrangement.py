"""Which panes the main screen shows in a window of a given size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

PaneName = Literal["processes", "generations", "timeline", "log", "allocations", "output"]
ORDER: tuple[PaneName, ...] = ("processes", "generations", "timeline", "log", "allocations", "output")
"""Of the tab key, and from top to bottom."""

LEAST_WIDTH, LEAST_HEIGHT = 40, 10
_WIDE, _TALL, _ROOMY, _LOW, _SINGLE = 140, 30, 40, 24, 18

_AROUND = 4
"""Lines of the header, the message line and the keys."""
_GENERATIONS = 5
_LIST = 2 + 6
"""Title, heading and six rows: so much of the log and of the allocations is seen before the output gets more."""
_LEAST_OUTPUT = 1 + 5
_LEAST_PROCESSES = 2 + 5
_MOST_PROCESSES = 2 + 12
"""Of what is spare they get a third; a longer list has the whole screen with key z."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which panes of those that are not always there are wanted. None: where there is room."""

    output: bool | None = None
    processes: bool | None = False

    def wanting(self, name: PaneName, wanted: bool) -> Wishes:
        """With another wish for that pane; the same where it is always there."""
        return replace(self, **{name: wanted}) if name in ("output", "processes") else self


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The panes in view, the lines of those that share the screen with others, and the screen's style classes."""

    panes: frozenset[PaneName]
    classes: frozenset[str]
    output_lines: int = 0
    process_lines: int = 0


CLASSES = frozenset({"-too-small", "-wide", "-tall", "-roomy"})


def arrange(size: tuple[int, int], taken: int, wishes: Wishes, focused: PaneName, is_zoomed: bool) -> Arrangement:
    """Decide for a window of `size`, of which a warning takes some lines away.

    The `focused` pane is what remains where only one can be shown.
    """
    width, height = size
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return Arrangement(frozenset(), frozenset({"-too-small"}))
    height -= taken
    is_wide, is_roomy = width >= _WIDE, height >= _ROOMY
    shows_output = is_roomy if wishes.output is None else wishes.output
    rest = height - _AROUND - _GENERATIONS
    lists = _LIST if is_wide else 2 * _LIST
    timeline = 6 if height >= _TALL else 5
    shows_processes = wishes.processes
    if shows_processes is None:
        shows_processes = rest - lists - timeline - _LEAST_OUTPUT * shows_output >= _LEAST_PROCESSES
    if shows_output and shows_processes and rest < _LIST + _LEAST_OUTPUT + _LEAST_PROCESSES:
        shows_output, shows_processes = focused == "output", focused != "output"
    added = _LEAST_OUTPUT * shows_output + _LEAST_PROCESSES * shows_processes
    if is_roomy and rest - lists - added >= 10:
        timeline = 10
    flags = {"-wide": is_wide, "-tall": timeline == 6, "-roomy": timeline == 10}
    classes = frozenset(name for name, is_set in flags.items() if is_set)
    if is_zoomed or height < _SINGLE:
        return Arrangement(frozenset({focused}), classes - {"-wide"})  # there are no columns
    panes: set[PaneName] = {"generations", "log", "allocations"}
    if height >= _LOW:
        panes.add("timeline")
    if not added:
        return Arrangement(frozenset(panes), classes)
    if rest < timeline + lists + added:
        panes.discard("timeline")
        timeline = 0
    if not is_wide and rest < timeline + lists + added:
        panes.discard("allocations")
        lists = _LIST
    spare = rest - lists - timeline * ("timeline" in panes)
    process_lines = 0
    if shows_processes:
        panes.add("processes")
        more = max(0, min(spare - added, 3 * (_MOST_PROCESSES - _LEAST_PROCESSES))) // 3
        process_lines = min(_LEAST_PROCESSES + more, rest - 4)
        spare -= process_lines
    if not shows_output:
        return Arrangement(frozenset(panes), classes, process_lines=process_lines)
    panes.add("output")
    share = (height - _AROUND) // (3 if is_roomy else 2)
    return Arrangement(frozenset(panes), classes, max(_LEAST_OUTPUT, min(spare, share)), process_lines)


def too_small(width: int, height: int) -> str:
    """The only sentence that a tiny window shows."""
    return f"Window too small: {width}x{height}, gctui needs {LEAST_WIDTH}x{LEAST_HEIGHT}"
