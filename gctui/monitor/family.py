"""The processes of the family and their interpreters, told apart by their rings and by the agent's hello."""

from __future__ import annotations

from gctui.monitor.history import InterpreterHistory
from gctui.monitor.messages import Hello, RingFound
from gctui.monitor.model import ProcessTotals


class Process:
    """One program in one process: an exec in the same process begins another."""

    def __init__(self, pid: int, ppid: int, argv: tuple[str, ...], python: str) -> None:
        self.pid, self.ppid, self.argv, self.python = pid, ppid, argv, python
        self.collector = collector_of(python)
        self.interpreters: dict[int, InterpreterHistory] = {}
        self.clean_exit = False

    @property
    def main(self) -> InterpreterHistory:
        return self.interpreters[min(self.interpreters)]

    def summed_up(self, now_ns: int) -> ProcessTotals:
        incremental = self.collector == "incremental"
        return ProcessTotals(
            pid=self.pid,
            ppid=self.ppid,
            argv=self.argv,
            python=self.python,
            collector=self.collector,
            interpreters=tuple(one.summed_up(now_ns, incremental) for one in self.interpreters.values()),
            clean_exit=self.clean_exit,
        )


class Family:
    """Every Python process seen so far, in the order in which they were seen."""

    def __init__(self) -> None:
        self.processes: list[Process] = []
        self._by_ring: dict[int, InterpreterHistory] = {}

    def latest(self, pid: int) -> Process | None:
        return next((process for process in reversed(self.processes) if process.pid == pid), None)

    def found(self, ring: RingFound) -> Process:
        process = self.latest(ring.pid)
        history = process.interpreters.get(ring.interpreter) if process else None
        if process is None or history in self._by_ring.values():
            process = Process(ring.pid, ring.ppid, ring.argv, ring.python)
            self.processes.append(process)
            history = None
        if history is None:  # or its agent has said hello before the ring was found
            history = process.interpreters[ring.interpreter] = InterpreterHistory(ring.interpreter, ring.started_ns)
        history.started_ns = ring.started_ns
        self._by_ring[ring.ring] = history
        return process

    def introduced(self, hello: Hello) -> Process:
        """The process of an agent that said hello; its ring may not have been found, or may not exist."""
        process = self.latest(hello.pid)
        if process is None:
            process = Process(hello.pid, hello.ppid, hello.argv, hello.python)
            self.processes.append(process)
        if hello.interpreter not in process.interpreters:
            process.interpreters[hello.interpreter] = InterpreterHistory(hello.interpreter, hello.started)
        process.argv, process.collector = hello.argv or process.argv, hello.collector
        return process

    def of_ring(self, ring: int) -> InterpreterHistory | None:
        return self._by_ring.get(ring)


def collector_of(python: str) -> str:
    """The collector of a version, as far as the version alone tells (a free-threaded build does not show in it)."""
    try:
        version = tuple(int(part) for part in python.split("."))
    except ValueError:
        return "generational"
    return "incremental" if (3, 14, 0) <= version < (3, 14, 5) else "generational"
