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
#: A monitor in a process of its own: what it uses is then the monitor's alone. Standard input of the program is a pipe.
MONITOR = """
import sys
from benchmarks.family import watch_many
watch_many(*sys.argv[1:])
"""


def measure() -> list[Figure]:
    return [*_many(pane=False), *_many(pane=True), _row(), *_children()]


def _many(pane: bool) -> list[Figure]:
    what = f"{PROCESSES} processes, {RATE} collections/s each" + (", pane" if pane else "")
    done = subprocess.run(
        [sys.executable, "-c", MONITOR, "pane" if pane else ""], check=True, capture_output=True, text=True
    )
    share, memory, seen, told = map(float, done.stdout.split())
    return [
        Figure(f"{what}: the monitor's share of a core", share, "%", None if pane else SHARE_LIMIT),
        Figure("  its resident memory", memory, "MiB", MEMORY_LIMIT),
        Figure("  processes seen", seen, ""),
        Figure("  collections not seen or counted, of those made", told, ""),
    ]


def watch_many(pane: str) -> None:
    """Print the monitor's share of a core in percent, its memory in MiB, the processes that it saw, and the difference
    between the collections that it read and those that the agents counted."""
    session = _session([sys.executable, "-m", "benchmarks.programs.many", str(PROCESSES), str(RATE)], stdin=True)
    session.want_relatives(bool(pane))
    end = time.monotonic() + 60
    while session.tick().processes < PROCESSES and time.monotonic() < end:
        time.sleep(TICK_S)
    _ticks(session, 3)
    own = psutil.Process()
    used, began = sum(own.cpu_times()[:2]), time.monotonic()
    _ticks(session, SECONDS)
    share = 100 * (sum(own.cpu_times()[:2]) - used) / (time.monotonic() - began)
    memory = own.memory_info().rss / (1 << 20)
    lost = sum(one.events_dropped for process in session.processes() for one in process.interpreters)
    print(share, memory, session.tick().processes, lost)
    _end(session)


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
    return Figure("from fork to row, at 4 Hz, longest", max(samples), "s", ROW_LIMIT_S, tuple(samples))


def _children() -> list[Figure]:
    figures = []
    for python in find_pythons():
        if str(python).rpartition(".")[0] not in VERSIONS or python.abiflags:
            continue
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
