"""Programs with guests of their own, run bare and with gctui: what the program shows has to be the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import gctui.agent
from gctui.monitor.command import resolve
from gctui.monitor.launch import AgentOptions, Launch
from gctui.monitor.live import LiveSource
from gctui.monitor.model import Answer
from gctui.monitor.streams import Streams
from gctui.monitor.tracing import UNTRACED, Tracing
from gctui.monitor.watch import WatchSession
from tests.integration.waiting import wait_for

callback_in_c = pytest.mark.skipif(
    not list(Path(gctui.agent.__file__).parent.glob("_native*.so")),
    reason="the callback in C was not built, and one in Python is seen by trace functions",
)

PATIENCE = 60
"""Seconds for one program; only one that hangs reaches them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is left of a program that has ended."""

    code: int
    stdout: str
    stderr: str
    """Without gctui's own lines at the end."""


def environment(**changes: str) -> dict[str, str]:
    """That of the tests, without what would make one Python behave unlike another."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GCTUI", "COVERAGE"))}
    return {**kept, **changes}


def bare(*command: str, env: Mapping[str, str] | None = None, cwd: Path | None = None, stdin: str = "") -> Outcome:
    done = _run(command, env, cwd, stdin)
    return Outcome(done.returncode, done.stdout, done.stderr)


def watched(
    *command: str,
    options: tuple[str, ...] = (),
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str = "",
) -> Outcome:
    """With gctui, whose agent was really there. The variables are for the program: gctui itself ignores them."""
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        launcher = (sys.executable, "-E", "-s", "-m", "gctui", "--headless", "--summary", str(summary), *options)
        done = _run((*launcher, *command), env, cwd, stdin)
        processes: list[dict[str, Any]] = json.loads(summary.read_text())["processes"]
    assert processes, f"no agent was in it: {done.stderr}"
    return Outcome(done.returncode, done.stdout, done.stderr.partition("gctui: ")[0])


def _run(
    command: tuple[str, ...], env: Mapping[str, str] | None, cwd: Path | None, stdin: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        cwd=cwd,
        env=environment() if env is None else env,
    )


@contextmanager
def watching(*command: str, tracing: Tracing = UNTRACED) -> Iterator[WatchSession]:
    """The session over a program whose agent has said hello; the program is killed at the end."""
    options = AgentOptions(interval_ms=20, tracing=tracing)
    launch = Launch(resolve(command, environment()), options, Streams.untouched())
    session = WatchSession(LiveSource(launch, time.monotonic_ns()))
    try:
        wait_for(lambda: session.tick().agent.state == "connected", "the agent says hello")
        yield session
    finally:
        session.signal(signal.SIGKILL)
        wait_for(lambda: session.tick().program.state == "ended", "the program has ended")
        session.close()


def wait_for_gauges(session: WatchSession, number: int = 5) -> None:
    """Until that many more came: the agent's thread goes on."""
    taken: set[int] = set()

    def look() -> bool:
        gauges = session.tick().gauges
        if gauges is not None:
            taken.add(gauges.taken_ns)
        return len(taken) > number

    wait_for(look, f"{number} more gauges come")


def answer_to(session: WatchSession, command: int) -> Answer:
    found: list[Answer] = []

    def look() -> bool:
        found.extend(answer for answer in session.tick().answers if answer.command == command)
        return bool(found)

    wait_for(look, "the command is answered")
    return found[0]
