"""What the screen of all pauses looks like. Look at the picture before accepting a new one."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from gctui.ui.app import GctuiApp
from gctui.ui.screens.pauses import PausesScreen
from tests.fakes import FakeSession
from tests.pilot.waiting import screen_text, until
from tests.snapshots.test_main_looks import SnapCompare, shown


async def opened(pilot: Pilot[Any]) -> None:
    await shown(pilot)
    await pilot.press("x")
    await until(pilot, lambda: isinstance(pilot.app.screen, PausesScreen), "the screen")
    await until(pilot, lambda: "views.py:14" in screen_text(pilot) and "█ 2" in screen_text(pilot), "all of it")


def test_pauses_screen(snap_compare: SnapCompare) -> None:
    assert snap_compare(GctuiApp(FakeSession(), rate_hz=1), terminal_size=(160, 40), run_before=opened)
