"""Real programs that do what rules warn of, with every Python found here, and demos of which other things are true."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gctui.demos
from tests.integration.pythons import PRIMARY, Python
from tests.integration.test_headless import run

#: Freezes objects that nobody has collected, keeps all garbage, and then collects in a hot place.
WRONG = """
import gc, time
gc.disable()
time.sleep(1)
kept = [[] for _ in range(100_000)]
gc.freeze()
gc.set_debug(gc.DEBUG_SAVEALL)
kept += [[] for _ in range(100_000)]
time.sleep(3)
def handle():
    gc.collect()
end = time.monotonic() + 6
while time.monotonic() < end:
    handle()
    time.sleep(0.02)
"""


def advice_of(tmp_path: Path, *words: str) -> dict[str, dict[str, object]]:
    """By the name of the rule, as the JSON summary has it."""
    file = tmp_path / "summary.json"
    run("--summary", str(file), *words)
    return {one["name"]: one for one in json.loads(file.read_text())["advice"]}


def test_what_a_program_does_wrong_is_named(tmp_path: Path, python: Python) -> None:
    advice = advice_of(tmp_path, python.path, "-c", WRONG)

    assert {"calls-collect", "frozen-garbage", "saveall"} <= advice.keys()
    assert "at <string>:11 handle" in str(advice["calls-collect"]["text"])
    assert advice["saveall"]["at_end"] is True
    assert advice["saveall"]["held_s"]


def test_what_is_silenced_is_not_named(tmp_path: Path) -> None:
    assert "saveall" not in advice_of(tmp_path, "--silence", "saveall,frozen-garbage", PRIMARY, "-c", WRONG)


@pytest.mark.parametrize("demo", ["cycles", "relay"])
def test_freezing_is_no_cure_for_loops_or_a_long_list(tmp_path: Path, demo: str) -> None:
    file = str(Path(gctui.demos.__file__).with_name(f"{demo}.py"))
    advice = advice_of(tmp_path, PRIMARY, file, "--seconds", "20")

    assert not {"useless-full", "growing", "calls-collect", "starved"} & advice.keys()
    assert not [one for one in advice.values() if "f collects and freezes" in str(one["remedy"])]
