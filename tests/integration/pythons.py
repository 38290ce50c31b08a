"""Every CPython on this machine that the agent has to run on: the tests are repeated with each of them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PRIMARY = sys.executable
"""The interpreter of the tests themselves, for those that need only one."""

OLDEST = (3, 8)

_ASK = (
    "import json, platform, sys; print(json.dumps([platform.python_implementation(), sys.version_info[:3], "
    "sys.abiflags, sys.executable]))"
)


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter that was run and said what it is."""

    path: str
    version: tuple[int, int, int]
    abiflags: str
    """'t' for the free-threaded build, 'd' for a debug build, else empty."""

    def __str__(self) -> str:
        return ".".join(map(str, self.version)) + self.abiflags


@cache
def find_pythons() -> tuple[Python, ...]:
    """Oldest first, one per release and build: from GCTUI_TEST_PYTHONS (a list like PATH), pyenv and PATH.

    Each is asked rather than believed: a pyenv shim of a version that is not active exists and does not run.
    """
    found: dict[str, Python] = {}
    for path in _candidates():
        python = _ask(path)
        if python is not None and python.version[:2] >= OLDEST:
            found.setdefault(str(python), python)
    return tuple(sorted(found.values(), key=lambda python: (python.version, python.abiflags)))


def _candidates() -> Iterator[str]:
    yield PRIMARY
    yield from filter(None, os.environ.get("GCTUI_TEST_PYTHONS", "").split(os.pathsep))
    pyenv = shutil.which("pyenv")
    if pyenv:
        answer = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=False)
        yield from sorted(map(str, Path(answer.stdout.strip()).glob("versions/*/bin/python")))
    for folder in filter(None, os.environ.get("PATH", "").split(os.pathsep)):
        for file in sorted(Path(folder).glob("python3.*")):
            if re.fullmatch(r"python3\.\d+t?", file.name):
                yield str(file)


def _ask(path: str) -> Python | None:
    try:
        answer = subprocess.run(
            [path, "-I", "-c", _ASK], capture_output=True, timeout=20, check=True, stdin=subprocess.DEVNULL
        )
        implementation, version, abiflags, executable = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Python(executable, tuple(version), abiflags) if implementation == "CPython" else None
