"""The summary as JSON. `FORMAT` counts up when a reader of the old one would misread the new one.

Format 1: `format`; `exit` {`code`} or {`signal`} or null while the program runs; `wall_s`; `processes`, each with
`pid`, `ppid`, `argv`, `python`, `collector`, `clean_exit`, `set_by_gctui` (changes of settings, each with `before`
and `after` as in `settings`) and `interpreters`; each of these with `id`, `events_received`, `events_dropped` and
`generations`, three objects with `collections`, `collected`, `uncollectable` and `pause_total_s`, `pause_max_s`,
`pause_p50_s`, `pause_p95_s`, `pause_p99_s`, in seconds; `settings`, null where no agent said them: the observed
collector's `at_start` and `at_end`, each with `enabled`, `thresholds`, `debug_flags` and `frozen`, and `changes`,
each with `time_s`, `by` ("gctui" or "program"), `before` and `after`; `advice`, each rule that was true of the
observed program and not silenced, with `name`, `title`, `text` and `remedy` as it was last said, `source`, `held_s`,
for how long it was true, and `at_end`; `allocations`, null where there was no snapshot of them: `taken_s` since the
program began, `size` in bytes and `count` in blocks, `sample_bytes` (0: all were traced; else sizes and counts are
estimates), `frames`, and `top`, the ten largest lines of code, each with `file`, `line` (0: several that were too
small), `size`, `size_low` and `size_high` that hold the true size 95 times in 100, `count`, and `samples`, the blocks
that were seen; `peak`, the same of the snapshot with most in it, null where that was hardly more.
"""

from __future__ import annotations

import msgspec

from gctui.monitor.advice import AdviceTotal
from gctui.monitor.allocations import AllocationRow
from gctui.monitor.model import Generation, InterpreterTotals, ProcessTotals
from gctui.monitor.summary import SettingsSummary, Summary
from gctui.monitor.top_allocations import TopAllocations

FORMAT = 1
MOST_BYTES = 1 << 63


def render(summary: Summary) -> str:
    """The whole summary as one JSON document, ending in a newline."""
    ended: dict[str, int] | None = None
    if summary.signal is not None:
        ended = {"signal": summary.signal}
    elif summary.exit_code is not None:
        ended = {"code": summary.exit_code}
    document = {
        "format": FORMAT,
        "exit": ended,
        "wall_s": round(summary.wall_s, 6),
        "processes": [_process(process) for process in summary.processes],
        "settings": None if summary.settings is None else _settings(summary.settings),
        "advice": [_advice(one) for one in summary.advice],
        "allocations": _allocations(summary.allocations),
        "peak": _allocations(summary.peak),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _advice(total: AdviceTotal) -> dict[str, object]:
    latest = total.latest
    return {
        "name": latest.name,
        "title": latest.title,
        "text": latest.text.encode("utf-8", "replace").decode(),
        "remedy": latest.remedy,
        "source": latest.source,
        "held_s": total.held_ns / 1e9,
        "at_end": total.at_end,
    }


def _allocations(top: TopAllocations | None) -> dict[str, object] | None:
    if top is None:
        return None
    return {
        "taken_s": top.taken_s,
        "size": top.size,
        "count": top.count,
        "sample_bytes": top.sample_bytes,
        "frames": top.frames,
        "top": [_line(row) for row in top.lines],
    }


def _line(row: AllocationRow) -> dict[str, object]:
    (place,) = row.key.frames
    low, high = row.between
    return {
        "file": place.filename.encode("utf-8", "replace").decode(),
        "line": place.line,
        "size": row.size,
        "size_low": round(low),
        "size_high": round(min(high, MOST_BYTES)),  # variances that no agent means make it infinite
        "count": row.count,
        "samples": row.samples,
    }


def _settings(settings: SettingsSummary) -> dict[str, object]:
    return {
        "at_start": settings.at_start,
        "at_end": settings.at_end,
        "changes": [
            {"time_s": seconds, "by": one.by, "before": one.before, "after": one.after}
            for seconds, one in settings.changes
        ],
    }


def _process(process: ProcessTotals) -> dict[str, object]:
    return {
        "pid": process.pid,
        "ppid": process.ppid,
        "argv": [word.encode("utf-8", "replace").decode() for word in process.argv],
        "python": process.python,
        "collector": process.collector,
        "interpreters": [_interpreter(interpreter) for interpreter in process.interpreters],
        "clean_exit": process.clean_exit,
        "set_by_gctui": [{"before": one.before, "after": one.after} for one in process.steered],
    }


def _interpreter(interpreter: InterpreterTotals) -> dict[str, object]:
    return {
        "id": interpreter.id,
        "generations": [_generation(generation) for generation in interpreter.generations],
        "events_received": interpreter.events_received,
        "events_dropped": interpreter.events_dropped,
    }


def _generation(generation: Generation) -> dict[str, object]:
    pauses = generation.pauses
    return {
        "collections": generation.collections,
        "collected": generation.collected,
        "uncollectable": generation.uncollectable,
        "pause_total_s": pauses.total / 1e9,
        "pause_max_s": pauses.maximum / 1e9,
        "pause_p50_s": pauses.p50 / 1e9,
        "pause_p95_s": pauses.p95 / 1e9,
        "pause_p99_s": pauses.p99 / 1e9,
    }
