"""The processes of the family and their interpreters, told apart by their rings and by the agent's hello."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from gctui.monitor.family_log import FamilyLog
from gctui.monitor.history import InterpreterHistory
from gctui.monitor.messages import Hello, RingEnded, RingFound, RingRead
from gctui.monitor.model import ProcessTotals
from gctui.monitor.process import shortened

#: Interpreters of which figures are kept, in all processes together.
MOST_INTERPRETERS = 10_000
#: Ended processes of which more than totals is kept, and for how long.
MOST_ENDED, ENDED_KEPT_NS = 200, 60_000_000_000
#: What is kept of the command line of others, characters: there may be thousands.
FOLDED_ARGV = 1000

ENDED = "ended"
NO_GOODBYE = "ended without a goodbye (killed, or os._exit)"
BECAME_ANOTHER = "became another program"


class Figures(NamedTuple):
    """Of all collections of one process, or of several."""

    collections: int = 0
    paused_ns: int = 0
    longest_ns: int = 0

    def plus(self, other: Figures) -> Figures:
        return Figures(
            self.collections + other.collections,
            self.paused_ns + other.paused_ns,
            max(self.longest_ns, other.longest_ns),
        )


class Process:
    """One program in one process: an exec in the same process begins another."""

    def __init__(self, pid: int, ppid: int, argv: tuple[str, ...], python: str, started_ns: int) -> None:
        self.pid, self.ppid, self.argv, self.python, self.started_ns = pid, ppid, argv, python, started_ns
        self.key = 0
        """Its place in the family, from 1; 0: there was no room for it."""
        self.collector = collector_of(python)
        self.interpreters: dict[int, InterpreterHistory] = {}
        self.clean_exit = False
        self.parent: Process | None = None
        """The program that started it, where that is a Python of the family."""
        self.previous: Process | None = None
        """The program that was in the same process before."""
        self.depth = 0
        """Generations from the launched process, as far as somebody has looked."""
        self.ended_ns: int | None = None
        self.lives_on = False
        """Its process does, with another program in it."""
        self.hello_ns: int | None = None
        """When its agent said hello."""
        self.has_ring, self.open_rings = False, 0
        self._totals: ProcessTotals | None = None

    @property
    def main(self) -> InterpreterHistory:
        return self.interpreters[min(self.interpreters)]

    @property
    def is_folded(self) -> bool:
        """Only its totals are left."""
        return self._totals is not None

    def end(self, now_ns: int, lives_on: bool) -> None:
        """Nothing comes of this program any more, but what it said before can still be on its way."""
        self.ended_ns, self.lives_on = now_ns, lives_on
        for history in self.interpreters.values():
            history.running = history.pauses.running = None

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        if self.lives_on:
            return BECAME_ANOTHER
        return NO_GOODBYE if self.hello_ns is not None and not self.clean_exit else ENDED

    def figures(self, now_ns: int) -> Figures:
        whole = Figures()
        for one in self.interpreters.values():
            whole = whole.plus(Figures(*one.brief(now_ns)[:3]))
        return whole

    def waits_for(self, ring_started_ns: int) -> bool:
        """Its agent has said hello, its ring was not found yet, and that may be the one that began then."""
        return not self.has_ring and self.hello_ns is not None and self.hello_ns >= ring_started_ns

    def summed_up(self, now_ns: int) -> ProcessTotals:
        return self._totals or ProcessTotals(
            pid=self.pid,
            ppid=self.ppid,
            argv=self.argv,
            python=self.python,
            collector=self.collector,
            interpreters=tuple(one.summed_up(now_ns, self.collector) for one in self.interpreters.values()),
            clean_exit=self.clean_exit,
            steered=tuple(one for one in self.main.settings.changes if one.by == "gctui"),
        )

    def fold(self) -> None:
        """Keep the totals alone."""
        self.argv = shortened(self.argv, FOLDED_ARGV)
        self._totals = self.summed_up(self.ended_ns or 0)
        self.interpreters = {}


class Family:
    """Every Python process seen so far, in the order in which they were seen; no more than `MOST_INTERPRETERS`."""

    def __init__(self) -> None:
        self.processes: list[Process] = []
        self.log: FamilyLog | None = None
        """Of all of them, as soon as there are two."""
        self.folded = Figures()
        """Of those that are folded."""
        self._latest: dict[int, Process] = {}
        self._by_ring: dict[int, tuple[Process, InterpreterHistory]] = {}
        self._with_ring: set[InterpreterHistory] = set()
        self._living: dict[Process, None] = {}
        self._ended: deque[Process] = deque()
        self._room = MOST_INTERPRETERS
        self._shown: Process | None = None

    @property
    def unfolded(self) -> list[Process]:
        """Those that live, and those that have ended of which more than totals is kept, the latest first."""
        return [*self._living, *reversed(self._ended)]

    def latest(self, pid: int) -> Process | None:
        """The program that was last seen in that process."""
        return self._latest.get(pid)

    def of_key(self, key: int) -> Process | None:
        return self.processes[key - 1] if 0 < key <= len(self.processes) else None

    def found(self, ring: RingFound) -> Process:
        process = self.latest(ring.pid)
        while process is not None and process.previous is not None and process.previous.waits_for(ring.started_ns):
            process = process.previous
        history = process.interpreters.get(ring.interpreter) if process else None
        is_another = process is not None and (process.is_folded or _is_over(process, ring.started_ns))
        if process is None or is_another or history in self._with_ring:
            process = self._add(Process(ring.pid, ring.ppid, ring.argv, ring.python, ring.started_ns))
            history = None
        if self._shown is None or self._shown.pid == process.pid:
            self.show(process)
        if history is None:  # or its agent has said hello before the ring was found
            history = self._begin(process, ring.interpreter, ring.started_ns)
        history.start_at(ring.started_ns)
        process.started_ns, process.argv = min(process.started_ns, ring.started_ns), ring.argv or process.argv
        if process.interpreters.get(ring.interpreter) is history and process.key:
            self._by_ring[ring.ring] = process, history
            self._with_ring.add(history)
            process.has_ring = True
            process.open_rings += 1
        return process

    def introduced(self, hello: Hello) -> Process | None:
        """The process of an agent that said hello; its ring may not have been found, or may not exist. None when all is
        over that the hello came from."""
        process = self.latest(hello.pid)
        # It may come after the ring of the program that took the place of the one which sent it.
        while process is not None and process.previous is not None and hello.started < process.started_ns:
            process = process.previous
        is_another = process is not None and (
            process.hello_ns not in (None, hello.started) or _is_over(process, hello.started)
        )
        if process is None or is_another:
            process = self._add(Process(hello.pid, hello.ppid, hello.argv, hello.python, hello.started))
        elif process.is_folded:
            return None
        if hello.interpreter not in process.interpreters:
            self._begin(process, hello.interpreter, hello.started)
        process.hello_ns = hello.started
        process.argv, process.collector = process.argv or hello.argv, hello.collector
        return process

    def read(self, read: RingRead) -> None:
        """Take in what was read of a ring."""
        process, history = self._by_ring.get(read.ring, (None, None))
        if process is not None and history is not None:
            history.fold_ring(read)
            if self.log is not None:
                self.log.add(read, process.pid)
                if process.key:
                    self.log.collectors[process.pid] = process.collector

    def ended(self, ring: RingEnded) -> None:
        process, _ = self._by_ring.pop(ring.ring, (None, None))
        if self.log is not None:
            self.log.forget(ring.ring)
        if process is not None:
            process.open_rings -= 1
            if not process.open_rings:
                self.end(process, ring.ended_ns, ring.lives_on)

    def end(self, process: Process, now_ns: int, lives_on: bool) -> None:
        if process in self._living:
            del self._living[process]
            process.end(now_ns, lives_on)
            self._ended.append(process)

    def fold_ended(self, now_ns: int) -> list[Process]:
        """Those of which nothing but totals is left since the last call: ended for long, or too many. The one that is
        shown is kept."""
        folded: list[Process] = []
        for process in list(self._ended):
            is_old = now_ns - (process.ended_ns or 0) > ENDED_KEPT_NS
            if not is_old and len(self._ended) - len(folded) <= MOST_ENDED:
                break
            # The ring of one that said hello may wait, in a family too large to be read at once.
            if process is not self._shown and (is_old or process.has_ring):
                self._with_ring.difference_update(process.interpreters.values())
                self.folded = self.folded.plus(process.figures(now_ns))
                process.fold()
                folded.append(process)
        if folded:
            gone = set(folded)
            self._ended = deque(one for one in self._ended if one not in gone)
        return folded

    def _add(self, process: Process) -> Process:
        """A program can make processes, and a liar invent them, without end. One for which there is no room is like
        any other, but nothing of it is kept."""
        before = self.latest(process.pid)
        if self._room > 0:
            if before is not None:
                self.end(before, process.started_ns, lives_on=True)
                process.previous = before
            parent = self.latest(process.ppid)
            if parent is not None and parent.started_ns <= process.started_ns:
                process.parent = parent
            self.processes.append(process)
            process.key = len(self.processes)
            self._latest[process.pid] = process
            self._living[process] = None
            if len(self.processes) == 2:
                self.log = self._begin_log()
        return process

    def _begin_log(self) -> FamilyLog:
        log, first = FamilyLog(), self.processes[0]
        if not first.is_folded:
            log.begin(first.main.log, first.pid)
        for ring, (_, history) in self._by_ring.items():
            log.know(ring, history.log.sites)
        return log

    def _begin(self, process: Process, interpreter: int, started_ns: int) -> InterpreterHistory:
        history = InterpreterHistory(interpreter, started_ns)
        history.keep(long=process is self._shown)
        if self._room > 0 or not process.interpreters:
            process.interpreters[interpreter] = history
            self._room -= 1
        return history

    def show(self, process: Process) -> None:
        """Keep much of it, because the screen shows it, and little of the one before."""
        before, self._shown = self._shown, process
        if before is not process:
            for one in (before, process):
                for history in one.interpreters.values() if one else ():
                    history.keep(long=one is process)


def _is_over(process: Process, started_ns: int) -> bool:
    """Whether it had ended when something else began in the process of its number."""
    return process.ended_ns is not None and process.ended_ns < started_ns


def collector_of(python: str) -> str:
    """The collector of a version, as far as the version alone tells (a free-threaded build does not show in it)."""
    try:
        version = tuple(int(part) for part in python.split("."))
    except ValueError:
        return "generational"
    return "incremental" if (3, 14, 0) <= version < (3, 14, 5) else "generational"
