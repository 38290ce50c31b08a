"""The demo `prefork`: what a full collection in a forked worker costs in memory, and that freezing first saves it."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import gctui.demos
from tests.integration.pythons import Python
from tests.integration.waiting import wait_for

DEMO = str(Path(gctui.demos.__file__).parent / "prefork.py")
REPORT = re.compile(r"PSS: parent \d+ MiB, workers (\d+), (\d+) MiB \((.+)\)")


class Run:
    """The demo with two workers and a small catalogue."""

    def __init__(self, python: str) -> None:
        self.process = subprocess.Popen(
            [python, DEMO, "--items", "60000", "--workers", "2"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout or ()))
        self._reader.start()

    def reports(self, how: str) -> list[int]:
        """The first worker's PSS, MiB, in each report so far that says `how`."""
        found = (REPORT.match(line) for line in list(self.lines))
        return [int(report[1]) for report in found if report and report[3] == how]

    def type(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def close(self) -> None:
        with self.process:
            self.process.terminate()
            self._reader.join()


@pytest.fixture
def run(python: Python) -> Iterator[Run]:
    started = Run(python.path)
    yield started
    started.close()


def test_a_full_collection_copies_the_heap_unless_it_was_frozen(run: Run) -> None:
    wait_for(lambda: len(run.reports("not frozen")) >= 4, "a worker has collected")
    copied = run.reports("not frozen")
    run.type("f\n")
    wait_for(lambda: len(run.reports("frozen before the fork")) >= 4, "a worker of a frozen parent has collected")
    shared = run.reports("frozen before the fork")

    assert copied[-1] > copied[0] + 5
    assert shared[-1] < copied[-1] - 5
