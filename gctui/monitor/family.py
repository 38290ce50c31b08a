"""The processes of the family and their interpreters, told apart by their rings and by the agent's hello."""

from __future__ import annotations

from gctui.monitor.history import InterpreterHistory
from gctui.monitor.messages import Hello, RingFound
from gctui.monitor.model import ProcessTotals

#: Interpreters of which figures are kept, in all processes together.
MOST_INTERPRETERS = 10_000


class Process:
    """One program in one process: an exec in the same process begins another."""

    def __init__(self, pid: int, ppid: int, argv: tuple[str, ...], python: str) -> None:
        self.pid, self.ppid, self.argv, self.python = pid, ppid, argv, python
        self.key = 0
        """Its place in the family, from 1; 0: there was no room for it."""
        self.collector = collector_of(python)
        self.interpreters: dict[int, InterpreterHistory] = {}
        self.clean_exit = False

    @property
    def main(self) -> InterpreterHistory:
        return self.interpreters[min(self.interpreters)]

    def summed_up(self, now_ns: int) -> ProcessTotals:
        return ProcessTotals(
            pid=self.pid,
            ppid=self.ppid,
            argv=self.argv,
            python=self.python,
            collector=self.collector,
            interpreters=tuple(one.summed_up(now_ns, self.collector) for one in self.interpreters.values()),
            clean_exit=self.clean_exit,
        )


class Family:
    """Every Python process seen so far, in the order in which they were seen; no more than `MOST_INTERPRETERS`."""

    def __init__(self) -> None:
        self.processes: list[Process] = []
        self._latest: dict[int, Process] = {}
        self._by_ring: dict[int, InterpreterHistory] = {}
        self._with_ring: set[InterpreterHistory] = set()
        self._room = MOST_INTERPRETERS
        self._shown: Process | None = None

    def latest(self, pid: int) -> Process | None:
        return self._latest.get(pid)

    def of_key(self, key: int) -> Process | None:
        return self.processes[key - 1] if 0 < key <= len(self.processes) else None

    def found(self, ring: RingFound) -> Process:
        process = self.latest(ring.pid)
        history = process.interpreters.get(ring.interpreter) if process else None
        if process is None or history in self._with_ring:
            process = self._add(Process(ring.pid, ring.ppid, ring.argv, ring.python))
            history = None
        if self._shown is None or self._shown.pid == process.pid:
            self.show(process)
        if history is None:  # or its agent has said hello before the ring was found
            history = self._begin(process, ring.interpreter, ring.started_ns)
        history.start_at(ring.started_ns)
        if process.interpreters.get(ring.interpreter) is history and self.latest(process.pid) is process:
            self._by_ring[ring.ring] = history
            self._with_ring.add(history)
        return process

    def introduced(self, hello: Hello) -> Process:
        """The process of an agent that said hello; its ring may not have been found, or may not exist."""
        process = self.latest(hello.pid)
        if process is None:
            process = self._add(Process(hello.pid, hello.ppid, hello.argv, hello.python))
        if hello.interpreter not in process.interpreters:
            self._begin(process, hello.interpreter, hello.started)
        process.argv, process.collector = hello.argv or process.argv, hello.collector
        return process

    def of_ring(self, ring: int) -> InterpreterHistory | None:
        return self._by_ring.get(ring)

    def _add(self, process: Process) -> Process:
        """A program can make processes, and a liar invent them, without end. One for which there is no room is like
        any other, but nothing of it is kept."""
        if self._room > 0:
            self.processes.append(process)
            process.key = len(self.processes)
            self._latest[process.pid] = process
        return process

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


def collector_of(python: str) -> str:
    """The collector of a version, as far as the version alone tells (a free-threaded build does not show in it)."""
    try:
        version = tuple(int(part) for part in python.split("."))
    except ValueError:
        return "generational"
    return "incremental" if (3, 14, 0) <= version < (3, 14, 5) else "generational"
