"""The gc callback in C and the one in Python write the same into a ring."""

from __future__ import annotations

import gc
import inspect
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gctui.agent import recorder, wire
from gctui.monitor.ring_reader import RingReader

Record = Callable[[str, dict[str, int]], None]
Open = Callable[[str], tuple[Record, RingReader]]

WORDS = ("started", "pause", "what", "collected", "uncollectable", "thread", "site", "number")


@pytest.fixture(params=["C", "Python"])
def opened(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Makes a callback and a reader of its ring; the argument is the folder of the agent's own files."""
    if request.param == "C":
        pytest.importorskip("gctui.agent._native", reason="the C part could not be built here")
    else:
        monkeypatch.setitem(sys.modules, "gctui.agent._native", None)

    def make(own_folder: str) -> tuple[Record, RingReader]:
        record = recorder.make_recorder(str(tmp_path), 0, True, own_folder, wire.RING_CAPACITY).record
        (path,) = tmp_path.glob("*.ring")
        return record, RingReader(str(path))

    return make


#: Code that ends a collection from a place that is made up.
STOP = "call('stop', dict(generation=0, collected=0, uncollectable=0))"


def phases(record: Record, **stopped: int) -> int:
    """One collection; the line from which the callback was called."""
    record("start", {"generation": stopped["generation"], "collected": 0, "uncollectable": 0})
    line = inspect.currentframe().f_lineno + 1  # type: ignore[union-attr]
    record("stop", stopped)
    return line


def test_all_words_of_a_record(opened: Open) -> None:
    record, reader = opened("/nowhere/")
    line = phases(record, generation=2, collected=7, uncollectable=3)
    phases(record, generation=1, collected=1 << 40, uncollectable=0)

    (first, second), missed, running, sites = reader.read()

    words = dict(zip(WORDS, first, strict=True))
    assert words["what"] & wire.GENERATION_BITS == 2 and second[2] == 1
    assert (words["collected"], words["uncollectable"], words["number"]) == (7, 3, 1)
    assert 0 < words["pause"] < 10**9 and words["thread"] > 0 and words["started"] > 0
    assert second[3] == 1 << 40 and second[6] == first[6]
    assert (missed, running) == (0, None)
    assert [(site.filename, site.line, site.function) for site in sites.values()] == [(__file__, line, "phases")]


def test_full_collections_that_are_asked_for_are_marked(opened: Open) -> None:
    record, reader = opened("/nowhere/")
    thresholds, enabled = gc.get_threshold(), gc.isenabled()
    gc.callbacks.append(record)
    try:
        gc.enable()
        for generation in (0, 1, 2):
            gc.collect(generation)
        gc.disable()
        gc.collect()
        gc.enable()
        gc.set_threshold(0)
        gc.collect()
        gc.set_threshold(50, 1, 1)
        kept: list[object] = []
        full = gc.get_stats()[2]["collections"] + 3
        while gc.get_stats()[2]["collections"] < full:
            kept.append([kept])
    finally:
        gc.callbacks.remove(record)
        gc.set_threshold(*thresholds)
        if not enabled:
            gc.disable()

    whats = [one[2] & ~(wire.MOST_CANDIDATES << wire.CANDIDATES) for one in reader.read()[0]]

    asked = wire.BY_PROGRAM | 2
    assert whats[:5] == [0, 1, asked, asked, asked]
    assert set(whats[5:]) == {0, 1, 2}


def test_nobody_asks_where_no_code_of_the_program_runs(opened: Open) -> None:
    record, reader = opened(str(Path(__file__).parent))  # as if this were the agent
    phases(record, generation=2, collected=0, uncollectable=0)

    assert reader.read()[0][0][2] == 2


@pytest.mark.parametrize(
    ("told", "pause", "candidates"),
    [
        ({"duration": 2.5, "candidates": 0}, 2_500_000_000, 1),
        ({"duration": 0.0, "candidates": 41}, None, 42),
        ({"duration": 1e-6, "candidates": 1 << 40}, 1000, wire.MOST_CANDIDATES),
        ({}, None, 0),
    ],
)
def test_what_python_tells_more(
    opened: Open, monkeypatch: pytest.MonkeyPatch, told: dict[str, int], pause: int | None, candidates: int
) -> None:
    monkeypatch.setattr(sys, "hexversion", 0x030F0000)
    record, reader = opened("/nowhere/")
    phases(record, generation=1, collected=0, uncollectable=0, **told)

    ((_, found, what, *_),), *_ = reader.read()

    assert (what & wire.GENERATION_BITS, what >> wire.CANDIDATES) == (1, candidates)
    assert found == pause if pause else 0 < found < 10**9


def test_what_the_agent_itself_sets_off_is_told_apart(opened: Open) -> None:
    record, reader = opened(str(Path(__file__).parent))
    phases(record, generation=0, collected=0, uncollectable=0)
    scope: dict[str, object] = {}
    exec(compile(f"def collect(call): {STOP}", __file__, "exec"), scope)
    scope["collect"](record)  # type: ignore[operator]

    records = reader.read()[0]

    assert [one[6] for one in records] == [wire.AGENT_SITE, wire.FORCED_SITE]


def test_names_are_cut_where_they_are_too_long_and_never_undecodable(opened: Open) -> None:
    record, reader = opened("/nowhere/")
    for name in ("x" * 5000, "\udcff/é.py", ""):
        scope: dict[str, object] = {}
        exec(compile(f"def f(call): {STOP}", name, "exec"), scope)
        scope["f"](record)  # type: ignore[operator]

    _, missed, _, sites = reader.read()

    assert missed == 0
    assert [site.filename for site in sites.values()] == ["x" * 1000, "?/é.py", ""]


def test_more_sites_than_there_is_room_for(opened: Open) -> None:
    record, reader = opened("/nowhere/")
    scope: dict[str, object] = {"call": record}
    exec(compile("\n".join([STOP] * 3000), "many.py", "exec"), scope)

    records, missed, _, sites = reader.read()

    assert (len(records), missed) == (3000, 0)
    assert 1500 < len(sites) <= 2049 and records[-1][6] == wire.NO_SITE


def test_a_collection_that_runs_is_seen_until_it_stops(opened: Open) -> None:
    record, reader = opened("/nowhere/")
    record("start", {"generation": 2, "collected": 0, "uncollectable": 0})
    running = reader.read()[2]
    assert running is not None and running[0] == 2
    record("stop", {"generation": 2, "collected": 0, "uncollectable": 0})
    assert reader.read()[2] is None


def test_nonsense_is_not_raised_about(opened: Open) -> None:
    record, reader = opened("/nowhere/")
    for phase, info in (("start", None), (None, {}), ("stop", {}), ("start", {"generation": "two"}), ("stop", 3)):
        record(phase, info)  # type: ignore[arg-type]
    phases(record, generation=1, collected=0, uncollectable=0)

    assert reader.read()[0][-1][2] == 1


def test_a_child_without_a_ring_is_counted_in_its_parents(
    opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = []
    make = recorder.Recorder

    def remember(*arguments: Any) -> recorder.Recorder:
        made.append(make(*arguments))
        return made[-1]

    monkeypatch.setattr(recorder, "Recorder", remember)
    record, reader = opened("/nowhere/")
    phases(record, generation=1, collected=0, uncollectable=0)
    (parent,) = made
    shutil.rmtree(tmp_path)

    parent.move_to_new_ring()  # as in a forked child

    assert (len(reader.read()[0]), reader.children_lost) == (1, 1)
