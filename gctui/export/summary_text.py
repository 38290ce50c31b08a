"""The summary as a few lines of text, in the manner of `time`."""

from __future__ import annotations

import signal
from collections.abc import Sequence

from gctui.monitor import units
from gctui.monitor.advice import AdviceTotal
from gctui.monitor.allocations import AllocationRow
from gctui.monitor.model import Frame, Generation, ProcessTotals
from gctui.monitor.settings import differences
from gctui.monitor.summary import SettingsSummary, Summary
from gctui.monitor.terminal_text import printable
from gctui.monitor.top_allocations import TopAllocations

#: Processes that are listed one by one; the JSON summary has them all. More would push the program's output away.
MOST_PROCESSES = 3

#: A notice that was true for so long is named although it was not at the end.
LONG_NS = 10_000_000_000
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
    elsewhere = [one for one in summary.processes if one.steered and one.pid != summary.observed]
    lines += [_steered(one) for one in elsewhere[:MOST_CHANGES]]
    if len(elsewhere) > MOST_CHANGES:
        lines.append(f"  and in {len(elsewhere) - MOST_CHANGES} more processes, which --summary FILE lists")
    lines += [_advice(one) for one in summary.advice if one.at_end or one.held_ns >= LONG_NS]
    lines += [f"  {printable(remark)}" for remark in summary.remarks]
    return "\n".join(lines) + "\n"


def allocations(summary: Summary) -> str:
    """The largest allocations at the end, and at the peak; empty where none were traced."""
    lines = []
    for title, top in (("", summary.allocations), (" at the peak", summary.peak)):
        if top is not None:
            lines += _allocations(title, top)
    return "".join(line + "\n" for line in lines)


def _allocations(title: str, top: TopAllocations) -> list[str]:
    way = f"estimated from one in {units.size(top.sample_bytes)}" if top.sample_bytes else "all of them traced"
    taken = units.duration(top.taken_s * 1e9)
    figures = f"{units.size(top.size)} in {units.count(top.count)} blocks"
    titles = ("size", "±", "blocks") if top.sample_bytes else ("size", "blocks")
    rows = [titles, *(_allocation(row, bool(top.sample_bytes)) for row in top.lines)]
    places = ["line", *(_place(row.key.frames[0]) for row in top.lines)]
    return [
        f"  allocations{title} after {taken}: {figures}, {way}",
        *(f"{figures}  {place}" for figures, place in zip(_table(rows), places, strict=True)),
    ]


def _allocation(row: AllocationRow, is_sampled: bool) -> tuple[str, ...]:
    precision = [f"±{units.percent(row.deviation)}"] if is_sampled else []
    return units.size(row.size), *precision, units.count(row.count)


def _place(frame: Frame) -> str:
    """Line 0 stands for many small sites of one file."""
    return printable(f"{frame.filename}:{frame.line}" if frame.line else f"{frame.filename} (many small sites)")


def _settings(settings: SettingsSummary) -> list[str]:
    """What gctui set, and what is then not as it was at the start. What the program alone has set is its own affair."""
    ours = [(seconds, one) for seconds, one in settings.changes if one.by == "gctui"]
    lines = [
        f"  gctui set after {units.duration(seconds * 1e9)}: {'; '.join(differences(one.before, one.after))}"
        for seconds, one in ours[-MOST_CHANGES:]
    ]
    left_out = len(ours) - MOST_CHANGES
    if left_out > 0:
        lines.insert(0, f"  gctui set {left_out} other thing{'s' * (left_out > 1)} before, which --summary FILE lists")
    left = differences(settings.at_start, settings.at_end)
    if ours and left:
        lines.append(f"  at the end not as at the start: {'; '.join(left)}")
    return lines


def _steered(process: ProcessTotals) -> str:
    """What gctui set in another process than the observed one."""
    made = "; ".join(word for one in process.steered for word in differences(one.before, one.after))
    return f"  gctui set in process {process.pid}: {made}"


def _advice(total: AdviceTotal) -> str:
    when = "at the end" if total.at_end else "no longer at the end"
    return (
        f"  {total.latest.title.lower()} (for {units.duration(total.held_ns)}, {when}): "
        f"{printable(total.latest.text)} {printable(total.latest.remedy)}"
    )


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
