"""What the agent adds to a program's resident memory after many collections, on every Python here."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.environment import environment
from benchmarks.figures import Figure, median
from tests.integration.pythons import Python, find_pythons

PAIRS = 5
LIMIT_MIB = 2.0
#: From a hundred places, so that there are sites to remember; then the process says what it has, in KiB.
PROGRAM = """
import gc
gc.disable()
scope = {"gc": gc}
for place in range(100):
    exec("def collect_%d():\\n    for _ in range(200): gc.collect(0)" % place, scope)
    scope["collect_%d" % place]()
with open("/proc/self/status") as status:
    print(*[line.split()[1] for line in status if line.startswith(("VmRSS", "RssAnon", "RssFile", "RssShmem"))])
"""


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as cache:
        variables = environment(cache)
        return [figure for python in find_pythons() for figure in _measure(python, variables)]


def _measure(python: Python, variables: dict[str, str]) -> list[Figure]:
    runs = [(_resident(python, variables), _watched(python, variables)) for _ in range(1 + PAIRS)]
    added = [
        [(more - less) / 1024 for less, more in zip(*pair, strict=True)] for pair in runs[1:]
    ]  # the first compiles
    whole, own, files, shared = zip(*added, strict=True)
    return [
        median(f"agent added to python {python} after 20,000 collections", whole, "MiB", LIMIT_MIB),
        median("  of that its own", own, "MiB"),
        median("  of that pages of libraries", files, "MiB"),
        median("  of that the ring, shared with the monitor", shared, "MiB"),
    ]


def _resident(python: Python, variables: dict[str, str], *gctui: str) -> list[int]:
    command = [*gctui, python.path, "-c", PROGRAM]
    told = subprocess.run(command, check=True, env=variables, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return [int(kib) for kib in told.stdout.split()]


def _watched(python: Python, variables: dict[str, str]) -> list[int]:
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        told = _resident(python, variables, sys.executable, "-m", "gctui", "--headless", "--summary", str(summary))
        (process,) = json.loads(summary.read_text())["processes"]
    assert process["interpreters"][0]["generations"][0]["collections"] >= 20_000, "not all were recorded"
    return told
