"""The summary as JSON. `FORMAT` counts up when a reader of the old one would misread the new one.

Format 1: `format`; `exit` {`code`} or {`signal`} or null while the program runs; `wall_s`; `processes`, each with
`pid`, `ppid`, `argv`, `python`, `collector`, `clean_exit` and `interpreters`; each of these with `id`,
`events_received`, `events_dropped` and `generations`, three objects with `collections`, `collected`, `uncollectable`
and `pause_total_s`, `pause_max_s`, `pause_p50_s`, `pause_p95_s`, `pause_p99_s`, in seconds; `settings`, null where no
agent said them: the observed collector's `at_start` and `at_end`, each with `enabled`, `thresholds`, `debug_flags` and
`frozen`, and `changes`, each with `time_s`, `by` ("gctui" or "program"), `before` and `after`.
"""

from __future__ import annotations

import msgspec

from gctui.monitor.model import Generation, InterpreterTotals, ProcessTotals
from gctui.monitor.summary import SettingsSummary, Summary

FORMAT = 1


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
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


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
