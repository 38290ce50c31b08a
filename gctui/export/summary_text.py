"""The summary as a few lines of text, in the manner of `time`."""

from __future__ import annotations

import signal
from collections.abc import Sequence

from gctui.monitor import units
from gctui.monitor.model import Generation, ProcessTotals
from gctui.monitor.settings import differences
from gctui.monitor.summary import SettingsSummary, Summary
from gctui.monitor.terminal_text import printable

#: Processes that are listed one by one; the JSON summary has them all. More would push the program's output away.
MOST_PROCESSES = 3

#: Changes of settings that are listed; the JSON summary has them all.
MOST_CHANGES = 5

_TITLES = ("gen", "collections", "collected", "uncollectable", "pause total", "avg", "p99", "max")


def render(summary: Summary) -> str:
    """The whole summary, ending in a newline."""
    lines = [
        f"gctui: {ended_how(summary.exit_code, summary.signal)} after {units.duration(summary.wall_s * 1e9)}, "
        f"{units.percent(summary.paused_share)} of it in the garbage collector"
    ]
    for process in summary.processes[:MOST_PROCESSES]:
        lines += _process(process)
    left_out = len(summary.processes) - MOST_PROCESSES
    if left_out > 0:
        lines.append(f"  and {left_out} more processes, which --summary FILE lists")
    if summary.settings is not None:
        lines += _settings(summary.settings)
    lines += [f"  {printable(remark)}" for remark in summary.remarks]
    return "\n".join(lines) + "\n"


def _settings(settings: SettingsSummary) -> list[str]:
    """What gctui set, and what is not as it was, whoever set it."""
    ours = [(seconds, one) for seconds, one in settings.changes if one.by == "gctui"]
    lines = [
        f"  gctui set after {units.duration(seconds * 1e9)}: {'; '.join(differences(one.before, one.after))}"
        for seconds, one in ours[-MOST_CHANGES:]
    ]
    if len(ours) > MOST_CHANGES:
        lines.insert(0, f"  gctui set {len(ours) - MOST_CHANGES} more things before, which --summary FILE lists")
    left = differences(settings.at_start, settings.at_end)
    if left:
        lines.append(f"  at the end not as at the start: {'; '.join(left)}")
    return lines


def ended_how(exit_code: int | None, number: int | None) -> str:
    """How the program ended, in words: 'exit status 3', 'killed by SIGKILL', 'still running'."""
    if number is not None:
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = f"signal {number}"
        return f"killed by {name}"
    return "still running" if exit_code is None else f"exit status {exit_code}"


def _process(process: ProcessTotals) -> list[str]:
    lines = []
    for interpreter in process.interpreters:
        place = f"process {process.pid}" + (f", interpreter {interpreter.id}" if interpreter.id else "")
        lines.append(f"  {place}: Python {printable(process.python)}, {printable(process.collector)} collector")
        rows = [_TITLES, *(_row(generation) for generation in interpreter.generations)]
        lines += _table(rows)
        if interpreter.events_dropped:
            lines.append(f"    {interpreter.events_dropped} collections were overwritten before they were read")
    return lines


def _row(generation: Generation) -> tuple[str, ...]:
    pauses = generation.pauses
    times = (pauses.total, pauses.average, pauses.p99, pauses.maximum)
    return (
        generation.label,
        str(generation.collections),
        str(generation.collected),
        str(generation.uncollectable),
        # Collections from before the recorder have no pauses.
        *(units.duration(value) if pauses.events else "-" for value in times),
    )


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["    " + " ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
