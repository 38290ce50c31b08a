"""What tracing allocations costs: the same work bare, sampled, traced exactly, under tracemalloc alone and under memray
(with Python's allocators), in turn."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import geometric_mean

from benchmarks.environment import environment
from benchmarks.figures import Figure, median
from benchmarks.peers import install_memray
from gctui.monitor.tracing import EXACT_FRAMES
from tests.integration.pythons import Python, find_pythons

ROUNDS = 3
VERSIONS = ((3, 8), (3, 11), (3, 13), (3, 14))
#: Arguments of each program: how often it does its work, half a second bare, and what else it is told.
PROGRAMS = {
    "documents": ("documents", "600"),
    "trees": ("trees", "130"),
    "web requests": ("web", "4000"),
    "worst case": ("worst", "900", "0"),
    "worst case, 30 calls deep": ("worst", "900", "30"),
}
GCTUI = (sys.executable, "-m", "gctui", "--headless", "--alloc")
SAMPLED_LIMIT, SAMPLED_WORST, EXACT_LIMIT = 1.25, 2.2, 1.05


def measure() -> list[Figure]:
    figures, sampled, exact = [], [], []
    for python in (one for one in find_pythons() if one.version[:2] in VERSIONS and not one.abiflags):
        with tempfile.TemporaryDirectory() as folder:
            memray = install_memray(python.path, Path(folder))
            for name in PROGRAMS:
                found = _measure(python, name, memray)
                figures += found
                sampled.append(found[0].value)
                exact.append(found[1].value)
    return [
        *figures,
        Figure("sampled / bare, geometric mean", geometric_mean(sampled), "", SAMPLED_LIMIT, tuple(sampled)),
        Figure("exact / tracemalloc alone, geometric mean", geometric_mean(exact), "", EXACT_LIMIT, tuple(exact)),
    ]


def _measure(python: Python, name: str, memray: str | None) -> list[Figure]:
    program, *arguments = PROGRAMS[name]
    work = ("-m", f"benchmarks.programs.{program}", *arguments)
    ways = {
        "bare": (python.path, *work),
        "sampled": (*GCTUI, "sampled", python.path, *work),
        "exact": (*GCTUI, "exact", python.path, *work),
        "tracemalloc": (python.path, "-X", f"tracemalloc={EXACT_FRAMES}", *work),
    }
    with tempfile.TemporaryDirectory() as cache:
        if memray is not None:
            traced = ("--trace-python-allocators", "--quiet", "--output", f"{cache}/traced", "--force")
            ways["memray"] = (memray, "-m", "memray", "run", *traced, *work)
        variables = environment(cache)
        _work_s(ways["bare"], variables)  # compiles
        rounds = [{way: _work_s(command, variables) for way, command in ways.items()} for _ in range(ROUNDS)]
    what = f"{name}, python {python}"
    peers = [way for way in ("tracemalloc", "memray") if way in ways]
    return [
        median(f"{what}: sampled / bare", [one["sampled"] / one["bare"] for one in rounds], "", SAMPLED_WORST),
        median("  exact / tracemalloc alone", [one["exact"] / one["tracemalloc"] for one in rounds], ""),
        median("  exact / bare", [one["exact"] / one["bare"] for one in rounds], ""),
        *(median(f"  {way} alone / bare", [one[way] / one["bare"] for one in rounds], "") for way in peers),
        median("  seconds bare", [one["bare"] for one in rounds], "s"),
    ]


def _work_s(command: tuple[str, ...], variables: dict[str, str]) -> float:
    """User and system time of the program itself from its first statement on, the agent in it included."""
    told = subprocess.run(command, env=variables, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return float(json.loads(told)["work_s"])
