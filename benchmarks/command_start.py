"""How long `gctui --version` takes, beside the bare interpreter, and that it never imports Textual."""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks.figures import Figure, median

RUNS = 15
LIMIT_MS = 150.0


def measure() -> list[Figure]:
    version, bare = [], []
    for _ in range(RUNS):
        version.append(_milliseconds("-m", "gctui", "--version"))
        bare.append(_milliseconds("-c", "pass"))
    return [
        median("gctui --version", version, "ms", LIMIT_MS),
        median("python -c pass, for comparison", bare, "ms"),
        Figure("modules of Textual or Rich that gctui --version imports", _screen_modules(), "", 0),
    ]


def _milliseconds(*arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1000


def _screen_modules() -> int:
    command = [sys.executable, "-X", "importtime", "-m", "gctui", "--version"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    names = (line.rpartition("|")[2].strip().partition(".")[0] for line in told.splitlines())
    return sum(name in ("textual", "rich") for name in names)
