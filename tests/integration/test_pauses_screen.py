"""From a stall to the line that it hit, on a real terminal, with every Python found here as the program."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import pytest

from gctui.demos import find_demos
from tests.integration.pythons import Python
from tests.integration.tmux import TMUX, Terminal

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")

(STALL,) = (str(demo.path) for demo in find_demos() if demo.name == "stall")


@pytest.fixture
def terminal(python: Python) -> Iterator[Terminal]:
    words = ["--alloc", "off", python.path, STALL, "--items", "100000"]
    terminal = Terminal([sys.executable, "-m", "gctui", *words], 80, 24)
    yield terminal
    terminal.close()


def test_from_a_stall_to_the_line_that_it_hit(terminal: Terminal, python: Python) -> None:
    terminal.wait_for("Generations", "running")
    # By the pane of the pauses, as who sees one there does.
    terminal.keys("F3", "Enter")
    shown = terminal.wait_for("throughput", "in the worst 100 ms", "Top triggers", "stall.py:")
    is_near = python.version >= (3, 12)
    assert ("near the place, not exact" in shown) is is_near
    assert ("own duration" in shown) is (python.version >= (3, 15))
    terminal.keys("v")
    terminal.wait_for("Histogram · whole run", "█ 2")
    # What is asked for by gctui is a trigger of its own.
    back(terminal, "Generations")
    terminal.keys("2")
    terminal.wait_for("Generation 2 collected in")
    terminal.keys("x")
    terminal.wait_for("Top triggers")
    terminal.keys("/", "asked", "Enter")
    terminal.wait_for("(asked for by gctui)", "1 of ")
    back(terminal, "places")
    terminal.keys("/", "stall.py", "Enter")
    terminal.wait_for(" match")
    # A trigger: its source, its collections.
    terminal.keys("Enter")
    shown = terminal.wait_for("▶", "collections (gen 0:", "Source, as it is on the disk now", "time s▼")
    assert ("not exact" in shown) is is_near
    assert re.search(r"▶ +\d+ .*\S", shown), "the marked line has its source"
    assert re.search(r"Its (latest )?[\d,]+ collections", shown)
    back(terminal, "Top triggers")
    # A tiny window has a part at a time.
    terminal.resize(40, 10)
    terminal.wait_for("longest", "worst 1 s")
    terminal.keys("v", "v")
    terminal.wait_for("Top triggers", "stall.py")
    terminal.resize(160, 48)
    terminal.wait_for("the program ran for", "Histogram", "average")
    back(terminal, "places")
    back(terminal, "Generations")
    terminal.keys("q")
    terminal.wait_for("Terminate")
    terminal.keys("t")
    terminal.wait_for("RC=143")


def back(terminal: Terminal, text: str) -> None:
    """A key that follows too soon would make one key of the two."""
    terminal.keys("Escape")
    terminal.wait_for(text)
