"""The columns of the process pane."""

from __future__ import annotations

from collections.abc import Callable

from gctui.monitor import units
from gctui.monitor.terminal_text import printable
from gctui.ui.renderables.columns import Column
from gctui.ui.renderables.header import PAUSED_TOO_MUCH
from gctui.ui.renderables.log_columns import pause_tone
from gctui.ui.renderables.process_lines import STATE_CELLS, ProcessLine
from gctui.ui.renderables.shortened import cut_end

NO_FIGURE = "–"


def _known(value: float | None, text: Callable[[float], str]) -> str:
    return NO_FIGURE if value is None else text(value)


def _recorded(line: ProcessLine, text: str) -> str:
    """Of what is no Python nothing was recorded."""
    return text if line.one.key else NO_FIGURE


def _of_process(line: ProcessLine, text: str) -> str:
    """It is said of the process, and not again of each of its interpreters."""
    return "" if line.interpreter else text


def _python(line: ProcessLine) -> str:
    return printable(line.one.python) or NO_FIGURE


def _is_past(line: ProcessLine) -> bool:
    """Nothing is recorded of it now."""
    return line.one.state == "ended" or not line.one.key


def _share_tone(line: ProcessLine) -> str:
    if _is_past(line):
        return "muted"
    return "high" if line.one.paused_share > PAUSED_TOO_MUCH and not line.is_all else ""


def _state_tone(line: ProcessLine) -> str:
    if line.one.state == "ended":
        return "muted"
    if line.state.startswith("▶"):
        return "high"
    return "" if line.one.state == "running" else "raised"


def _figure_tone(line: ProcessLine) -> str:
    return "muted" if _is_past(line) else ""


def _command_tone(line: ProcessLine) -> str:
    return "accent" if line.one.is_shown or line.is_all else _figure_tone(line)


def _signs(line: ProcessLine, _: int) -> str:
    return ("●" if line.is_marked else " ") + ("▸" if line.one.is_shown else " ")


def _share(line: ProcessLine, _: int) -> str:
    if _is_past(line):
        return NO_FIGURE
    is_alarm = line.one.paused_share > PAUSED_TOO_MUCH and not line.is_all
    return units.percent(line.one.paused_share) + ("!" if is_alarm else "")


COLUMNS: tuple[Column[ProcessLine], ...] = (
    Column(
        "signs", "●▸", "`●` marked for orders, `▸` shown in the other panes", _signs, width=2, left=True,
        tone=lambda _: "accent",
    ),
    Column(
        "pid", "pid", "number of the process",
        lambda line, _: "all" if line.is_all else _of_process(line, str(line.one.pid)), width=7, ascending=True,
        value=lambda line: line.one.pid, tone=_figure_tone,
    ),
    Column(
        "state", "state", "running, stopped, zombie, how it ended; `▶` a collection runs: generation, for how long",
        lambda line, width: cut_end(line.state, width), width=STATE_CELLS, shown_from=64, left=True, ascending=True,
        value=lambda line: line.state, tone=_state_tone,
    ),
    Column(
        "paused", "paused", "share of the last 10 s in the collector, `!` above 5 %; for all added up",
        _share, width=8, value=lambda line: line.one.paused_share, tone=_share_tone,
    ),
    Column(
        "longest", "longest", "longest pause, in µs, ms or s",
        lambda line, _: units.duration(line.one.longest_ns) if line.one.longest_ns else NO_FIGURE,
        width=7, shown_from=48,
        value=lambda line: line.one.longest_ns, tone=lambda line: pause_tone(line.one.longest_ns) or _figure_tone(line),
    ),
    Column(
        "collections", "colls", "collections since it began",
        lambda line, _: _recorded(line, units.count(line.one.collections)), width=6, shown_from=92,
        value=lambda line: line.one.collections, tone=_figure_tone,
    ),
    Column(
        "rate", "rate", "collections per second over the last 10 s",
        lambda line, _: NO_FIGURE if _is_past(line) else units.rate(line.one.rate), width=8, shown_from=110,
        value=lambda line: line.one.rate, tone=_figure_tone,
    ),
    Column(
        "cpu", "CPU", "share of one core, in percent",
        lambda line, _: _known(line.one.cpu_percent, lambda value: f"{value:.0f} %"), width=6, shown_from=100,
        value=lambda line: _or_least(line.one.cpu_percent), tone=_figure_tone,
    ),
    Column(
        "pss", "PSS", "proportional set, B to GiB: of a page that four processes share, each has a quarter",
        lambda line, _: _known(line.one.pss, units.size), width=8, shown_from=44,
        value=lambda line: _or_least(line.one.pss), tone=_figure_tone,
    ),
    Column(
        "rss", "RSS", "resident set, B to GiB: shared pages count in each process",
        lambda line, _: _known(line.one.rss, units.size), width=8, shown_from=120,
        value=lambda line: _or_least(line.one.rss), tone=_figure_tone,
    ),
    Column(
        "uss", "USS", "memory that is its alone, B to GiB",
        lambda line, _: _known(line.one.uss, units.size), width=8, shown_from=130,
        value=lambda line: _or_least(line.one.uss), tone=_figure_tone,
    ),
    Column(
        "frozen", "frozen", "objects in the permanent generation",
        lambda line, _: _known(line.one.frozen, units.count), width=6, shown_from=138,
        value=lambda line: _or_least(line.one.frozen), tone=_figure_tone,
    ),
    Column(
        "interpreters", "intp", "interpreters in it; `<` and `>` go through them",
        lambda line, _: _of_process(line, _recorded(line, str(line.one.interpreters))), width=4, shown_from=154,
        value=lambda line: line.one.interpreters, tone=_figure_tone,
    ),
    Column(
        "python", "python", "its version; `–` is no Python",
        lambda line, width: "" if line.is_all else _of_process(line, cut_end(_python(line), width)),
        width=7, shown_from=146, left=True, ascending=True, value=lambda line: line.one.python, tone=_figure_tone,
    ),
    Column(
        "command", "command", "without folders; the tree shows who started whom",
        lambda line, width: cut_end(line.indent + line.command, width), left=True, ascending=True,
        value=lambda line: line.command, tone=_command_tone,
    ),
)  # fmt: skip


def _or_least(value: float | None) -> float:
    return -1.0 if value is None else value
