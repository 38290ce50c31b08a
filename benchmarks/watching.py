"""What being watched costs a program: the same work bare and under `gctui --headless`, in turn, pair by pair."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import chain
from typing import NamedTuple

from benchmarks.environment import environment
from benchmarks.figures import Figure, median

PAIRS = 11
LIMIT, WORST_LIMIT = 1.01, 1.03
#: How often each program does its work: 3 to 5 s.
TIMES = {"trees": 800, "documents": 7000, "echo": 600, "requests": 18000}
GCTUI = (sys.executable, "-m", "gctui", "--headless", "--alloc", "off")


class Taken(NamedTuple):
    """Seconds of one run."""

    processor: float
    """User and system time of the program itself, the agent in it included."""
    wall: float
    """From its first statement to its last."""
    whole: float
    """From the command to its end."""
    beside: float
    """User and system time of all else that the command started: the monitor."""


class Pair(NamedTuple):
    bare: Taken
    watched: Taken


def measure() -> list[Figure]:
    figures, processor, wall = [], {}, {}
    for name in TIMES:
        with tempfile.TemporaryDirectory() as cache:
            variables = environment(cache)
            pairs = [_pair(name, number, variables) for number in range(1 + PAIRS)][1:]  # the first compiles
        processor[name] = [pair.watched.processor / pair.bare.processor for pair in pairs]
        wall[name] = [pair.watched.wall / pair.bare.wall for pair in pairs]
        figures += [
            median(f"watching {name}: processor time, watched / bare", processor[name], "", WORST_LIMIT),
            median("  wall time, first to last statement", wall[name], "", WORST_LIMIT),
            median("  wall time, start and end included", [pair.watched.whole / pair.bare.whole for pair in pairs], ""),
            median("  seconds bare", [pair.bare.wall for pair in pairs], "s"),
            median("  the monitor's share of a core", [100 * p.watched.beside / p.watched.whole for p in pairs], "%"),
        ]
    return [
        *figures,
        median("watching, all pairs: processor time, watched / bare", chain(*processor.values()), "", LIMIT),
        median("  wall time, first to last statement", chain(*wall.values()), "", LIMIT),
    ]


def _pair(name: str, number: int, variables: dict[str, str]) -> Pair:
    """Each in turn is first, so that what the machine is otherwise doing falls on both."""
    command = (sys.executable, "-m", f"benchmarks.programs.{name}", str(TIMES[name]))
    if number % 2:
        watched = _run(variables, *GCTUI, *command)
        return Pair(_run(variables, *command), watched)
    return Pair(_run(variables, *command), _run(variables, *GCTUI, *command))


def _run(variables: dict[str, str], *command: str) -> Taken:
    used, started = _processor(), time.perf_counter()
    done = subprocess.run(command, env=variables, check=True, capture_output=True)
    whole, used = time.perf_counter() - started, _processor() - used
    told = json.loads(done.stdout)
    return Taken(told["processor_s"], told["wall_s"], whole, used - told["processor_s"])


def _processor() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime
