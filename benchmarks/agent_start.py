"""What the agent adds to the start and end of an interpreter, on every Python here: pairs of runs with and without."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
from dataclasses import replace
from typing import NamedTuple

from benchmarks.environment import environment
from benchmarks.figures import Figure, median
from gctui.monitor.channel import Channel
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
            command = [python.path, "-c", "pass"]
            figures += _measure(str(python), resolve(command, environment(cache)))
            figures += _measure(f"{python}, nothing compiled,", resolve(command, environment(None)))
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
    """With a channel laid out as for a launch, and nobody reading."""
    folder, channel = RuntimeFolder(), Channel()
    try:
        variables = agent_environment(command, OPTIONS, folder.path, channel)
        took = _run(replace(command, environment=variables), *channel.inherited)
        assert any(name.endswith(".ring") for name in os.listdir(folder.path)), "the agent did not start"
    finally:
        channel.close()
        folder.remove()
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
