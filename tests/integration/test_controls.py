"""What gctui sets of the collector is set in the program, on every Python, and nothing is where nothing was asked."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gctui.monitor.command import resolve
from gctui.monitor.launch import AgentOptions, Launch
from gctui.monitor.live import LiveSource
from gctui.monitor.model import Answer, Snapshot
from gctui.monitor.streams import Streams
from gctui.monitor.watch import WatchSession
from tests.integration.pythons import PRIMARY, Python
from tests.integration.test_headless import run, summary_of
from tests.integration.waiting import wait_for

#: Says into a file what the settings are, again and again.
TELLING = """
import gc, json, os, sys, time
kept = [[] for _ in range(50_000)]
{before}
while True:
    state = [gc.isenabled(), gc.get_threshold(), gc.get_debug(), gc.get_freeze_count() > 40_000]
    with open(sys.argv[1] + ".new", "w") as file: json.dump(state, file)
    os.replace(sys.argv[1] + ".new", sys.argv[1])
    time.sleep(0.01)
"""


class Controlled:
    """A program under a session, which tells what the settings in it are."""

    def __init__(self, python: str, told: Path, before: str = "") -> None:
        command = resolve([python, "-c", TELLING.format(before=before), str(told)], os.environ)
        self._told = told
        self.session = WatchSession(
            LiveSource(Launch(command, AgentOptions(50), Streams.untouched()), time.monotonic_ns())
        )
        wait_for(told.exists, "the program tells")
        self.wait(lambda snapshot: snapshot.settings is not None, "the agent tells")

    def wait(self, look: Callable[[Snapshot], object], what: str) -> None:
        wait_for(lambda: look(self.session.tick()), what)

    def tells(self, enabled: bool, thresholds: tuple[int, int, int], debug: int, frozen: bool) -> None:
        wanted = [enabled, list(thresholds), debug, frozen]
        wait_for(lambda: json.loads(self._told.read_text()) == wanted, f"the program sees {wanted}")

    def answered(self, number: int) -> Answer:
        found: list[Answer] = []

        def look(snapshot: Snapshot) -> bool:
            found.extend(answer for answer in snapshot.answers if answer.command == number)
            return bool(found)

        self.wait(look, "the answer")
        return found[0]

    def end(self) -> None:
        self.session.signal(signal.SIGKILL)
        self.wait(lambda snapshot: snapshot.program.state == "ended", "the end")
        self.session.close()


@pytest.fixture
def controlled(tmp_path: Path) -> Iterator[Callable[..., Controlled]]:
    made: list[Controlled] = []

    def start(python: str, before: str = "") -> Controlled:
        made.append(Controlled(python, tmp_path / "told", before))
        return made[-1]

    yield start
    for one in made:
        one.end()


def test_each_control_changes_the_program_and_is_put_back(
    python: Python, controlled: Callable[..., Controlled]
) -> None:
    program = controlled(python.path)
    session, usual = program.session, (2000, 10, 10) if python.version >= (3, 13) else (700, 10, 10)
    start = session.tick().settings_at_start
    assert start is not None and (start.enabled, start.thresholds, start.debug_flags) == (True, usual, 0)

    orders: tuple[tuple[Callable[[], int], tuple[bool, tuple[int, int, int], int, bool]], ...] = (
        (lambda: session.set_enabled(False), (False, usual, 0, False)),
        (lambda: session.set_thresholds((50_000, 20, 30)), (False, (50_000, 20, 30), 0, False)),
        (lambda: session.set_debug_flags(6), (False, (50_000, 20, 30), 6, False)),
        (lambda: session.freeze(collect_first=False), (False, (50_000, 20, 30), 6, True)),
    )
    for order, state in orders:
        answer = program.answered(order())
        assert answer.error == "" and answer.before != answer.after
        program.tells(*state)

    assert len(session.restore_settings()) == 4
    program.tells(True, usual, 0, False)
    program.wait(lambda snapshot: len(snapshot.changes) == 8, "all changes")
    assert {one.by for one in session.tick().changes} == {"gctui"}


def test_freezing_can_collect_first(python: Python, controlled: Callable[..., Controlled]) -> None:
    program = controlled(python.path, "gc.disable()\nfor _ in range(900): one = []; one.append(one)")
    answer = program.answered(program.session.freeze(collect_first=True))

    assert answer.freed >= 899 and answer.pause_ns > 0
    assert answer.after is not None and answer.after.frozen > 50_000
    log = program.session.tick().log
    assert any(log[number].forced and log[number].generation == 2 for number in range(log.first, log.end))


def test_what_the_program_sets_is_seen_and_left_alone(python: Python, controlled: Callable[..., Controlled]) -> None:
    program = controlled(python.path, "time.sleep(0.3); gc.set_threshold(900, 9, 9); gc.disable()")
    program.tells(False, (900, 9, 9), 0, False)
    program.wait(lambda snapshot: snapshot.changes, "the change")

    (change,) = program.session.tick().changes
    assert change.by == "program" and change.after.thresholds == (900, 9, 9) and not change.after.enabled
    assert program.session.restore_settings() == ()


def test_more_than_a_threshold_can_be_is_refused_and_the_agent_goes_on(
    controlled: Callable[..., Controlled],
) -> None:
    program = controlled(PRIMARY)

    assert "OverflowError" in program.answered(program.session.set_thresholds((1 << 33, 1, 1))).error
    assert program.answered(program.session.set_enabled(False)).error == ""


# -- options

SHOW = "import gc; print(gc.isenabled(), gc.get_threshold()[:2], gc.get_freeze_count() > 1000)"


def test_options_hold_from_the_first_line_on_and_in_children(python: Python) -> None:
    code = (
        f"{SHOW}\nimport os, subprocess, sys\nsys.stdout.flush()\n"
        f"subprocess.run([sys.executable, '-c', {SHOW!r}], check=True)\n"
        "if os.fork() == 0:\n"
        "    print(gc.isenabled(), gc.get_threshold()[:2], False, flush=True)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
    )
    done = run("--headless", "--gc-disable", "--gc-thresholds", "50000,20", python.path, "-c", code)

    assert done.stdout == "False (50000, 20) False\n" * 3, done.stderr
    assert "gctui set after" in done.stderr and "automatic collection on → off; thresholds" in done.stderr
    assert "at the end not as at the start: automatic collection on → off" in done.stderr


def test_children_that_are_left_alone_are_as_ever(python: Python) -> None:
    code = f"{SHOW}\nimport subprocess, sys\nsys.stdout.flush()\nsubprocess.run([sys.executable, '-c', {SHOW!r}])"
    bare = run("--headless", python.path, "-c", code).stdout.splitlines()
    done = run("--headless", "--no-follow", "--gc-disable", python.path, "-c", code).stdout.splitlines()

    assert (done[0].split()[0], done[1]) == ("False", bare[1])


def test_subinterpreters_begin_with_the_same(python: Python) -> None:
    if python.version < (3, 10):
        pytest.skip("before 3.10 gctui does nothing in a subinterpreter")
    module = "_interpreters" if python.version >= (3, 13) else "_xxsubinterpreters"
    code = f"import {module} as interpreters\ninterpreters.run_string(interpreters.create(), {SHOW!r})"
    done = run("--headless", "--gc-disable", "--gc-thresholds", "60000", python.path, "-c", code)

    assert done.stdout == "False (60000, 10) False\n"


def test_it_freezes_in_time_and_the_summary_says_so(python: Python, tmp_path: Path) -> None:
    code = (
        "import gc, time\nkept = [[] for _ in range(50_000)]\nend = time.monotonic() + 20\n"
        "while gc.get_freeze_count() < 40_000 and time.monotonic() < end: time.sleep(0.01)\n"
        "print(gc.isenabled(), gc.get_freeze_count() > 40_000)"
    )
    done, summary = summary_of(tmp_path, "--gc-freeze-after", "200ms", python.path, "-c", code)

    assert done.stdout == "True True\n"
    (change,) = summary["settings"]["changes"]
    assert change["by"] == "gctui" and change["time_s"] >= 0.2
    assert change["after"]["frozen"] > 40_000 and change["before"]["enabled"] and change["after"]["enabled"]
    assert "gctui set after" in done.stderr and "frozen objects" in done.stderr


def test_a_program_that_ends_before_is_not_held_up(python: Python, tmp_path: Path) -> None:
    _, summary = summary_of(tmp_path, "--gc-freeze-after", "60m", python.path, "-c", "pass")

    assert summary["settings"]["changes"] == [] and summary["wall_s"] < 30


def test_without_options_nothing_is_set(python: Python, tmp_path: Path) -> None:
    code = "import gc, json; print(json.dumps([gc.isenabled(), gc.get_threshold(), gc.get_debug()]))"
    done, summary = summary_of(tmp_path, python.path, "-c", code)
    settings: dict[str, Any] = summary["settings"]

    assert json.loads(done.stdout) == [True, settings["at_start"]["thresholds"], 0]
    assert settings["changes"] == [] and settings["at_end"]["enabled"]
    assert "gctui set" not in done.stderr and "at the end" not in done.stderr
