"""The kernel's table of processes, one read for each: the figures of hundreds must not cost the monitor a core."""

from __future__ import annotations

import os
import time
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
#: The table counts in ticks of 10 ms, and the two clocks are read one after the other.
_ROUGH_NS = 50_000_000


class Entry(NamedTuple):
    """One process, from /proc/PID/stat; see proc(5)."""

    pid: int
    ppid: int
    name: str
    """Of the executable, up to 15 characters, which the process may change."""
    state: str
    """A letter: R, S, D, T (stopped), t (traced), Z (zombie), X (dead), I."""
    born: int
    """Ticks since boot. With the pid, it is nobody else's."""
    cpu_ticks: int
    """User and system time so far."""
    rss: int
    """Bytes; 0 of a zombie."""

    @property
    def is_alive(self) -> bool:
        return self.state not in "ZX"

    @property
    def born_ns(self) -> int:
        """When it began, `monotonic_ns`, to 10 ms."""
        asleep = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.monotonic_ns()
        return self.born * 1_000_000_000 // _TICKS - asleep

    def was_there(self, moment_ns: int) -> bool:
        """Whether it had begun by a time of `monotonic_ns`: a pid can come again."""
        return self.born_ns <= moment_ns + _ROUGH_NS


def cpu_percent(before: Entry, after: Entry, seconds: float) -> float:
    """Share of one core between two readings of a process."""
    return 100 * (after.cpu_ticks - before.cpu_ticks) / _TICKS / seconds


def entry(pid: int) -> Entry | None:
    """None when there is no such process (any more)."""
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        data = os.read(descriptor, 4096)
    except OSError:  # it has gone since
        return None
    finally:
        os.close(descriptor)
    head, _, rest = data.rpartition(b")")  # the name can hold anything
    fields = rest.split()
    try:
        return Entry(
            pid=pid,
            ppid=int(fields[1]),
            name=head.partition(b"(")[2].decode("utf-8", "replace"),
            state=fields[0].decode(),
            born=int(fields[19]),
            cpu_ticks=int(fields[11]) + int(fields[12]),
            rss=int(fields[21]) * _PAGE,
        )
    except (IndexError, ValueError):
        return None


def table() -> dict[int, Entry]:
    """All processes that can be seen, by pid."""
    try:
        names = os.listdir("/proc")
    except OSError:
        return {}
    found = (entry(int(name)) for name in names if name.isdecimal())
    return {one.pid: one for one in found if one is not None}


def runs_on(pid: int, moment_ns: int) -> bool:
    """Whether the process that had this pid then is alive."""
    found = entry(pid)
    return found is not None and found.is_alive and found.was_there(moment_ns)
