"""What the operating system says of a process, read by the monitor so that it costs the program nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import psutil

from gctui.monitor.model import ProcessFigures

#: Descriptors that an agent with a channel holds: the two that wake its thread, and the channel's two where that is the
#: inherited pipe, one where it came in by the door.
INHERITED_DESCRIPTORS, VISITING_DESCRIPTORS = 4, 3

#: Reading the unshared memory makes the kernel walk the program's pages under its lock, listing descriptors grows with
#: their number: each waits this many times as long as it took, and at least so many seconds, before it is read again.
PATIENCE = 100
CPU_EVERY_S, FILES_EVERY_S, USS_EVERY_S = 1.0, 2.0, 5.0

#: Characters kept of a command line, which can have megabytes, once for each process of the family.
LONGEST_ARGV = 32_768

T = TypeVar("T")


class _Rationed(Generic[T]):
    """A reading that is repeated only when it is due: at first after `first_s`."""

    def __init__(self, read: Callable[[], T], every_s: float, first_s: float = 0.0) -> None:
        self._read, self._every_s = read, every_s
        self._due = time.monotonic() + first_s
        self._value: T | None = None

    def value(self) -> T | None:
        began = time.monotonic()
        if began >= self._due:
            self._value = _allowed(self._read)
            ended = time.monotonic()
            self._due = ended + max(self._every_s, (ended - began) * PATIENCE)
        return self._value


def _allowed(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except (psutil.Error, OSError):
        return None


class ProcessReader:
    """Figures of one process; the last ones are kept after its end."""

    def __init__(self, pid: int) -> None:
        self._process = _allowed(lambda: psutil.Process(pid))
        self._last = ProcessFigures(None, None, None, None, None)
        if self._process is not None:
            process = self._process
            _allowed(lambda: process.cpu_percent(None))  # the first call only sets the mark
            self._cpu = _Rationed(lambda: process.cpu_percent(None), CPU_EVERY_S, first_s=CPU_EVERY_S / 2)
            self._files = _Rationed(process.num_fds, FILES_EVERY_S)
            self._uss = _Rationed(lambda: process.memory_full_info().uss, USS_EVERY_S)

    def rss(self) -> int | None:
        """Resident set now, bytes."""
        process = self._process
        return None if process is None else _allowed(lambda: int(process.memory_info().rss))

    def is_stopped(self) -> bool:
        process = self._process
        return process is not None and _allowed(process.status) == psutil.STATUS_STOPPED

    def figures(self, with_agent: bool, inherited: bool) -> ProcessFigures:
        """The present figures, what belongs to the agent left out. `inherited`: it has the inherited pipe."""
        rss, process = self.rss(), self._process
        if process is None or not rss:  # a zombie has no memory
            return self._last
        threads, files = _allowed(process.num_threads), self._files.value()
        own = (INHERITED_DESCRIPTORS if inherited else VISITING_DESCRIPTORS) if with_agent else 0
        self._last = ProcessFigures(
            rss=rss,
            uss=self._uss.value(),
            cpu_percent=self._cpu.value(),
            threads=None if threads is None else threads - with_agent,
            open_files=None if files is None else max(files - own, 0),
        )
        return self._last


def shortened(argv: Sequence[str], room: int = LONGEST_ARGV) -> tuple[str, ...]:
    """The command line, cut where it gets longer than anybody would read."""
    kept: list[str] = []
    for word in argv:
        if room <= 0:
            break
        kept.append(word[:room])
        room -= len(word) + 1
    return tuple(kept)


def argv_of(pid: int) -> tuple[str, ...]:
    """Command line of a process; empty when it has gone or may not be asked."""
    return shortened(_allowed(lambda: psutil.Process(pid).cmdline()) or ())


def user_of(pid: int) -> int | None:
    """Effective user of a process; None when it has gone."""
    return _allowed(lambda: int(psutil.Process(pid).uids().effective))


def shared_memory(pid: int) -> tuple[int, int] | None:
    """(PSS, USS) of a process, bytes: of a page that four processes share the first has a quarter, the second nothing.
    None when it has gone or may not be asked."""
    return _allowed(lambda: _shared(psutil.Process(pid)))


def _shared(process: psutil.Process) -> tuple[int, int]:
    found = process.memory_full_info()
    return int(found.pss), int(found.uss)


def executable_of(pid: int) -> str:
    """Path of what a process runs; empty when it has gone or may not be asked."""
    return _allowed(lambda: psutil.Process(pid).exe()) or ""
