"""What the process pane shows of every process of the family, and of those between them that are no Python."""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Iterable, Mapping
from functools import partial

from gctui.monitor import process_table
from gctui.monitor.family import Family, Figures, Process
from gctui.monitor.lineage import Node, in_tree_order
from gctui.monitor.model import Program
from gctui.monitor.process import argv_of, shared_memory
from gctui.monitor.process_table import Entry
from gctui.monitor.relatives import Relative, Relatives, RelativeState, Subinterpreter
from gctui.monitor.watched import Watched

#: Seconds between two looks at the processes; the whole table of the machine waits, too, until looking at it takes no
#: more than one part in `PATIENCE` of the time.
LOOK_EVERY_S, PATIENCE = 1.0, 50
#: Reading what is shared makes the kernel walk a program's pages under its lock. So each process is read so often at
#: the most, each waits as many times as long as it took, and no refresh takes longer for all than so long.
MEMORY_FIRST_S, MEMORY_EVERY_S, MEMORY_PATIENCE, MEMORY_PER_TICK_S = 0.5, 5.0, 100, 0.01
#: Rows of programs that are no Python.
MOST_STRANGERS = 500

LIVING: tuple[RelativeState, ...] = ("running", "stopped")
_STATES: Mapping[str, RelativeState] = {"T": "stopped", "t": "stopped", "Z": "zombie", "X": "ended"}


class _Seen:
    """What was read of one process."""

    def __init__(self, entry: Entry, now_s: float) -> None:
        self.entry, self.read_s = entry, now_s
        self.cpu_percent: float | None = None
        self.pss: int | None = None
        self.uss: int | None = None
        self.memory_due = now_s + MEMORY_FIRST_S
        self.argv: tuple[str, ...] = ()
        """Of what is no Python."""

    def update(self, entry: Entry, now_s: float) -> None:
        self.cpu_percent = process_table.cpu_percent(self.entry, entry, now_s - self.read_s)
        self.entry, self.read_s = entry, now_s


