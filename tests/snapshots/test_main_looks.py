"""What the main screen looks like in three sizes of window. Look at the pictures before accepting new ones."""

from __future__ import annotations

from typing import Any, Protocol

import pytest
from textual.pilot import Pilot

from gctui.ui.app import GctuiApp
from tests.fakes import FakeSession
from tests.pilot.main_screen import main
from tests.pilot.waiting import until


class SnapCompare(Protocol):
    """The fixture of pytest-textual-snapshot, as far as it is used here."""

    def __call__(self, app: GctuiApp, *, terminal_size: tuple[int, int], run_before: Any) -> bool: ...


async def shown(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: len(pilot.app.screen_stack) == 2 and main(pilot).snapshot is not None, "a snapshot")
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (120, 32), (160, 48)], ids=lambda size: "x".join(map(str, size)))
def test_main_screen(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    app = GctuiApp(FakeSession(), rate_hz=1)
    assert snap_compare(app, terminal_size=size, run_before=shown)
