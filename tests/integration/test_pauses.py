"""What is told of pauses, by real interpreters."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from gctui.monitor.model import Snapshot
from tests.integration.guests import watching
from tests.integration.pythons import Python
from tests.integration.waiting import wait_for

#: It leaves without the interpreter's last collection, so that what it counted is all there is.
ASKING = """
import gc, time
def ask(filled):
    kept = [[] for _ in range(filled)]
    del kept
    gc.collect()
def let():
    # Full collections of the interpreter's own accord: it puts them off until a quarter has been added.
    kept, wanted = [], gc.get_stats()[2]["collections"] + 3
    while gc.get_stats()[2]["collections"] < wanted:
        kept.append([])
def late():
    # From 3.12 on what a call has made and freed again sets off a collection when the count is low.
    kept, wanted, words = [], gc.get_stats()[2]["collections"] + 3, ["ab"] * 3000
    while gc.get_stats()[2]["collections"] < wanted:
        sorted(words, key=list)
        kept.append([[] for _ in range(100)])
def young():
    for _ in range(5): gc.collect(0); gc.collect(1)
gc.set_threshold(500, 3, 2)
begin = time.monotonic_ns(), gc.get_stats()
for turn in range(5):
    ask(turn * 90)
    let()
    late()
    young()
gc.disable()
ask(5000)
gc.enable()
gc.set_threshold(0)
ask(5000)
"""
AT_THE_END = """
import json, os
with open(PATH, "w") as file: json.dump([*begin, gc.get_stats()], file)
os._exit(0)
"""


Stats = list[dict[str, float]]


def recorded(python: Python, path: Path) -> tuple[Snapshot, int, Stats, Stats]:
    """What gctui has of it when it is over; when it began, and what `gc.get_stats()` had then and at the end."""
    with watching(python.path, "-c", ASKING + AT_THE_END.replace("PATH", repr(str(path)))) as session:

        def last() -> Snapshot | None:
            snapshot = session.tick()
            return snapshot if snapshot.program.state == "ended" else None

        snapshot = wait_for(last, "the program is over", limit=60)
    return snapshot, *json.loads(path.read_text())


def test_what_the_program_asks_for_is_told_from_what_python_does_by_itself(python: Python, tmp_path: Path) -> None:
    snapshot, *_ = recorded(python, tmp_path / "told")

    log = snapshot.log
    full = [one for one in (log[number] for number in range(log.first, log.end)) if one.generation == 2]
    assert [one.site.function for one in full if one.by_program] == ["ask"] * 7
    for function in ("let", "late"):
        assert sum(one.site.function.startswith(function) for one in full) >= 10, function
    by_function = Counter[str]()
    for trigger in snapshot.pauses.triggers("run", snapshot.taken_ns):
        by_function[trigger.site.function] += trigger.by_program
    assert +by_function == {"ask": 7}


def test_pauses_and_candidates_are_those_that_python_tells(python: Python, tmp_path: Path) -> None:
    snapshot, begin_ns, before, after = recorded(python, tmp_path / "told")
    log = snapshot.log
    collections = [log[number] for number in range(log.first, log.end)]

    if python.version < (3, 15):
        assert {one.candidates for one in collections} == {None}
        return
    for generation in range(3):
        found = [one for one in collections if one.generation == generation and one.started_ns > begin_ns]
        for name, total in (
            ("collections", len(found)),
            ("duration", sum(one.pause_ns for one in found) / 1e9),
            ("candidates", sum(one.candidates or 0 for one in found)),
        ):
            assert total == pytest.approx(after[generation][name] - before[generation][name], rel=0.001)
