"""The generations table: one row per generation, its columns declared once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.content import Content

from gctui.monitor import units
from gctui.monitor.model import Generation, Running
from gctui.ui.renderables.bar import PAST, bar
from gctui.ui.renderables.fitting import Wanted, fit
from gctui.ui.renderables.timeline import STYLES

COUNT = "count / threshold"
_BAR_MOST = 24
_GAP_MOST = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is called, when it makes room, and how it says its value."""

    title: str
    rank: int
    value: Callable[[Generation], str]
    width: int
    """Room for the widest usual value."""


def _pause(of: Callable[[Generation], int]) -> Callable[[Generation], str]:
    return lambda generation: units.duration(of(generation)) if generation.pauses.events else "-"


COLUMNS = (
    Column("collections", 2, lambda g: units.count(g.collections), 5),
    Column("rate", 4, lambda g: units.rate(g.rate), 7),
    Column("collected", 6, lambda g: units.count(g.collected), 5),
    Column("uncollectable", 8, lambda g: units.count(g.uncollectable), 5),
    Column("pause avg", 5, _pause(lambda g: g.pauses.average), 7),
    Column("p99", 7, _pause(lambda g: g.pauses.p99), 7),
    Column("max", 1, _pause(lambda g: g.pauses.maximum), 7),
    Column("total", 3, _pause(lambda g: g.pauses.total), 7),
)


def count_text(generation: Generation) -> str:
    """The count beside its threshold: '431/700'; a threshold of 0 means never, as in the gc module."""
    if generation.count is None or generation.threshold is None:
        return "-"
    return f"{units.count(generation.count)}/{units.count(generation.threshold)}"


def table(generations: tuple[Generation, ...], width: int, running: Running | None) -> list[Content]:
    """The head line and a line per generation, for `width` cells."""
    label_width = max(len("gen"), *(len(one.label) for one in generations)) + 2
    count_width = max(len(count_text(one)) for one in generations)
    bar_width = max(len(COUNT) - count_width - 1, 6)
    room = width - 1 - label_width - bar_width - 1 - count_width - 1
    shown = _shown(generations, room)
    widths = [max(len(one.title), one.width) for one in shown]
    spare = room - sum(widths) - len(shown)
    gap = 1 + min(_GAP_MOST - 1, max(0, spare // (len(shown) + 1)))
    bar_width += max(0, min(_BAR_MOST - bar_width, room - sum(widths) - gap * len(shown)))
    first = bar_width + 1 + count_width
    blank = " " * gap
    head = " " + "gen".ljust(label_width) + COUNT.ljust(first)[:first]
    head += "".join(blank + one.title.rjust(size) for one, size in zip(shown, widths, strict=True))
    lines = [Content.assemble((head, "$foreground-muted"))]
    for one in generations:
        is_running = running is not None and running.generation == one.number
        cells = "".join(blank + c.value(one).rjust(size) for c, size in zip(shown, widths, strict=True))
        lines.append(_row(one, label_width, bar_width, count_width, cells, is_running))
    return lines


def _shown(generations: tuple[Generation, ...], room: int) -> list[Column]:
    """Uncollectable objects are never harmless: their column comes first as soon as there are any."""
    alarm = any(one.uncollectable for one in generations)
    wanted = [
        Wanted(max(len(one.title), one.width), 0 if alarm and one.title == "uncollectable" else one.rank)
        for one in COLUMNS
    ]
    return [COLUMNS[index] for index in fit(wanted, room - 1, 1)]


def _row(one: Generation, label_width: int, bar_width: int, count_width: int, cells: str, is_running: bool) -> Content:
    style = STYLES[one.number]
    drawn = bar(one.count or 0, one.threshold or 0, bar_width)
    past = drawn.endswith(PAST)
    return Content.assemble(
        ("▶" if is_running else " ", "$warning bold"),
        (one.label.ljust(label_width), f"{style} bold"),
        (drawn[:-1] if past else drawn, f"{style} on $surface"),
        (PAST if past else "", f"reverse {style}"),
        " " + count_text(one).rjust(count_width),
        cells,
    )
