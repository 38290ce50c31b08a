"""What is foreseen for other thresholds, against a real interpreter that goes over to them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gctui.monitor import what_if
from gctui.monitor.model import Collection, Snapshot
from gctui.monitor.what_if_basis import gather
from tests.fakes import FakeLog
from tests.integration.guests import watching
from tests.integration.pythons import Python
from tests.integration.waiting import wait_for

BEFORE, AFTER = (700, 5, 3), (3000, 8, 2)
#: The same work twice: loops that live for 20,000 more, so that they grow old and only full collections find them. It
#: begins late, since an estimate goes by a second at least.
PROGRAM = f"""
import collections, gc, json, sys, time
def work():
    kept = collections.deque(maxlen=20000)
    for _ in range(600000):
        loop = []
        loop.append(loop)
        kept.append(loop)
time.sleep(1)
gc.collect()
gc.set_threshold(*{BEFORE})
times = [time.monotonic_ns()]
work()
gc.collect()
times.append(time.monotonic_ns())
gc.set_threshold(*{AFTER})
work()
times.append(time.monotonic_ns())
with open(sys.argv[1] + ".new", "w") as file: json.dump(times, file)
import os; os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(60)
"""


@pytest.fixture
def ran(python: Python, tmp_path: Path) -> tuple[Snapshot, list[int]]:
    times = tmp_path / "times"
    with watching(python.path, "-c", PROGRAM, str(times)) as session:

        def over() -> Snapshot | None:
            ended = times.exists()  # asked first: what came before is then read
            snapshot = session.tick()
            late = ended and snapshot.gauges is not None and snapshot.gauges.thresholds == AFTER
            return snapshot if late else None

        snapshot = wait_for(over, "the program has done its work")
        assert snapshot is not None
        return snapshot, json.loads(times.read_text())


def test_other_thresholds(ran: tuple[Snapshot, list[int]]) -> None:
    snapshot, (began, switched, ended) = ran
    assert snapshot.gauges is not None
    log = [snapshot.log[number] for number in range(snapshot.log.first, snapshot.log.end)]
    before = [one for one in log if began <= one.started_ns < switched]
    after = [one for one in log if switched <= one.started_ns < ended]
    earlier = replace(
        snapshot,
        taken_ns=switched,
        log=FakeLog(before),
        gauges=replace(snapshot.gauges, thresholds=BEFORE),
        changes=(),
        program=replace(snapshot.program, started_ns=began - 1_000_000_000),
    )
    basis = gather(earlier)
    assert basis is not None
    assert basis.asked == 1  # the program's own, at the end

    now, then = what_if.present(basis), what_if.with_thresholds(basis, AFTER)

    for generation in range(3):
        own = sum(one.generation == generation and not one.by_program for one in before)
        asked = basis.asked if generation == 2 else 0
        rate = now.collections[generation] / (own + asked)  # per minute, of one in the span
        foreseen = then.collections[generation] / rate - asked
        assert number_of(after, generation) == pytest.approx(foreseen, rel=0.03, abs=1.5)


def number_of(collections: list[Collection], generation: int) -> int:
    return sum(one.generation == generation and not one.by_program for one in collections)
