"""What the agent adds to the start and end of an interpreter, on every Python here: pairs of runs with and without."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from benchmarks.figures import Figure, median
from gctui.agent import wire
from gctui.monitor.command import Command, resolve
from gctui.monitor.launch import AgentOptions, agent_environment
from gctui.monitor.runtime_folder import RuntimeFolder
from tests.integration.pythons import find_pythons

PAIRS = 25
LIMIT_MS = 6.0
OPTIONS = AgentOptions(interval_ms=250)


class Taken(NamedTuple):
    """Milliseconds of one run."""

    wall: float
    processor: float
    """Of all cores; other work on the machine hardly changes it."""


def measure() -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory() as cache:
        for python in find_pythons():
            # Compiled files are kept, as they are for a user, but apart from the checkout.
            environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            figures += _measure(str(python), resolve([python.path, "-c", "pass"], environment))
    return figures


def _measure(version: str, command: Command) -> list[Figure]:
    _run(command)  # the first runs compile, and read files that later ones find in memory
    _run_with_agent(command)
    pairs = [(_run(command), _run_with_agent(command)) for _ in range(PAIRS)]
    return [
        median(f"agent added to python {version} -c pass", [w.wall - b.wall for b, w in pairs], "ms", LIMIT_MS),
        median("  of that, processor time", [w.processor - b.processor for b, w in pairs], "ms"),
        median("  the same python without it", [b.wall for b, _ in pairs], "ms"),
    ]


def _run_with_agent(command: Command) -> Taken:
    with _offered_channel() as (folder, reader, writer):
        environment = agent_environment(command, OPTIONS, folder, reader, writer)
        took = _run(replace(command, environment=environment), reader, writer)
        assert any(name.endswith(".ring") for name in os.listdir(folder)), "the agent did not start"
    return took


def _run(command: Command, *descriptors: int) -> Taken:
    """From start to end."""
    used, started = _processor_ms(), time.perf_counter()
    subprocess.run(
        command.argv, executable=command.executable, env=command.environment, pass_fds=descriptors, check=True
    )
    return Taken((time.perf_counter() - started) * 1000, _processor_ms() - used)


def _processor_ms() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (ended.ru_utime + ended.ru_stime) * 1000


@contextmanager
def _offered_channel() -> Iterator[tuple[str, int, int]]:
    """(folder for rings, end for commands, end for frames) as a launch lays them out, with nobody reading."""
    folder = RuntimeFolder()
    reader, command_writer = os.pipe()
    frame_reader, writer = os.pipe()
    try:
        for end in (reader, writer):
            os.set_blocking(end, False)
        os.write(command_writer, wire.TOKEN)
        yield folder.path, reader, writer
    finally:
        for end in (reader, command_writer, frame_reader, writer):
            os.close(end)
        folder.remove()
