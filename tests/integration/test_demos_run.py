"""Each demo keeps, on every Python here, what its docstring promises."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gctui.demos import find_demos
from tests.integration.pythons import PRIMARY, Python, find_pythons
from tests.integration.waiting import wait_for

DEMOS = {demo.name: str(demo.path) for demo in find_demos()}
NOTE_COLLECTIONS = str(Path(__file__).with_name("note_collections.py"))


class Run:
    """A demo at work, its output and its full collections in files."""

    def __init__(self, python: str, folder: Path, demo: str, *options: str) -> None:
        self._output = folder / "output"
        self._log = folder / "log"
        self._log.touch()
        self.collections_at_start = 0
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [python, NOTE_COLLECTIONS, str(self._log), DEMOS[demo], *options],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def output(self) -> str:
        return self._output.read_text()

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def wait_for_output(self, pattern: str) -> str:
        """The first group of `pattern`."""
        found = wait_for(lambda: re.findall(pattern, self.output()), f"{pattern!r} in the output")
        return str(found[0])

    def type(self, text: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def wait(self) -> int:
        return self.process.wait(30)

    def close(self) -> None:
        with self.process:
            self.process.kill()


def number(text: str) -> int:
    return int(text.replace(",", ""))


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    started: list[Run] = []
    yield started
    for run in started:
        run.close()


FLEET = {
    "cycles": ("--seconds", "0.5"),
    "relay": (),
    "stall": ("--items", "50000"),
}
"""Demos that run on every Python, and their options."""
Fleet = dict[tuple[str, Python], Run]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Every demo on every Python, side by side: most of their time is waiting."""
    started = {
        (demo, python): Run(python.path, tmp_path_factory.mktemp(demo), demo, *options)
        for demo, options in FLEET.items()
        for python in find_pythons()
    }
    for (demo, _), run in started.items():
        if demo == "relay":
            run.type(b"d\n")
        if demo == "stall":
            run.wait_for_output("items loaded")
            run.collections_at_start = len(run.log())
    yield started
    for run in started.values():
        run.close()


def test_cycles_leaves_loops_that_a_forced_collection_frees(python: Python, fleet: Fleet) -> None:
    run = fleet["cycles", python]
    assert run.wait() == 0, run.output()
    made = number(run.wait_for_output(r"([\d,]+) loops made"))
    assert run.log()[-1]["collected"] > 3 * made


def test_cycles_gives_memory_back_at_full_collections_of_its_own_accord(tmp_path: Path, runs: list[Run]) -> None:
    run = Run(PRIMARY, tmp_path, "cycles")
    runs.append(run)
    freeing = wait_for(
        lambda: [one for one in run.log() if one["collected"] > 10_000], "an automatic full collection that frees"
    )
    assert freeing[0]["rss_before"] - freeing[0]["rss_after"] > 4 * 2**20, "bytes: memory goes back to the system"
    run.process.send_signal(signal.SIGINT)
    assert run.wait() == 0, run.output()


def rates(output: str) -> dict[str, int]:
    """Messages per second, the last that each way printed."""
    found = re.findall(r"(\S+): one core could relay ([\d,]+) messages/s", output)
    return {way: number(rate) for way, rate in found}


def test_relay_is_many_times_faster_with_the_deque(python: Python, fleet: Fleet) -> None:
    run = fleet["relay", python]
    run.wait_for_output("slice: ")
    run.wait_for_output("deque: ")
    run.process.send_signal(signal.SIGINT)
    assert run.wait() == 0, run.output()
    rate = rates(run.output())
    assert rate["deque"] > 3 * rate["slice"]


def test_relay_changes_on_a_signal(tmp_path: Path, runs: list[Run]) -> None:
    run = Run(PRIMARY, tmp_path, "relay")
    runs.append(run)
    run.wait_for_output("type s")
    run.process.send_signal(signal.SIGUSR1)
    run.wait_for_output("slice: ")
    run.process.send_signal(signal.SIGUSR1)
    run.wait_for_output("deque: ")
    run.process.send_signal(signal.SIGINT)
    assert run.wait() == 0, run.output()


def test_stall_collects_its_whole_heap_until_it_freezes(python: Python, fleet: Fleet) -> None:
    run = fleet["stall", python]
    wait_for(lambda: len(run.log()) > run.collections_at_start, "an automatic full collection")
    run.type(b"f\n")
    assert number(run.wait_for_output(r"frozen: ([\d,]+) objects")) > 100_000
    run.type(b"u\n")
    run.wait_for_output("unfrozen")
    run.process.send_signal(signal.SIGINT)
    assert run.wait() == 0, run.output()


def test_freezing_ends_the_stall(tmp_path: Path, runs: list[Run]) -> None:
    run = Run(PRIMARY, tmp_path, "stall")
    runs.append(run)
    run.wait_for_output("items loaded")
    loading = len(run.log())
    wait_for(lambda: len(run.log()) > loading, "an automatic full collection of the whole heap")
    run.process.send_signal(signal.SIGUSR1)
    run.wait_for_output("frozen: ")
    frozen = len(run.log())
    wait_for(lambda: len(run.log()) > frozen, "an automatic full collection of what is not frozen")
    stalled, relieved = run.log()[loading], run.log()[frozen]
    assert stalled["pause"] > 3 * relieved["pause"]


def test_requests_keeps_what_it_fetches(tmp_path: Path, runs: list[Run]) -> None:
    pytest.importorskip("requests", reason="the library requests is not installed")
    run = Run(PRIMARY, tmp_path, "requests", "--seconds", "0.5")
    runs.append(run)
    assert run.wait() == 0, run.output()
    assert number(run.wait_for_output(r"([\d,]+) responses kept")) > 0


@pytest.mark.parametrize("demo", DEMOS)
def test_a_demo_ends_when_it_is_terminated(demo: str, tmp_path: Path, runs: list[Run]) -> None:
    if demo == "requests":
        pytest.importorskip("requests", reason="the library requests is not installed")
    run = Run(PRIMARY, tmp_path, demo, *(["--items", "10"] if demo == "stall" else []))
    runs.append(run)
    wait_for(run.output if demo != "cycles" else lambda: True, "its first line")
    run.process.terminate()
    assert run.wait() == -signal.SIGTERM