class Kin:
    """Reads the family's processes tick by tick, while somebody looks."""

    def __init__(self, family: Family, launched: int) -> None:
        """`launched`: pid of the launched process."""
        self._family, self._launched = family, launched
        self._seen: dict[int, _Seen] = {}
        self._strangers: dict[int, None] = {}
        self._look_at = self._list_at = 0.0
        self._to_read: deque[int] = deque()
        self._figures: dict[Process, Figures] = {}  # of ended ones, which do not change

    def relatives(
        self, now_ns: int, program: Program, watched: Mapping[Process, Watched], shown: Process | None
    ) -> Relatives:
        processes = self._family.unfolded
        self._look(processes, is_over=program.state == "ended")
        self._figures = {one: self._figures[one] for one in processes if one in self._figures}
        nodes = [self._node(process, now_ns, program, watched.get(process), shown) for process in processes]
        strangers = [seen for pid in self._strangers if (seen := self._seen.get(pid)) is not None]
        nodes += [self._stranger(seen) for seen in strangers if self._is_stranger(seen.entry)]
        if all(node.pid != self._launched for node in nodes):  # it is no Python, and not there any more
            gone = partial(_plain, program.pid, 0, program.argv, program.started_ns, "ended", _words(program), None)
            nodes.append(Node(program.pid, 0, None, program.started_ns, False, gone))
        rows = in_tree_order(nodes, self._launched)
        living = [row for row in rows if row.state in LIVING]
        whole = self._family.folded
        for row in rows:
            whole = whole.plus(Figures(row.collections, row.paused_ns, row.longest_ns))
        return Relatives(
            rows=tuple(rows),
            folded=len(self._family.processes) - sum(row.key > 0 for row in rows),
            processes=len(self._family.processes),
            living=sum(row.key > 0 for row in living),
            paused_ns=whole.paused_ns,
            longest_ns=whole.longest_ns,
            collections=whole.collections,
            rss=_sum(row.rss for row in living),
            pss=_sum(row.pss for row in living),
            cpu_percent=sum(row.cpu_percent or 0 for row in living),
        )

    # --- reading ----------------------------------------------------------------------------------------------------

    def _look(self, processes: list[Process], is_over: bool) -> None:
        now = time.monotonic()
        living = {process.pid: process for process in processes if process.ended_ns is None}
        if now >= self._list_at:
            table = process_table.table()
            roots = living.keys() | (set() if is_over else {self._launched})
            self._strangers = self._descendants(table, roots)
            pids = {process.pid for process in processes} | self._strangers.keys()
            self._update(pids, now, table)
            self._list_at = now + max(LOOK_EVERY_S, PATIENCE * (time.monotonic() - now))
            self._look_at = now + LOOK_EVERY_S
        elif now >= self._look_at:
            self._update(self._seen.keys() | living.keys(), now)
            self._look_at = now + LOOK_EVERY_S
        else:
            self._update(living.keys() - self._seen.keys(), now)
        self._read_memory(now)

    def _descendants(self, table: Mapping[int, Entry], family: Iterable[int]) -> dict[int, None]:
        """Pids of what is no Python, parents first."""
        children: dict[int, list[int]] = {}
        for entry in table.values():
            children.setdefault(entry.ppid, []).append(entry.pid)
        found: dict[int, None] = {}
        reached, left = set(family), deque(family)
        if self._launched in reached & table.keys() and self._family.latest(self._launched) is None:
            found[self._launched] = None
        while left and len(found) < MOST_STRANGERS:
            for pid in children.get(left.popleft(), ()):
                if pid not in reached:
                    reached.add(pid)
                    left.append(pid)
                    if self._is_stranger(table[pid]):
                        found[pid] = None
        return found

    def _is_stranger(self, entry: Entry) -> bool:
        """The pid of a Python can have come again, or have another program in it."""
        latest = self._family.latest(entry.pid)
        return latest is None or latest.lives_on or not entry.was_there(latest.started_ns)

    def _update(self, pids: Iterable[int], now: float, table: Mapping[int, Entry] | None = None) -> None:
        for pid in list(pids):
            entry = process_table.entry(pid) if table is None else table.get(pid)
            seen = self._seen.get(pid)
            if entry is None:
                self._seen.pop(pid, None)
            elif seen is not None and seen.entry.born == entry.born:
                seen.update(entry, now)
            else:
                self._seen[pid] = _Seen(entry, now)
                self._to_read.append(pid)
        if table is not None:
            for pid in self._seen.keys() - set(pids):
                del self._seen[pid]

    def _read_memory(self, now: float) -> None:
        """Of those whose turn it is, one after the other, as far as the time goes."""
        end = now + MEMORY_PER_TICK_S
        for _ in range(len(self._to_read)):
            pid = self._to_read.popleft()
            seen = self._seen.get(pid)
            if seen is None:
                continue
            self._to_read.append(pid)
            began = time.monotonic()
            if seen.memory_due <= began and seen.entry.is_alive:
                seen.pss, seen.uss = shared_memory(pid) or (None, None)
                ended = time.monotonic()
                seen.memory_due = ended + max(MEMORY_EVERY_S, MEMORY_PATIENCE * (ended - began))
                if ended > end:
                    return

    # --- rows -------------------------------------------------------------------------------------------------------

    def _node(
        self, process: Process, now_ns: int, program: Program, one: Watched | None, shown: Process | None
    ) -> Node:
        seen = self._seen.get(process.pid)
        if seen is not None and not seen.entry.was_there(process.started_ns):
            seen = None  # another process has its number
        state, ending = _state(process, seen, program, is_latest=self._family.latest(process.pid) is process)
        if state == "ended":
            seen = None
        speaks = one is not None and one.channel is not None
        row = partial(self._row, process, now_ns, state, ending, seen, speaks, process is shown)
        return Node(process.pid, seen.entry.ppid if seen else 0, process, process.started_ns, state != "ended", row)

    def _row(
        self,
        process: Process,
        now_ns: int,
        state: RelativeState,
        ending: str,
        seen: _Seen | None,
        speaks: bool,
        is_shown: bool,
        depth: int,
    ) -> Relative:
        lives, gauges = state in LIVING, process.main.gauges
        running = [history.running for history in process.interpreters.values() if history.running is not None]
        brief = process.main.brief(now_ns) if lives else None
        figures = self._figures.get(process)
        if figures is None:
            figures = process.figures(now_ns)
            if process.ended_ns is not None:
                self._figures[process] = figures
        return Relative(
            key=process.key,
            pid=process.pid,
            ppid=process.ppid,
            depth=depth,
            argv=process.argv,
            python=process.python,
            collector=process.collector,
            started_ns=process.started_ns,
            state=state,
            ending=ending,
            interpreters=len(process.interpreters),
            running=min(running, key=lambda one: one.started_ns) if running and lives else None,
            paused_share=brief.paused_share if brief else 0.0,
            paused_ns=figures.paused_ns,
            longest_ns=figures.longest_ns,
            collections=figures.collections,
            rate=brief.rate if brief else 0.0,
            rss=seen.entry.rss if seen else None,
            pss=seen.pss if seen and lives else None,
            uss=seen.uss if seen and lives else None,
            cpu_percent=seen.cpu_percent if seen else None,
            speaks=speaks,
            enabled=gauges.enabled if gauges else None,
            frozen=gauges.frozen if gauges else None,
            thresholds=gauges.thresholds if gauges else None,
            is_shown=is_shown,
            subinterpreters=_subinterpreters(process, now_ns) if lives and len(process.interpreters) > 1 else (),
        )

    def _stranger(self, seen: _Seen) -> Node:
        entry = seen.entry
        seen.argv = seen.argv or argv_of(entry.pid) or (entry.name,)
        state = _STATES.get(entry.state, "running")
        row = partial(_plain, entry.pid, entry.ppid, seen.argv, entry.born_ns, state, "", seen)
        return Node(entry.pid, entry.ppid, None, entry.born_ns, True, row)


