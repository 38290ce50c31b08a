"""Runs a fault with gctui and without, and takes apart what came out."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.faults.fault import Fault
from tests.integration.pythons import Python

PROGRAMS = Path(__file__).parent / "programs"
GCTUI = f"{shlex.quote(sys.executable)} -m gctui --headless"

#: CPython 3.13.0 counts the threads for this warning after the hook that starts the agent's again.
_FORK_WARNING = rb"(?m)^.*DeprecationWarning: This process .* is multi-threaded.*\n  .*\n"

#: What differs between two runs of one program: addresses of threads.
_ADDRESS = re.compile(rb"0x[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a user sees of a run."""

    status: int
    """As a shell has it: 128 + N after signal N."""
    stdout: bytes
    stderr: bytes
    """The program's own."""
    remarks: tuple[str, ...]
    """gctui's sentences at the end of stderr on what was lost."""
    summary: dict[str, Any]
    """gctui's JSON summary; empty without gctui."""


def run_bare(fault: Fault, python: Python, folder: Path) -> Outcome:
    return _run(fault, python, folder / "bare", "")


def run_observed(fault: Fault, python: Python, folder: Path) -> Outcome:
    summary = folder / "summary.json"
    outcome = _run(fault, python, folder / "observed", f"{GCTUI} --summary {shlex.quote(str(summary))} {fault.options}")
    own, _, said = outcome.stderr.rpartition(b"gctui: ")
    return Outcome(
        outcome.status, outcome.stdout, own, _remarks(said.decode()), json.loads(summary.read_text() or "{}")
    )


def _remarks(said: str) -> tuple[str, ...]:
    """The sentences below the tables, but for one that is no loss to a fault: collections faster than any reader."""
    found = re.findall(r"^  (?! |process |and \d|allocations )(.+)", said, re.MULTILINE)
    return tuple(sentence for sentence in found if "came too fast" not in sentence)


def _dropped(fault: Fault, python: Python, text: bytes) -> bytes:
    for pattern in (*fault.drop, *([_FORK_WARNING] if python.version == (3, 13, 0) else [])):
        text = re.sub(pattern, b"", text)
    return text


def _run(fault: Fault, python: Python, folder: Path, gctui: str) -> Outcome:
    folder.mkdir()
    command = fault.command.format(gctui=gctui, python=shlex.quote(python.path), folder=shlex.quote(str(folder)))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH" and "GCTUI" not in name}
    done = subprocess.run(
        shlex.split(command),
        capture_output=True,
        check=False,
        timeout=60,
        cwd=PROGRAMS,
        env=environment,
        stdin=subprocess.DEVNULL,
    )
    status = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return Outcome(status, done.stdout, _ADDRESS.sub(b"0x", _dropped(fault, python, done.stderr)), (), {})
