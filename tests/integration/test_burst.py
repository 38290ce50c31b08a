"""Exact tracing that ends by itself, in every Python: what was before comes back, whatever becomes of the monitor."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gctui.monitor.command import resolve
from gctui.monitor.launch import AgentOptions, Launch
from gctui.monitor.live import LiveSource
from gctui.monitor.model import Allocations, Gauges
from gctui.monitor.streams import Streams
from gctui.monitor.tracing import CAN_SAMPLE, UNTRACED, Tracing
from gctui.monitor.watch import WatchSession
from tests.integration.guests import answer_to, environment, wait_for_gauges, watching
from tests.integration.pythons import Python
from tests.integration.waiting import wait_for

SAMPLED = Tracing(7, 4096)

HOARD = """
import time
kept = []
while True:
    kept = [bytearray(100) for _ in range(1000)] + kept[:1000]
    time.sleep(0.01)
"""

#: Says in a file whether it is traced, and whether a child that it forks is.
SPEAKING = """
import os, sys, time
import _tracemalloc
while True:
    time.sleep(0.02)
    pid = os.fork()
    if pid == 0:
        os._exit(_tracemalloc.is_tracing())
    child = os.WEXITSTATUS(os.waitpid(pid, 0)[1])
    with open(sys.argv[1] + ".new", "w") as file:
        file.write("%d %d" % (_tracemalloc.is_tracing(), child))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
"""

STOPPING = """
import time, tracemalloc
while not tracemalloc.is_tracing():
    time.sleep(0.001)
tracemalloc.stop()
time.sleep(60)
"""


def gauges_where(session: WatchSession, burst: bool, frames: int, mean: int) -> Gauges:
    def look() -> Gauges | None:
        gauges = session.tick().gauges
        assert gauges is not None
        found = bool(gauges.burst_until_ns), gauges.trace_frames, gauges.sample_bytes
        return gauges if found == (burst, frames, mean) else None

    found = wait_for(look, f"{frames} frames, one in {mean} bytes, burst: {burst}")
    assert found is not None
    return found


def end_of_burst(session: WatchSession) -> Allocations:
    def look() -> Allocations | None:
        allocations = session.tick().allocations
        return allocations if allocations is not None and allocations.after_burst else None

    found = wait_for(look, "the snapshot at the end of the burst")
    assert found is not None
    return found


@pytest.mark.parametrize(
    "before",
    [UNTRACED, pytest.param(SAMPLED, marks=pytest.mark.skipif(not CAN_SAMPLE, reason="the C part was not built"))],
)
def test_a_burst_ends_and_its_snapshot_stays(python: Python, before: Tracing) -> None:
    with watching(python.path, "-c", HOARD, tracing=before) as session:
        session.want_allocations(True)
        answer = answer_to(session, session.burst(3, 1.0))
        assert (answer.error, answer.trace_frames, answer.sample_bytes, answer.burst_ms) == ("", 3, 0, 1000)
        during = gauges_where(session, True, 3, 0)
        assert 0 < during.burst_until_ns - during.taken_ns <= 10**9

        shown = end_of_burst(session)
        gauges_where(session, False, before.frames, before.sample_bytes)
        assert shown.sample_bytes == 0 and shown.trace_frames == 3
        assert any(entry.count >= 1000 for entry in shown.entries)
        wait_for_gauges(session)
        assert session.tick().allocations is shown

        session.resume_allocations()
        assert session.tick().allocations is None
        if before is SAMPLED:
            wait_for(lambda: session.tick().allocations, "the present is shown again")
            following = session.tick().allocations
            assert following is not None and following.sample_bytes == SAMPLED.sample_bytes


def test_a_change_of_tracing_takes_the_burst_back(python: Python) -> None:
    with watching(python.path, "-c", HOARD) as session:
        assert not answer_to(session, session.burst(3, 60)).error
        gauges_where(session, True, 3, 0)
        assert not answer_to(session, session.trace(2, 0)).error
        gauges_where(session, False, 2, 0)


def test_neither_a_lost_monitor_nor_a_fork_leaves_it_on(python: Python, tmp_path: Path) -> None:
    told = tmp_path / "told"
    command = resolve((python.path, "-c", SPEAKING, str(told)), environment())
    launch = Launch(command, AgentOptions(interval_ms=20, tracing=UNTRACED), Streams.untouched())
    session = WatchSession(LiveSource(launch, time.monotonic_ns()))
    try:
        wait_for(lambda: session.tick().agent.state == "connected", "the agent says hello")
        assert not answer_to(session, session.burst(3, 60)).error
        wait_for(lambda: told.exists() and told.read_text() == "1 0", "the program is traced, its child is not")
        session.close()
        wait_for(lambda: told.read_text() == "0 0", "the program is not traced any more")
    finally:
        launch.process.kill()
        launch.process.wait()


def test_what_the_program_stops_stays_stopped(python: Python) -> None:
    with watching(python.path, "-c", STOPPING) as session:
        assert not answer_to(session, session.burst(3, 0.5)).error
        gauges_where(session, False, 0, 0)
        wait_for_gauges(session)
        gauges_where(session, False, 0, 0)
