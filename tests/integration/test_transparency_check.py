"""The transparency check on a small suite whose tests differ, waver and hang on purpose."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.waiting import LIMIT, wait_for
from tests.transparency.check import ROUNDS, Check
from tests.transparency.comparison import Comparison
from tests.transparency.runs import STATUS, Task, run_all
from tests.transparency.suite import Suite, find_suite

ROOT = Path(__file__).resolve().parents[2]

SUITE = """
import os, signal, subprocess, sys, time
from pathlib import Path

if sys.argv[1] == "-c":  # asked what it is
    print('["3.14.0", ["test_hangs"]]')
    sys.exit()

here = Path(__file__).parent
module, report = sys.argv[-1], sys.argv[sys.argv.index("--junit-xml") + 1]
kind = "observed" if "OBSERVED" in os.environ else "bare"
with (here / f"{module}.{kind}").open("a") as log:
    log.write(os.environ["TMPDIR"] + "\\n")
    count = log.tell() // len(os.environ["TMPDIR"] + "\\n")
if module == "test_hangs":
    left = subprocess.Popen(["sleep", "600"])
    here.joinpath("writing").write_text(str(left.pid))
    here.joinpath("writing").rename(here / "left")
    time.sleep(600)
if module == "test_crashes":
    os.kill(os.getpid(), signal.SIGKILL)
fails = kind == "observed" and (module == "test_differs" or module == "test_wavers" and count == 1)
Path(report).write_text(f"<a><testcase name='{module}.T.t'>{'<error>Boom</error>' if fails else ''}</testcase></a>")
sys.exit(2 if fails else 0)
"""

OBSERVER = """
import os, pathlib, subprocess, sys
place = sys.argv.index("--summary") + 1
events = 0 if sys.argv[-1] == "test_unseen" else 7
seen = '{"processes": [{"ppid": %d, "interpreters": [{"events_received": %d}]}]}' % (os.getpid(), events)
pathlib.Path(sys.argv[place]).write_text(seen)
code = subprocess.call(sys.argv[place + 1:], env=dict(os.environ, OBSERVED="1"))
sys.exit(code if code >= 0 else 128 - code)
"""


def script(path: Path, text: str) -> str:
    path.write_text(f"#!{sys.executable} -I{text}")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def check(tmp_path: Path) -> Check:
    suite = Suite(script(tmp_path / "python", SUITE), "3.14.0", frozenset())
    return Check(suite, (script(tmp_path / "observer", OBSERVER),), "off", jobs=3, limit=60)


def by_name(check: Check, *modules: str) -> dict[str, Comparison]:
    return {comparison.module: comparison for comparison in check.compare_all(modules)}


def test_what_differs_is_run_again_and_counts_only_when_it_differs_each_time(check: Check, tmp_path: Path) -> None:
    found = by_name(check, "test_differs", "test_same", "test_wavers")
    assert list(found) == ["test_same", "test_differs", "test_wavers"]
    kinds = {name: [difference.kind for difference in one.differences] for name, one in found.items()}
    assert kinds == {"test_same": [], "test_differs": ["differs"], "test_wavers": ["unsteady"]}
    assert found["test_differs"].differences[0].message == "Boom"
    assert {name: len(one.rounds) for name, one in found.items()} == {
        "test_same": 1,
        "test_differs": ROUNDS,
        "test_wavers": 2,
    }
    folders = [line for log in tmp_path.glob("test_*") for line in log.read_text().splitlines()]
    assert len(set(folders)) == len(folders) == 12
    assert not [folder for folder in folders if os.path.exists(folder)]


def test_a_module_that_the_observer_did_not_see_is_not_the_same(check: Check) -> None:
    assert not by_name(check, "test_unseen")["test_unseen"].is_same


def test_a_module_that_crashes_both_ways_is_the_same(check: Check) -> None:
    found = by_name(check, "test_crashes")["test_crashes"]
    assert found.rounds[0][0].outcomes == {STATUS: "exit 137"}
    assert found.is_same


def test_a_module_that_hangs_is_ended_with_all_its_processes(check: Check, tmp_path: Path) -> None:
    ((_, run),) = run_all([Task("test_hangs", (check.suite.python,))], jobs=1, limit=5)
    assert run.outcomes == {STATUS: "timeout"}
    left = Path("/proc") / (tmp_path / "left").read_text()
    wait_for(lambda: not is_running(left), "the end of what the module started")


def test_a_check_that_is_ended_leaves_nothing_running(check: Check, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.transparency", "--python", check.suite.python, "--jobs", "1", "test_hangs"]
    started = tmp_path / "left"
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as tool:
        wait_for(started.exists, "the module that hangs")
        tool.terminate()
        assert tool.wait(LIMIT) == 128 + signal.SIGTERM
    left = Path("/proc") / started.read_text()
    wait_for(lambda: not is_running(left), "the end of what the module started")


def is_running(process: Path) -> bool:
    """A process that has ended may stay for a while as a zombie."""
    try:
        return process.joinpath("stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_python_without_a_suite_is_told_apart(tmp_path: Path) -> None:
    assert find_suite(script(tmp_path / "python", "\nraise SystemExit(1)\n")) is None
    assert find_suite(str(tmp_path / "none")) is None


def test_a_python_without_any_of_the_modules_is_refused(check: Check) -> None:
    command = [sys.executable, "-m", "tests.transparency", "--python", check.suite.python, "test_gc"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (2, f"{check.suite.python} has none of these tests\n")


def test_a_python_may_be_named_as_in_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = script(tmp_path / "python3.99", SUITE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    for name in ("./python3.99", "python3.99"):
        suite = find_suite(name)
        assert suite is not None
        assert suite.python == path
