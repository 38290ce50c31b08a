"""A family of processes: what many of them cost the monitor, how soon a new one has its row, what each child pays."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

import psutil

from benchmarks.environment import environment
from benchmarks.figures import Figure, median
from gctui.monitor.command import resolve
from gctui.monitor.launch import AgentOptions, Launch
from gctui.monitor.live import LiveSource
from gctui.monitor.streams import Streams
from gctui.monitor.watch import WatchSession
from tests.integration.pythons import find_pythons

PROCESSES, RATE, SECONDS = 200, 10, 15
ROW_LIMIT_S, SHARE_LIMIT, MEMORY_LIMIT = 0.5, 15.0, 150.0
FORKS = 20
CHILDREN, PAIRS, VERSIONS = 1000, 3, ("3.8", "3.11", "3.14")
RATIO_LIMIT, CHILD_LIMIT_MS = 1.15, 6.0
TICK_S = 0.25

FORKING = """
import os, sys, time
for line in sys.stdin:
    if os.fork() == 0:
        time.sleep(1)
        os._exit(0)
"""
RUNNING = """
import subprocess, sys, time
started = time.perf_counter()
for _ in range(int(sys.argv[1])):
    subprocess.run([sys.executable, "-c", "pass"])
print(time.perf_counter() - started)
"""
#: A monitor in a process of its own: what it uses is then the monitor's alone.
MONITOR = """
import sys
from benchmarks.family import {0}
{0}(*sys.argv[1:])
"""
BRIEF = 5000
BY_ONE = """
import gc, os, sys
gc.disable()
for _ in range(int(sys.argv[1])):
    pid = os.fork()
    if pid == 0:
        gc.collect(0); gc.collect(0)
        os._exit(0)
    os.waitpid(pid, 0)
sys.stdin.read()
"""


def measure() -> list[Figure]:
    return [*_many(pane=False), *_many(pane=True), _row(), *_brief(), *_children()]


def _many(pane: bool) -> list[Figure]:
    what = f"{PROCESSES} processes, {RATE} collections/s each" + (", pane" if pane else "")
    share, memory, seen, read, lost = _in_a_monitor("watch_many", "pane" if pane else "")
    return [
        Figure(f"{what}: the monitor's share of a core", share, "%", None if pane else SHARE_LIMIT),
        Figure("  its resident memory", memory, "MiB", MEMORY_LIMIT),
        Figure("  processes seen", seen, ""),
        Figure("  collections read", read, "1/s"),
        Figure("  collections overwritten before they were read", lost, "", 0),
    ]


def _in_a_monitor(watch: str, *words: str) -> tuple[float, ...]:
    done = subprocess.run(
        [sys.executable, "-c", MONITOR.format(watch), *words], check=True, capture_output=True, text=True
    )
    return tuple(map(float, done.stdout.split()))


def watch_many(pane: str) -> None:
    """Print the monitor's share of a core in percent, its memory in MiB, the processes that it saw, the collections
    that it read per second, and those that it could not read in time."""
    session = _session([sys.executable, "-m", "benchmarks.programs.many", str(PROCESSES), str(RATE)], stdin=True)
    session.want_relatives(bool(pane))
    end = time.monotonic() + 60
    while session.tick().processes < PROCESSES and time.monotonic() < end:
        time.sleep(TICK_S)
    _ticks(session, 3)
    own = psutil.Process()
    used, before, began = sum(own.cpu_times()[:2]), _read(session)[0], time.monotonic()
    _ticks(session, SECONDS)
    lasted, (read, lost) = time.monotonic() - began, _read(session)
    share = 100 * (sum(own.cpu_times()[:2]) - used) / lasted
    memory = own.memory_info().rss / (1 << 20)
    print(share, memory, session.tick().processes, (read - before) / lasted, lost)
    _end(session)


def _read(session: WatchSession) -> tuple[int, int]:
    """Collections that were read, and those that were overwritten before."""
    interpreters = [one for process in session.processes() for one in process.interpreters]
    return sum(one.events_received for one in interpreters), sum(one.events_dropped for one in interpreters)


def _session(command: list[str], stdin: bool = False) -> WatchSession:
    """`stdin`: the program's is a pipe that ends with this process."""
    if stdin:
        reader, _ = os.pipe()
        os.dup2(reader, 0)
    launch = Launch(resolve(command, environment("/nowhere")), AgentOptions(250), Streams.untouched())
    return WatchSession(LiveSource(launch, time.monotonic_ns()))


