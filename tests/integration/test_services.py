"""Real servers and pools: what each process of them counts of its own collections is what gctui counted."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.guests import environment
from tests.integration.pythons import PRIMARY
from tests.integration.waiting import wait_for

GCTUI = (sys.executable, "-E", "-s", "-m", "gctui", "--headless")
SERVICES = Path(__file__).with_name("services")
REQUESTS = 200
#: The shell ends with the last process that could still print: some, such as the resource tracker of multiprocessing,
#: end after the program itself, and what they collect at their end counts as well.
TO_THE_LAST = ("sh", "-c", '"$@" 2>&1 | cat', "sh")


class Family:
    """A program under gctui in which each process counts its own collections."""

    def __init__(self, folder: Path, *command: str, options: tuple[str, ...] = (), **variables: str) -> None:
        self._counted, self._summary = folder / "collections", folder / "summary.json"
        self._counted.touch()
        self._output = folder / "output"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [*GCTUI, *options, "--summary", str(self._summary), *TO_THE_LAST, *command],
                env=environment(PYTHONPATH=str(SERVICES), COLLECTIONS=str(self._counted), **variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
            )

    def output(self) -> str:
        return self._output.read_text("utf-8", "replace")

    def counted(self) -> Counter[int]:
        """By the processes themselves: pid to collections."""
        return Counter(map(int, self._counted.read_text().split()))

    def terminate(self) -> None:
        """Ask the program itself, the first that counted, to end."""
        os.kill(next(iter(self.counted())), signal.SIGTERM)

    def processes(self, seconds: float = 60) -> list[dict[str, Any]]:
        """Wait for its end; what gctui has seen."""
        self.process.wait(seconds)
        found: list[dict[str, Any]] = json.loads(self._summary.read_text())["processes"]
        return found

    def end(self, seconds: float = 60) -> str:
        """Wait for its end and compare the counts; the program's output."""
        seen: Counter[int] = Counter()
        for process in self.processes(seconds):
            for interpreter in process["interpreters"]:
                seen[process["pid"]] += interpreter["events_received"] + interpreter["events_dropped"]
        assert +seen == self.counted(), self.output()
        return self.output()

    def close(self) -> None:
        with self.process:
            self.process.kill()


Start = Callable[..., Family]


@pytest.fixture
def start(tmp_path: Path, request: pytest.FixtureRequest) -> Start:
    def begin(*command: str, **variables: str) -> Family:
        family = Family(tmp_path, *command, options=(), **variables)
        request.addfinalizer(family.close)
        return family

    return begin


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def fetch(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            return bool(answer.read() == b"done\n")
    except OSError:
        return False


def load(port: int, family: Family) -> None:
    wait_for(lambda: fetch(port), "the server answers")
    assert all(fetch(port) for _ in range(REQUESTS)), family.output()


def test_gunicorn_with_preload_and_four_workers(start: Start) -> None:
    pytest.importorskip("gunicorn", reason="gunicorn is not installed")
    port = free_port()
    bind = ("--bind", f"127.0.0.1:{port}", "--preload", "--workers", "4", "--pythonpath", str(SERVICES))
    family = start(PRIMARY, "-m", "gunicorn", *bind, "application:wsgi")
    load(port, family)
    wait_for(lambda: fetch(port) and len(family.counted()) >= 5, "all four workers have had requests and collected")
    os.kill(killed := max(family.counted()), signal.SIGKILL)
    wait_for(lambda: any(pid > killed for pid in family.counted()) or not fetch(port), "it is replaced")
    load(port, family)
    family.terminate()
    assert "Booting worker" in family.end()


def test_uvicorn(start: Start) -> None:
    pytest.importorskip("uvicorn", reason="uvicorn is not installed")
    port = free_port()
    bind = ("--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--app-dir", str(SERVICES))
    family = start(PRIMARY, "-m", "uvicorn", *bind, "application:asgi")
    load(port, family)
    family.terminate()
    assert "Started server process" in family.end()


def test_celery_with_a_broker_of_files(start: Start, tmp_path: Path) -> None:
    pytest.importorskip("celery", reason="celery is not installed")
    for name in ("queue", "control", "results"):
        (tmp_path / name).mkdir()
    family = start(
        PRIMARY, "-m", "celery", "--app", "tasks", "worker", "--concurrency", "2", "--loglevel", "info",
        FOLDER=str(tmp_path),
    )  # fmt: skip
    wait_for(lambda: " ready." in family.output(), "the worker is ready")
    send = "import tasks; print(sum(one.get(timeout=50) for one in [tasks.work.delay(n) for n in range(20)]))"
    variables = environment(PYTHONPATH=str(SERVICES), COLLECTIONS=os.devnull, FOLDER=str(tmp_path))
    sent = subprocess.run([PRIMARY, "-c", send], env=variables, capture_output=True, text=True, timeout=60, check=False)
    assert sent.stdout == "2470\n", sent.stderr + family.output()
    family.terminate()
    family.end()


@pytest.mark.parametrize(
    "words", [("executor",), ("pool", "fork"), ("pool", "spawn"), ("pool", "forkserver")], ids=" ".join
)
def test_a_pool_of_processes(start: Start, words: tuple[str, ...]) -> None:
    family = start(PRIMARY, str(SERVICES / "pools.py"), *words)
    assert family.end().startswith("70210\n")
    assert len(family.counted()) >= 4  # the program, and its three


def test_pytest_with_its_workers(start: Start, tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(
        "import gc, pytest\n@pytest.mark.parametrize('number', range(40))\ndef test(number): gc.collect(number % 3)\n"
    )
    family = start(PRIMARY, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "3", str(tmp_path))
    assert "40 passed" in family.end()
    assert len(family.counted()) >= 4


def test_a_thousand_children(start: Start) -> None:
    family = start(PRIMARY, str(SERVICES / "pools.py"), "children", "1000")
    assert family.end(120).startswith("1000\n")
    assert len(family.counted()) >= 900  # some pids may come twice
