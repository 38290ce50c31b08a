"""The demo prefork in a real terminal: its workers listed, all frozen with one order, one of them shown."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import gctui.demos
from tests.integration.pythons import PRIMARY
from tests.integration.tmux import TMUX, Terminal
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")

DEMO = str(Path(gctui.demos.__file__).with_name("prefork.py"))
#: A line of the process pane: its pid, and what it says of memory.
WORKER = re.compile(r"^ .{2}\s+(\d+)  running .* ([\d.]+ MiB) .*[├└]─python", re.MULTILINE)


def workers(screen: str) -> list[int]:
    """Pids of the workers that are listed with their PSS."""
    return [int(pid) for pid, _ in WORKER.findall(screen)]


def test_workers_are_listed_frozen_together_and_shown_one_by_one() -> None:
    command = [sys.executable, "-m", "gctui", "--alloc", "off", PRIMARY, DEMO, "--items", "100000"]
    terminal = Terminal(command, 160, 48)
    try:
        terminal.wait_for("Processes · tree · 4 living", "1 of 4 processes")
        wait_for(lambda: len(workers(terminal.screen())) == 3, "three workers with their PSS")
        pids = workers(terminal.screen())

        terminal.keys("F8", "*", "f")
        terminal.wait_for("4 processes, one after the other; 0 objects are frozen")
        terminal.keys("c")
        screen = terminal.wait_for("4 of 4 done", "over", "objects freed")
        for pid in pids:
            assert re.search(rf"{pid}  ✓ done .*frozen objects 0 → \d", screen), screen
        terminal.keys("Escape")
        terminal.wait_for("Collect, then freeze the heap: 4 of 4 done")

        terminal.keys("Down", "Enter")
        screen = terminal.wait_for(f"child {pids[0]} of ", f"Process {pids[0]} is shown")
        terminal.keys("F5", "z")
        terminal.wait_for("prefork.py:57 work", "forced by gctui", "◆ frozen objects 0 →")

        terminal.keys("z", "A")
        terminal.wait_for("Collection log of all processes", *map(str, pids))
        terminal.keys(">")
        terminal.wait_for(f"child {pids[1]} of ")

        terminal.keys("q")
        terminal.wait_for("Terminate (t)")
        terminal.keys("t")
        terminal.wait_for("RC=143")
    finally:
        terminal.close()


def test_a_killed_worker_is_listed_as_ended(tmp_path: Path) -> None:
    program = tmp_path / "family.py"
    program.write_text(
        "import os, signal, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "input('now')\n"
        "child.send_signal(signal.SIGKILL); child.wait(); print('gone', flush=True)\n"
        "time.sleep(600)\n"
    )
    terminal = Terminal([sys.executable, "-m", "gctui", PRIMARY, str(program)], 100, 36)
    try:
        terminal.wait_for("1 of 2 processes (f8)")
        terminal.keys("F8")
        terminal.wait_for("2 living", "└─python -c")
        terminal.keys("o", "Enter")
        terminal.wait_for("typing: keys go to the program")
        terminal.keys("x", "Enter")
        terminal.wait_for("gone")
        terminal.keys("Escape", "F8")
        assert re.search(r"\d  ended .*python -c", terminal.wait_for("Processes · tree · 1 living, 1 ended"))
    finally:
        terminal.close()