def _state(process: Process, seen: _Seen | None, program: Program, is_latest: bool) -> tuple[RelativeState, str]:
    if process.ended_ns is not None and not (seen and is_latest and seen.entry.state == "Z"):
        is_launched = is_latest and process.pid == program.pid and program.state == "ended"
        return "ended", (_words(program) if is_launched else "") or process.ending
    if program.state == "ended" and process.pid == program.pid:
        return "ended", _words(program)
    if seen is None:
        return "ended", process.ending
    return _STATES.get(seen.entry.state, "running"), ""


def _words(program: Program) -> str:
    """How the launched process ended."""
    if program.signal is not None:
        return f"killed by {_signal_name(program.signal)}"
    return "" if program.exit_code is None else f"exit code {program.exit_code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _subinterpreters(process: Process, now_ns: int) -> tuple[Subinterpreter, ...]:
    found = []
    for history in process.interpreters.values():
        if history is not process.main:
            brief = history.brief(now_ns)
            figures = (brief.paused_share, brief.longest_ns, brief.collections, brief.rate)
            found.append(Subinterpreter(history.interpreter, history.running, *figures))
    return tuple(found)


def _plain(
    pid: int,
    ppid: int,
    argv: tuple[str, ...],
    started_ns: int,
    state: RelativeState,
    ending: str,
    seen: _Seen | None,
    depth: int,
) -> Relative:
    """Of what is no Python."""
    return Relative(
        key=0,
        pid=pid,
        ppid=ppid,
        depth=depth,
        argv=argv,
        python="",
        collector="",
        started_ns=started_ns,
        state=state,
        ending=ending,
        interpreters=0,
        running=None,
        paused_share=0.0,
        paused_ns=0,
        longest_ns=0,
        collections=0,
        rate=0.0,
        rss=seen.entry.rss if seen else None,
        pss=seen.pss if seen else None,
        uss=seen.uss if seen else None,
        cpu_percent=seen.cpu_percent if seen else None,
        speaks=False,
        enabled=None,
        frozen=None,
        thresholds=None,
        is_shown=False,
    )


def _sum(values: Iterable[int | None]) -> int | None:
    """Of those that are known; None when none is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
