"""Running a module of the suite once, and what came of each of its tests."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

STATUS = "(exit status)"
"""Goes among the tests of a module. What the outcomes of the tests imply is not repeated in it."""
AS_ITS_TESTS = "as its tests tell"
ALTERED = re.compile(r"^Warning -- (.+) was modified by |^\d+ tests? altered the execution (environment)", re.MULTILINE)
"""libregrtest's own words: what a module altered, and that it did."""
SEVERITY = ("ok", "skipped", "failure", "error")
POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Task:
    """A module to run once."""

    module: str
    command: tuple[str, ...]
    """The interpreter; or the observer and the interpreter."""
    is_observed: bool = False
    left_out: tuple[str, ...] = ()
    """Patterns of tests that are not run."""


@dataclass(frozen=True, slots=True)
class Run:
    """A module that was run once."""

    outcomes: Mapping[str, str]
    """By test: ok, skipped, failure or error. Exit status and altered environment are among them, in parentheses."""
    messages: Mapping[str, str] = field(default_factory=dict)
    """By test: the traceback of a failure or an error."""
    seconds: float = 0.0
    collections: int = 0
    """That the observer saw in the process that ran the module."""
    output: str = ""

    @property
    def status(self) -> str:
        return self.outcomes.get(STATUS, AS_ITS_TESTS)

    @property
    def tests(self) -> int:
        return sum(not name.startswith("(") for name in self.outcomes)


class Running:
    """A module that runs: in a session, a working folder and a folder for temporary files of its own."""

    def __init__(self, task: Task, limit: float) -> None:
        """`limit`: seconds. The suite's own clock is a little faster, since it says where a test hangs."""
        self.task = task
        # A short path: sockets of the tests lie in it.
        self._folder = Path(tempfile.mkdtemp(prefix="t-"))
        for name in ("work", "tmp"):
            (self._folder / name).mkdir()
        own = ("--summary", str(self._folder / "summary.json")) if task.is_observed else ()
        # The observer's options come before the command that it observes.
        observer, python = task.command[:-1], task.command[-1]
        suite = ("-m", "test", "--timeout", str(int(limit * 0.9) or 1))
        left_out = [word for pattern in task.left_out for word in ("--ignore", pattern)]
        report = ("--junit-xml", str(self._folder / "junit.xml"))
        self._start = time.monotonic()
        self._deadline = self._start + limit
        self._is_late = False
        with (self._folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                [*observer, *own, python, *suite, *left_out, *report, task.module],
                cwd=self._folder / "work",
                env=os.environ | {"TMPDIR": str(self._folder / "tmp")},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def has_ended(self) -> bool:
        """True as well when it had to be ended."""
        # Not reaped yet, so that its number, which is its group's, cannot become another's before `end`.
        status = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if status is None and time.monotonic() > self._deadline:
            self._is_late = True
            self.end()
        return status is not None or self._is_late

    def end(self) -> None:
        """End it with all processes of its group, also those it left behind."""
        if self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def result(self) -> Run:
        """What came of it, once it has ended."""
        seconds = time.monotonic() - self._start
        self.end()
        output = (self._folder / "output").read_text("utf-8", "backslashreplace")
        outcomes, messages = read_junit(self._folder / "junit.xml")
        code = self._process.returncode
        # The observer says 128 + N of a program that signal N has ended, as a shell does.
        status = "timeout" if self._is_late else f"exit {code if code >= 0 else 128 - code}"
        outcomes[STATUS] = plain_status(status, outcomes.values())
        outcomes |= {f"({what} altered)": "yes" for what in altered(output)}
        collections = count_collections(self._folder / "summary.json", self._process.pid)
        return Run(outcomes, messages, seconds, collections, output)

    def forget(self) -> None:
        """Remove its folder."""
        shutil.rmtree(self._folder, ignore_errors=True)


def run_all(tasks: Iterable[Task], jobs: int, limit: float) -> Iterator[tuple[Task, Run]]:
    """Run several at a time, each with its result as soon as it is there. None is left running, whatever happens."""
    waiting, running = deque(tasks), list[Running]()
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(Running(waiting.popleft(), limit))
            ended = [one for one in running if one.has_ended()]
            for one in ended:
                running.remove(one)
                try:
                    yield one.task, one.result()
                finally:
                    one.forget()
            if not ended:
                time.sleep(POLL_S)
    finally:
        for one in running:
            one.end()
            one.forget()


def read_junit(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Outcomes and messages by test. A test that ran more than once counts as it came out worst."""
    outcomes: dict[str, str] = {}
    messages: dict[str, str] = {}
    try:
        cases = ElementTree.parse(path).iter("testcase")
    except (OSError, ElementTree.ParseError):  # it crashed, or was ended, before it wrote the report
        return outcomes, messages
    for case in cases:
        name = case.get("name", "?")
        told = {child.tag: child.text or "" for child in case}
        outcome = next((kind for kind in reversed(SEVERITY) if kind in told), "ok")
        outcomes[name] = max(outcome, outcomes.get(name, "ok"), key=SEVERITY.index)
        if outcome in ("failure", "error"):
            messages[name] = told[outcome]
    return outcomes, messages


def plain_status(status: str, outcomes: Iterable[str]) -> str:
    """The exit status of a module, unless it says no more than that some test failed or none did."""
    has_failed = any(outcome in ("failure", "error") for outcome in outcomes)
    return AS_ITS_TESTS if status == ("exit 2" if has_failed else "exit 0") else status


def altered(output: str) -> set[str]:
    """What the module altered in the execution environment of the next one, by the suite's report."""
    return {found[1] or found[2] for found in ALTERED.finditer(output)}


def count_collections(path: Path, observer: int) -> int:
    """Collections in the observer's own child, by its summary; 0 as well when it has not seen it."""
    try:
        processes = json.loads(path.read_bytes())["processes"]
    except (OSError, ValueError):
        return 0
    own = [process for process in processes if process["ppid"] == observer]
    return sum(int(interpreter["events_received"]) for process in own for interpreter in process["interpreters"])
