"""The title of the allocations pane: what is shown, how it is traced, and what that costs the program."""

from __future__ import annotations

from collections.abc import Sequence

from gctui.monitor import units
from gctui.monitor.allocations import AllocationRow
from gctui.monitor.model import Allocations, Gauges, Snapshot
from gctui.monitor.places import View
from gctui.ui.renderables.allocation_columns import growth_text
from gctui.ui.renderables.title import title_line
from gctui.ui.sentences import frames

SEEN = 1.1
"""Of how much was traced at the most, the peak is taken for all, up to this factor."""


def allocation_title(
    view: View,
    snapshot: Snapshot | None,
    allocations: Allocations | None,
    mark: Allocations | None,
    filtered: tuple[Sequence[AllocationRow], int] | None,
    width: int,
    is_at_peak: bool = False,
) -> str:
    """As much of it as there is room for. `filtered`: the rows that are left, and how many there are in all.
    `is_at_peak`: `allocations` is the peak, and `mark` the present."""
    how = view.grouping + (", my code first" if view.own_first else "")
    parts = [f"Top allocations by {how}"]
    gauges = snapshot.gauges if snapshot is not None else None
    if snapshot is not None and gauges is not None:
        started = snapshot.program.started_ns
        if is_at_peak and allocations is not None:
            parts = [f"Peak at {_clock(allocations.taken_ns, started)} by {how}", *_totals(allocations, None, filtered)]
            parts += _against_now(allocations, mark, gauges)
        latest = mark if is_at_peak else allocations
        if latest is not None and latest.after_burst and not gauges.burst_until_ns:
            parts.append(f"burst that ended at {_clock(latest.taken_ns, started)}")
        else:
            parts += [_way(gauges, started), _time_taken(gauges)]
        if not is_at_peak:
            parts += _totals(allocations, mark, filtered)
        parts += _details(gauges)
        if allocations is not None:
            # The program's time, as in the log; an age would change, and repaint the whole pane, every second.
            stall = f"stall {units.duration(allocations.stall_ns)}{' for the fork' if allocations.apart else ''}"
            parts += [stall, f"as of {_clock(allocations.taken_ns, started)}"]
    return title_line(parts, width)


def _clock(now: int, started: int) -> str:
    return units.clock(max(0, now - started) / 1e9)


def _way(gauges: Gauges, started: int) -> str:
    if not gauges.trace_frames:
        return "tracing is off"
    if not gauges.tracing_since_ns:
        return "traced by the program itself"
    if gauges.burst_until_ns:
        return f"exact for {max(0, gauges.burst_until_ns - gauges.taken_ns) / 1e9:.0f} s more"
    way = "sampled" if gauges.sample_bytes else "exact"
    return f"{way} since {_clock(gauges.tracing_since_ns, started)}"


def _time_taken(gauges: Gauges) -> str:
    elapsed = gauges.taken_ns - gauges.tracing_since_ns
    if not gauges.trace_frames or not gauges.tracing_since_ns or not gauges.tracing_cost_ns or elapsed <= 0:
        return ""
    return f"takes {units.percent(min(1.0, gauges.tracing_cost_ns / elapsed))} of the time"


def _totals(
    allocations: Allocations | None, mark: Allocations | None, filtered: tuple[Sequence[AllocationRow], int] | None
) -> list[str]:
    if allocations is None:
        return []
    if filtered is not None:
        rows, all_rows = filtered
        size = units.size(sum(row.size for row in rows))
        return [f"{len(rows)} of {all_rows} rows, {size} of {units.size(allocations.total_size)}"]
    totals = [f"{units.size(allocations.total_size)} in {units.count(allocations.total_count)} blocks"]
    if mark is not None:
        totals.append(f"{growth_text(allocations.total_size - mark.total_size)} since the mark")
    return totals


def _against_now(peak: Allocations, now: Allocations | None, gauges: Gauges) -> list[str]:
    """How much more there was than now. Where tracemalloc is shown every allocation, it knows how high the top was, if
    not of what."""
    parts = [f"{growth_text(peak.total_size - now.total_size)} against now"] if now is not None else []
    if not gauges.sample_bytes and gauges.traced_peak > peak.total_size * SEEN:
        parts.append(f"the very top was {units.size(gauges.traced_peak)}")
    return parts


def _details(gauges: Gauges) -> list[str]:
    if not gauges.trace_frames:
        return []
    memory = f"tracer takes {units.size(gauges.tracer_memory)}" if gauges.tracer_memory else ""
    mean = f"one in {units.size(gauges.sample_bytes)}, " if gauges.sample_bytes else ""
    return [memory, f"{mean}{frames(gauges.trace_frames)}"]
