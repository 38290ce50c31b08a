"""The README's "Cure a stall in a minute": from red pauses by a notice and two keys to short ones."""

from __future__ import annotations

import re
import sys

import pytest

from tests.integration.tmux import TMUX, Terminal
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")

LIMIT = 60.0
"""Seconds for what takes some full collections, of which there is one every few seconds."""
UNITS = {"µs": 1e-6, "ms": 1e-3, "s": 1.0}


def full_pauses(screen: str) -> list[float]:
    """Pauses of generation 2 in the log, seconds, oldest first."""
    found = re.findall(r"^ +\d+ +[\d.]+ +2 +([\d.]+) (µs|ms|s) ", screen, re.MULTILINE)
    return [float(number) * UNITS[unit] for number, unit in found]


def test_a_stall_is_diagnosed_and_cured_from_the_keyboard() -> None:
    terminal = Terminal([sys.executable, "-m", "gctui", "demo", "stall"], 160, 48, {"COLORTERM": ""})
    try:
        wait_for(lambda: "1 notice" in terminal.screen() or "2 notices" in terminal.screen(), "a notice", LIMIT)
        screen = terminal.wait_for("full collection", "f collects and freezes what stays")
        assert "! " in screen
        assert red_blocks(terminal.coloured()), "the pauses of full collections are red"

        terminal.keys("f5", "/", "gen:2", "Enter")
        before = full_pauses(terminal.wait_for("match", "following", "/ Filter"))
        assert max(before) > 0.01
        terminal.keys("f")
        terminal.wait_for("Freeze the heap", "Collect, freeze (c)")
        terminal.keys("c")
        terminal.wait_for("frozen objects 0 →")

        def is_cured() -> bool:
            screen = terminal.screen()
            latest = full_pauses(screen)[-3:]
            return "notice" not in screen and len(latest) == 3 and max(latest) < max(before) / 4

        wait_for(is_cured, "no notice, and full collections that are short", LIMIT)
    finally:
        terminal.close()


def red_blocks(coloured: str) -> list[str]:
    """Blocks of the time line in the colour of the block in its legend, which is that of generation 2."""
    legend = re.search(r"\x1b\[([\d;]*)m█ 2", coloured)
    assert legend is not None, coloured
    cube = int(legend[1].rpartition(";")[2]) - 16  # of 256 colours: 6 steps each of red, green and blue
    red, green, blue = cube // 36, cube // 6 % 6, cube % 6
    assert red > max(green, blue), legend[1]
    return re.findall(re.escape(f"\x1b[{legend[1]}m") + r"[▁▂▃▄▅▆▇█]+", coloured)
