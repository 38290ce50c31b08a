"""The collector steered from a real terminal, and what is left there of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.integration.pythons import PRIMARY
from tests.integration.tmux import TMUX, Terminal

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")

#: Says when the thresholds are what was typed, and goes on.
WAITING = """
import gc, time
print("begun", gc.isenabled(), gc.get_threshold()[0], flush=True)
while gc.get_threshold() != (50_000, 20, 30):
    kept = [[] for _ in range(100)]
    time.sleep(0.01)
print("seen", flush=True)
time.sleep(600)
"""


def test_options_and_keys_reach_the_program_and_the_summary(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(WAITING)
    options = ["--gc-disable", "--gc-thresholds", "3000"]
    command = [sys.executable, "-m", "gctui", "--alloc", "off", *options, PRIMARY, str(tmp_path / "program.py")]
    terminal = Terminal(command, 120, 48)
    try:
        terminal.wait_for("begun False 3000", "collector OFF", "thresholds 700, 10, 10 → 3000, 10, 10")
        terminal.keys("t")
        terminal.wait_for("─ Thresholds ─", "No estimate: automatic collection is off")
        terminal.keys("50000,20,30", "Enter")
        terminal.wait_for("Thresholds 3000, 10, 10 → 50000, 20, 30", "seen")
        terminal.keys("d")
        terminal.wait_for("Automatic collection off → on", "collector on")
        terminal.keys("q")
        terminal.wait_for("gctui has changed: thresholds", "Restore (r)")
        terminal.keys("r")
        terminal.wait_for("Thresholds 50000, 20, 30 → 700, 10, 10")
        terminal.wait_until_gone("gctui has changed")
        terminal.keys("t")
        screen = terminal.wait_for("RC=143")
        assert "automatic collection on → off; thresholds 700, 10, 10 → 3000, 10, 10" in screen
        assert "gctui set after" in screen and "at the end not as at the start" not in screen
    finally:
        terminal.close()
