"""coverage and pytest, which watch a program from inside it as well."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.guests import bare, callback_in_c, environment, watched
from tests.integration.pythons import PRIMARY

#: Branches, a thread, a fork and garbage: all that the collector's callback and the agent's hooks run beside.
MEASURED = """
import gc, os, threading
def sort(numbers):
    kept = []
    for number in numbers:
        if number % 2:
            made = {}; made["made"] = made
        elif number < 0:
            kept.append(number)
        else:
            kept.extend([number] * 3)
    return kept
gc.set_threshold(50)
thread = threading.Thread(target=sort, args=(range(2000),))
thread.start()
sort(range(2000))
thread.join()
child = os.fork()
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
gc.collect()
print("measured")
"""
SUITE = """
import gc, warnings
import pytest

@pytest.mark.parametrize("size", [10, 1000])
def test_allocates(size):
    kept = [{"number": number} for number in range(size)]
    for one in kept:
        one["itself"] = one
    kept.clear()
    gc.collect()

def test_forks():
    import os
    child = os.fork()
    if child == 0:
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0

def test_warns():
    with pytest.warns(ResourceWarning):
        open("/dev/null")
        gc.collect()

def test_fails():
    warnings.warn("this is an error here")
"""


@callback_in_c
@pytest.mark.parametrize("core", ["ctrace", "sysmon", "pytrace"])
@pytest.mark.parametrize("branch", ["", "--branch"], ids=["lines", "branches"])
def test_coverage_measures_the_same(tmp_path: Path, core: str, branch: str) -> None:
    if core == "sysmon" and sys.version_info < ((3, 14) if branch else (3, 12)):
        pytest.skip(f"Python {sys.version_info[0]}.{sys.version_info[1]} has no sys.monitoring that coverage can use")
    program, reports = tmp_path / "program.py", []
    program.write_text(MEASURED)
    for run in (bare, watched):
        env = environment(COVERAGE_CORE=core, COVERAGE_FILE=str(tmp_path / f"{run.__name__}.coverage"))
        outcome = run(PRIMARY, "-m", "coverage", "run", *filter(None, [branch]), str(program), env=env)
        reports.append((outcome, _report(env)))

    assert reports[0] == reports[1]
    assert list(reports[0][1]["files"]) == [str(program)], reports[0][0].stderr


def _report(env: dict[str, str]) -> dict[str, Any]:
    """What coverage says of the run, without when it was."""
    command = [PRIMARY, "-m", "coverage", "json", "--quiet", "-o", "-"]
    report: dict[str, Any] = json.loads(subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE).stdout)
    del report["meta"]["timestamp"]
    return report


def test_pytest_with_warnings_as_errors_passes_and_fails_the_same(tmp_path: Path) -> None:
    suite = tmp_path / "test_suite.py"
    suite.write_text(SUITE)
    command = (PRIMARY, "-m", "pytest", "-W", "error", "-p", "no:cacheprovider", "-rA", "--no-header", str(suite))
    without, with_gctui = (_outcomes(run(*command).stdout) for run in (bare, watched))

    assert with_gctui == without
    assert [word for word, _ in without] == ["PASSED"] * 4 + ["FAILED"]


def _outcomes(printed: str) -> list[tuple[str, str]]:
    lines = [line.partition(" ") for line in printed.splitlines()]
    return [(word, test) for word, _, test in lines if word in ("PASSED", "FAILED", "ERROR")]
