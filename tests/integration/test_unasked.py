"""Snapshots that nobody asked for, in every Python: when the program holds more than ever before, and at its end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gctui.monitor.model import Allocations
from gctui.monitor.tracing import CAN_SAMPLE, UNTRACED, Tracing
from gctui.monitor.watch import WatchSession
from tests.integration.guests import answer_to, wait_for_gauges, watching
from tests.integration.pythons import Python
from tests.integration.waiting import wait_for

MIB = 1 << 20
EXACT = Tracing(3, 0)
SAMPLED = pytest.param(Tracing(3, 65536), marks=pytest.mark.skipif(not CAN_SAMPLE, reason="the C part was not built"))

#: Waits for a file before each step: it has 40 MiB, then next to nothing, then it ends.
PEAK = """
import os, sys, time
def wait_for(name):
    while not os.path.exists(os.path.join(sys.argv[1], name)):
        time.sleep(0.01)
kept = [bytearray(4096) for _ in range(10240)]
wait_for("fall")
del kept
few = [bytearray(4096) for _ in range(512)]
wait_for("end")
"""


def peak_over(session: WatchSession, size: int) -> Allocations:
    def look() -> Allocations | None:
        peak = session.tick().peak
        return peak if peak is not None and peak.total_size > size else None

    found = wait_for(look, f"a snapshot of more than {size} bytes")
    assert found is not None
    return found


@pytest.mark.parametrize("tracing", [EXACT, SAMPLED])
def test_the_peak_and_the_end_come_by_themselves(python: Python, tmp_path: Path, tracing: Tracing) -> None:
    with watching(python.path, "-c", PEAK, str(tmp_path), tracing=tracing) as session:
        peak = peak_over(session, 30 * MIB)
        largest = max(peak.entries, key=lambda entry: entry.size)
        assert largest.frames[0].line == 6 and largest.size > 25 * MIB

        (tmp_path / "fall").touch()
        wait_for_gauges(session)
        assert peak_over(session, 30 * MIB).total_size >= peak.total_size

        (tmp_path / "end").touch()
        wait_for(lambda: session.tick().program.state == "ended", "the end")
        last = session.tick().allocations
        assert last is not None and last.taken_ns > peak.taken_ns
        assert MIB < last.total_size < 10 * MIB
        assert session.tick().agent.state == "gone" and session.family.processes[0].clean_exit


def test_what_is_traced_from_some_time_on_is_watched_when_wanted(python: Python, tmp_path: Path) -> None:
    with watching(python.path, "-c", PEAK, str(tmp_path), tracing=UNTRACED) as session:
        session.want_allocations(True)
        assert not answer_to(session, session.trace(3, 0)).error
        (tmp_path / "fall").touch()
        assert peak_over(session, MIB).trace_frames == 3


def test_none_comes_that_nobody_wants(python: Python, tmp_path: Path) -> None:
    with watching(python.path, "-c", PEAK, str(tmp_path), tracing=EXACT) as session:
        session.want_allocations(False)
        wait_for_gauges(session)
        before = session.tick().allocations
        (tmp_path / "fall").touch()
        (tmp_path / "end").touch()
        wait_for(lambda: session.tick().program.state == "ended", "the end")
        assert session.tick().allocations is before


def test_a_last_snapshot_that_takes_too_long_is_left_out(python: Python, tmp_path: Path) -> None:
    """Of so many blocks a child process reads, which is given up when the time for last words is over."""
    many = "kept = [object() for _ in range(700_000)]"
    with watching(python.path, "-c", many, tracing=EXACT) as session:
        wait_for(lambda: session.tick().program.state == "ended", "the end")
        assert session.tick().program.exit_code == 0 and session.family.processes[0].clean_exit


@pytest.mark.parametrize("way", ["exact", pytest.param("sampled", marks=SAMPLED.marks)])
def test_headless_lists_the_largest(python: Python, tmp_path: Path, way: str) -> None:
    program = "kept = [bytearray(20480) for _ in range(2048)]\nprint('done')\n"
    (tmp_path / "hoard.py").write_text(program)
    options = ("--headless", "--alloc", way, "--sample-bytes", "64K", "--summary", str(tmp_path / "summary.json"))
    words = (sys.executable, "-m", "gctui", *options, python.path, str(tmp_path / "hoard.py"))
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout) == (0, "done\n")
    found = json.loads((tmp_path / "summary.json").read_text())["allocations"]
    top = found["top"][0]
    assert (top["file"], top["line"]) == (str(tmp_path / "hoard.py"), 1)
    assert 0 < top["size_low"] <= top["size"] <= top["size_high"]
    assert 25 * MIB < top["size"] < 60 * MIB
    assert f"{tmp_path / 'hoard.py'}:1" in done.stderr and ("±" in done.stderr) == (way == "sampled")