def _ticks(session: WatchSession, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        session.tick()
        time.sleep(TICK_S)


def _end(session: WatchSession) -> None:
    session.signal(9)
    while session.tick().program.state != "ended":
        time.sleep(0.01)
    session.close()


def _row() -> Figure:
    """Looking four times a second, as the screen does."""
    reader, writer = os.pipe()
    kept = os.dup(0)
    os.dup2(reader, 0)
    try:
        session = _session([sys.executable, "-c", FORKING])
    finally:
        os.dup2(kept, 0)
    session.want_relatives(True)
    while session.tick().agent.state != "connected":
        time.sleep(0.01)
    samples = []
    for number in range(FORKS):
        time.sleep(0.07 * (number % 4))  # anywhere between two ticks
        before, began = session.tick().processes, time.monotonic()
        os.write(writer, b"\n")
        while True:
            time.sleep(TICK_S)
            relatives = session.tick().relatives
            if relatives is not None and sum(row.key > 0 for row in relatives.rows) > before:
                break
        samples.append(time.monotonic() - began)
    _end(session)
    for descriptor in (reader, writer, kept):
        os.close(descriptor)
    return median("from fork to row, at 4 Hz", samples, "s", ROW_LIMIT_S)


def _brief() -> list[Figure]:
    """Many that end at once: what the monitor keeps of them."""
    memory, added, files, unseen = _in_a_monitor("watch_brief")
    return [
        Figure(f"{BRIEF} short-lived processes: the monitor's resident memory", memory, "MiB", MEMORY_LIMIT),
        Figure("  of that, since the first", added, "MiB"),
        Figure("  descriptors not given back", files, "", 0),
        Figure("  collections not counted", unseen, "", 0),
    ]


def watch_brief() -> None:
    """Print the monitor's memory in MiB, how much of it came with the processes, the descriptors that it has more than
    at first, and how many of the two collections of each it did not count."""
    own = psutil.Process()
    session = _session([sys.executable, "-c", BY_ONE, str(BRIEF)], stdin=True)
    session.want_relatives(True)
    while session.tick().agent.state != "connected":
        time.sleep(0.01)
    before, files = own.memory_info().rss, own.num_fds()
    while session.tick().processes <= BRIEF:
        time.sleep(TICK_S)
    _ticks(session, 3)
    after = own.memory_info().rss
    own_ones = sum(one.events_received for one in session.processes()[0].interpreters)
    unseen = 2 * BRIEF - (sum(_read(session)) - own_ones)
    print(after / (1 << 20), (after - before) / (1 << 20), own.num_fds() - files, unseen)
    _end(session)


def _children() -> list[Figure]:
    figures = []
    found = {str(python).rpartition(".")[0]: python for python in find_pythons() if not python.abiflags}
    for python in [found[version] for version in VERSIONS if version in found]:
        command = (python.path, "-c", RUNNING)
        with tempfile.TemporaryDirectory() as cache:
            variables = environment(cache)
            pairs = []
            for number in range(-1, PAIRS):  # the first compiles
                count = str(CHILDREN if number >= 0 else 3)
                runs = [_run(variables, *command, count), _run(variables, *_HEADLESS, *command, count)]
                pairs += [runs] if number >= 0 else []
        figures += [
            median(f"{CHILDREN} children, {python}: watched / bare", [w / b for b, w in pairs], "", RATIO_LIMIT),
            median("  added to each", [(w - b) / CHILDREN * 1000 for b, w in pairs], "ms", CHILD_LIMIT_MS),
            median("  bare, each", [b / CHILDREN * 1000 for b, _ in pairs], "ms"),
        ]
    return figures


_HEADLESS = (sys.executable, "-m", "gctui", "--headless", "--alloc", "off")


def _run(variables: dict[str, str], *command: str) -> float:
    done = subprocess.run(command, env=variables, check=True, capture_output=True)
    return float(done.stdout)
