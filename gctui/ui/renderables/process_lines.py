"""The processes of the family as lines of a list or of a tree, under one that adds them up."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from gctui.monitor import units
from gctui.monitor.collectors import words
from gctui.monitor.relatives import Relative, Relatives
from gctui.monitor.terminal_text import printable
from gctui.ui import sentences
from gctui.ui.renderables.shortened import LONGEST, UNKNOWN

ALL = -1
"""Key of the line that adds up."""
STATE_CELLS = 17
"""Of its column; what is longer stands behind the command."""
_SHOWN_NS = 100_000_000
"""Shorter collections are over before the eye has found them."""


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """One process, as it is drawn; or one interpreter of it, or all processes."""

    one: Relative
    state: str
    """In words."""
    command: str
    indent: str = ""
    """In front of the command: its place in the tree."""
    is_marked: bool = False
    interpreter: int = 0
    """Number of the subinterpreter that `one` has the figures of; 0: it is the whole process."""

    @property
    def key(self) -> Hashable:
        return (key_of(self.one), "interpreter", self.interpreter) if self.interpreter else key_of(self.one)

    @property
    def is_all(self) -> bool:
        return self.one.key == ALL


def key_of(one: Relative) -> Hashable:
    """What makes it the same process in the next refresh."""
    return one.key or (one.pid, one.started_ns)


def process_line(one: Relative, now_ns: int, is_marked: bool) -> ProcessLine:
    state, command = _state(one, now_ns), _command(one.argv)
    if len(state) > STATE_CELLS:
        state, command = one.state, f"{command} · {state}"
    return ProcessLine(one, state, command, is_marked=is_marked)


def interpreter_lines(one: Relative, now_ns: int, shown: int) -> Iterator[ProcessLine]:
    """Its subinterpreters. `shown`: number of the interpreter that the other panes show, if it is one of its."""
    for sub in one.subinterpreters:
        alone = replace(
            one, running=sub.running, paused_share=sub.paused_share, longest_ns=sub.longest_ns,
            collections=sub.collections, rate=sub.rate, is_shown=one.is_shown and sub.id == shown, speaks=False,
            rss=None, pss=None, uss=None, cpu_percent=None, frozen=None, subinterpreters=(),
        )  # fmt: skip
        yield ProcessLine(alone, _state(alone, now_ns), f"interpreter {sub.id}", interpreter=sub.id)


def line_of_all(relatives: Relatives) -> ProcessLine:
    """What they come to together; those that have ended count in what they did, not in what they take."""
    living = [one for one in relatives.rows if one.state != "ended"]
    total = Relative(
        key=ALL, pid=0, ppid=0, depth=0, argv=(), python="", collector="", started_ns=0, state="running", ending="",
        interpreters=sum(one.interpreters for one in living), running=None,
        paused_share=sum(one.paused_share for one in living), paused_ns=relatives.paused_ns,
        longest_ns=relatives.longest_ns, collections=relatives.collections, rate=sum(one.rate for one in living),
        rss=relatives.rss, pss=relatives.pss, uss=_sum(one.uss for one in living), cpu_percent=relatives.cpu_percent,
        speaks=True, enabled=None, frozen=_sum(one.frozen for one in living), thresholds=None, is_shown=False,
    )  # fmt: skip
    ended = relatives.processes - relatives.living
    text = f"all: {relatives.living} living" + (f", {ended} ended" if ended > 0 else "")
    return ProcessLine(total, "", text)


def in_order(
    lines: Iterable[ProcessLine], value: Callable[[ProcessLine], Any], is_ascending: bool, is_tree: bool
) -> list[ProcessLine]:
    """All of them first, then those that live, sorted, in a tree each under its parent; then those that have ended."""
    ordered = sorted(lines, key=value, reverse=not is_ascending)
    living = [line for line in ordered if line.one.state != "ended" and not line.is_all]
    ended = [line for line in ordered if line.one.state == "ended"]
    shown = list(_as_tree(living) if is_tree else _as_list(living))
    return [line for line in ordered if line.is_all] + shown + [_indented(line, "") for line in ended]


def _as_list(lines: list[ProcessLine]) -> Iterator[ProcessLine]:
    """Interpreters stand under their processes here too."""
    for line in lines:
        if not line.interpreter:
            yield _indented(line, "")
            mine = (other for other in lines if other.interpreter and other.one.key == line.one.key)
            yield from (_indented(other, "└─") for other in (mine if line.one.subinterpreters else ()))


def _as_tree(lines: list[ProcessLine]) -> Iterator[ProcessLine]:
    """Each under its parent, in the order in which they come; without a parent among them it stands for itself."""
    parents = {line.one.pid for line in lines}
    children: dict[int, list[ProcessLine]] = {}
    for line in lines:
        parent = line.one.ppid if line.one.ppid in parents and line.one.ppid != line.one.pid else 0
        children.setdefault(line.one.pid if line.interpreter else parent, []).append(line)
    pending = [(line, "", "") for line in reversed(children.get(0, ()))]
    seen: set[int] = set()  # what a process says of its parent may be anything, also a loop
    while pending:
        line, own, under = pending.pop()
        seen.add(id(line))
        yield _indented(line, own)
        below = sorted(children.pop(line.one.pid, []), key=lambda child: not child.interpreter)
        for place, child in enumerate(reversed(below)):
            branch, rest = ("└─", "  ") if place == 0 else ("├─", "│ ")
            pending.append((child, under + branch, under + rest))
    yield from (_indented(line, "") for line in lines if id(line) not in seen)


def _indented(line: ProcessLine, indent: str) -> ProcessLine:
    if line.indent == indent:
        return line
    return replace(line, indent=indent)


def _state(one: Relative, now_ns: int) -> str:
    if one.state == "ended":
        return printable(one.ending) or "ended"
    if one.state != "running":
        return one.state
    elapsed = now_ns - one.running.started_ns if one.running is not None else 0
    if one.running is None or elapsed < _SHOWN_NS:
        return "running"
    return f"▶ gen {words(one.collector).short[one.running.generation]} {units.duration(elapsed)}"


@lru_cache(maxsize=4096)  # it is asked for with every refresh
def _command(argv: tuple[str, ...]) -> str:
    return sentences.short_command([word[:LONGEST] for word in argv[:LONGEST]])[:LONGEST] or UNKNOWN


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
