"""The lines of the collection log as columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from gctui.monitor import units
from gctui.monitor.collectors import words
from gctui.monitor.model import Collection
from gctui.monitor.settings import SettingsChange
from gctui.ui.renderables.columns import Column
from gctui.ui.renderables.shortened import cut_end, trigger

LineT = TypeVar("LineT")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A collection, as it is drawn."""

    collection: Collection
    program_started_ns: int
    collector: str
    tone: str = ""
    """Of its process, in a log of several."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change of settings, as it is drawn."""

    change: SettingsChange
    program_started_ns: int
    pid: int = 0
    tone: str = ""


def pause_tone(pause_ns: int) -> str:
    """Marked from 10 ms on, and again from 100 ms on."""
    return "high" if pause_ns >= 100_000_000 else "raised" if pause_ns >= 10_000_000 else ""


def _trigger(line: LogLine, width: int) -> str:
    if line.collection.forced:
        return cut_end("forced by gctui, to probe" if line.collection.is_probe else "forced by gctui", width)
    return trigger(line.collection.site, width)


COLUMNS: tuple[Column[LogLine], ...] = (
    Column(
        "number", "#", "place in the log, from 0",
        lambda line, _: str(line.collection.number), width=7, shown_from=70, tone=lambda _: "muted",
    ),
    Column(
        "time", "time s", "start, in seconds since the program started",
        lambda line, _: _seconds(line.collection.started_ns, line.program_started_ns), width=10,
    ),
    Column(
        "generation", "gen", "the oldest generation collected: 0, 1 or 2; yng, inc, ful: young, increment, full",
        lambda line, _: words(line.collector).short[line.collection.generation], width=3,
        tone=lambda line: ("low", "raised", "high")[line.collection.generation],
    ),
    Column(
        "pause", "pause", "how long the program stood still, in µs, ms or s",
        lambda line, _: units.duration(line.collection.pause_ns), width=8,
        tone=lambda line: pause_tone(line.collection.pause_ns),
    ),
    Column(
        "collected", "collected", "unreachable objects that were freed",
        lambda line, _: units.count(line.collection.collected), width=9, shown_from=50,
        tone=lambda line: "" if line.collection.collected else "muted",
    ),
    Column(
        "uncollectable", "uncollectable", "unreachable objects that could not be freed",
        lambda line, _: units.count(line.collection.uncollectable), width=13, shown_from=96,
        tone=lambda line: "high" if line.collection.uncollectable else "muted",
    ),
    Column(
        "candidates", "candidates", "objects that it looked at; only Python 3.15 and later tell",
        lambda line, _: "" if line.collection.candidates is None else units.count(line.collection.candidates),
        width=10, shown_from=110,
    ),
    Column(
        "trigger", "trigger", "the line of the program whose allocation set the collection off",
        _trigger, left=True, tone=lambda line: "accent" if line.collection.forced else "",
    ),
)  # fmt: skip

PID: Column[LogLine] = Column(
    "pid", "pid", "the process, each in a colour, in the log of all",
    lambda line, _: str(line.collection.pid), width=7, tone=lambda line: line.tone,
)  # fmt: skip


@cache
def log_columns(is_family: bool, tells_candidates: bool) -> tuple[Column[LogLine], ...]:
    """Those of a log of one interpreter or of all processes, where Python tells the candidates or does not."""
    chosen = tuple(column for column in COLUMNS if column.key != "candidates" or tells_candidates)
    return with_pid(chosen, PID) if is_family else chosen


def with_pid(columns: tuple[Column[LineT], ...], pid: Column[LineT]) -> tuple[Column[LineT], ...]:
    """Number and time stand before it."""
    return (*columns[:2], pid, *columns[2:])


CHANGE_COLUMNS: tuple[Column[ChangeLine], ...] = (
    Column("number", "#", "", lambda *_: "", width=7, shown_from=70),
    Column(
        "time", "time s", "when it was set", width=10,
        text=lambda line, _: _seconds(line.change.made_ns, line.program_started_ns),
    ),
    Column(
        "change", "change", "what was set, and by whom", left=True, tone=lambda _: "accent",
        text=lambda line, width: cut_end(f"◆ {line.change}", width),
    ),
)  # fmt: skip
"""They stand under the headings of the collections."""

FAMILY_CHANGE_COLUMNS = with_pid(
    CHANGE_COLUMNS,
    Column("pid", "pid", "", lambda line, _: str(line.pid), width=7, tone=lambda line: line.tone),
)


def _seconds(moment_ns: int, program_started_ns: int) -> str:
    return f"{(moment_ns - program_started_ns) / 1e9:.3f}"
