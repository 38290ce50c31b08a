"""What the main screen looks like over a family of processes. Look at the pictures before accepting new ones."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from gctui.ui.app import GctuiApp
from gctui.ui.widgets.processes import ProcessesPane
from tests.fakes import FakeSession, make_of_family
from tests.pilot.main_screen import main
from tests.pilot.waiting import until
from tests.snapshots.test_main_looks import SnapCompare, shown


async def opened(pilot: Pilot[Any]) -> None:
    await shown(pilot)
    await pilot.press("f8")
    await until(pilot, lambda: main(pilot).query_one(ProcessesPane).rows, "the processes")
    await pilot.press("down", "v")
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=lambda size: "x".join(map(str, size)))
def test_processes(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    assert snap_compare(GctuiApp(FakeSession(make_of_family()), rate_hz=1), terminal_size=size, run_before=opened)
