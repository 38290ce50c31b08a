"""The two header lines: which program this is, and whether the collector hurts it."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from gctui.monitor import units
from gctui.monitor.model import Agent, Program, Snapshot
from gctui.monitor.terminal_text import printable
from gctui.ui import sentences
from gctui.ui.advising import advised
from gctui.ui.renderables.fitting import Wanted, fit

PAUSED_TOO_MUCH = 0.05
"""Share of time in the collector above which the figure is shown as an alarm."""
FROZEN = "FROZEN display"

_DIM = "$foreground-muted"
_GAP = 2


@dataclass(frozen=True, slots=True)
class _Field:
    """A figure with its name; `rank` says how late it makes room."""

    rank: int
    content: Content

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.content.cell_length, self.rank)


def lines(snapshot: Snapshot, width: int, frozen: bool) -> tuple[Content, Content]:
    """Both lines for `width` cells; what has no room is left out, the least important first."""
    return _identity(snapshot, width), _condition(snapshot, width, frozen)


def alert(snapshot: Snapshot) -> Content:
    """What the user must know before believing the figures; empty when all is well."""
    reason = printable(snapshot.agent.reason)
    lost = sentences.losses(snapshot.losses)
    return Content("\n").join(Content(text) for text in (reason, lost) if text)


def _identity(snapshot: Snapshot, width: int) -> Content:
    program, agent = snapshot.program, snapshot.agent
    is_child = agent.pid not in (0, program.pid)
    facts = [f"child {agent.pid} of {program.pid}" if is_child else f"pid {program.pid}"]
    if snapshot.processes > 1:
        facts.append(f"1 of {snapshot.processes} processes (f8)")
    if len(snapshot.interpreters) > 1:
        place = snapshot.interpreters.index(agent.interpreter) + 1
        facts.append(f"interpreter {agent.interpreter} ({place} of {len(snapshot.interpreters)})")
    if agent.python:
        facts.append(f"Python {printable(agent.python)}")
    if agent.collector:
        facts.append(f"{printable(agent.collector)} collector")
    while len(facts) > 1 and sum(map(len, facts)) + _GAP * len(facts) > width * 3 // 4:
        facts.pop()
    right = (" " * _GAP).join(facts) + " "
    room = max(width - len(right) - 1 - _GAP, 1)
    name = Content(_command(program, agent, is_child, room)).truncate(room, ellipsis=True)
    pad = max(width - 1 - name.cell_length - len(right), 0)
    style = "bold $text-accent" if is_child else "bold"
    who, others = (facts[0], style if is_child else _DIM), (right[len(facts[0]) :], _DIM)
    return Content.assemble(" ", name.stylize(style), " " * pad, who, others)


def _command(program: Program, agent: Agent, is_child: bool, room: int) -> str:
    """The launched one; behind it the child's, where one is shown, which stays where there is no room for both."""
    if not is_child:
        name = sentences.command(program.argv)
        return name if cell_len(name) <= room else sentences.short_command(program.argv)
    child = f"▸ {sentences.short_command(agent.argv)}"
    both = f"{sentences.short_command(program.argv)} {child}"
    return both if agent.argv != program.argv and cell_len(both) <= room else child


def _condition(snapshot: Snapshot, width: int, frozen: bool) -> Content:
    fields = list(_fields(snapshot, frozen))
    chosen = fit([field.wanted for field in fields], width - 2, _GAP)
    return Content.assemble(" ", Content(" " * _GAP).join(fields[index].content for index in chosen))


def _fields(snapshot: Snapshot, frozen: bool) -> list[_Field]:
    """In the order of the screen."""
    program, figures, gauges = snapshot.program, snapshot.figures, snapshot.gauges
    found = [_Field(0, _state(program))]
    if frozen:
        found.append(_Field(1, Content.styled(f" {FROZEN} ", "bold reverse $accent")))
    found.append(_Field(6, _named("up", units.clock(_uptime_ns(snapshot) / 1e9))))
    if gauges is not None or any(one.collections for one in snapshot.generations):
        found.append(_Field(2, _paused(snapshot)))
        total = units.percent(snapshot.paused_share_total)
        found.append(_Field(8, _named("since start", total)))
    if number := len(advised(snapshot)):
        found.append(_Field(3, Content.styled(f"! {number} notice{'s' * (number != 1)} (n)", "bold reverse $warning")))
    if gauges is not None:
        is_on = gauges.enabled
        found.append(_Field(3, _named("collector", "on" if is_on else "OFF", "" if is_on else "bold $warning")))
    for rank, name, value in (
        (4, "RSS", None if figures.rss is None else units.size(figures.rss)),
        (5, "CPU", None if figures.cpu_percent is None else f"{figures.cpu_percent:.0f} %"),
        (7, "USS", None if figures.uss is None else units.size(figures.uss)),
        (9, "threads", None if figures.threads is None else str(figures.threads)),
        (10, "open files", None if figures.open_files is None else str(figures.open_files)),
    ):
        if value is not None:
            found.append(_Field(rank, _named(name, value)))
    return found


def _named(name: str, value: str, style: str = "bold") -> Content:
    return Content.assemble((name + " ", _DIM), (value, style or "bold"))


def _state(program: Program) -> Content:
    text = sentences.state(program)
    if program.state == "ended":
        style = "$text-success" if program.exit_code == 0 else "$text-error"
    else:
        style = {"running": "$text-success", "stopped": "$text-warning"}.get(program.state, "$accent")
    return Content.styled(f" {text} ", f"bold reverse {style}")


def _uptime_ns(snapshot: Snapshot) -> int:
    program = snapshot.program
    return max((program.ended_ns or snapshot.taken_ns) - program.started_ns, 0)


def _paused(snapshot: Snapshot) -> Content:
    """The figure that answers the first question. The sign stays readable without colours."""
    value = f"{units.percent(snapshot.paused_share)} of time"
    if snapshot.paused_share > PAUSED_TOO_MUCH:
        return Content.assemble(("paused ", _DIM), (f"{value} !", "bold $text-error on $error-muted"))
    return _named("paused", value)
