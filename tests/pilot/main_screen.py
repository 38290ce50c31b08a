"""The main screen over a fake session, ready to be looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from gctui.ui.app import GctuiApp
from gctui.ui.screens.main import MainScreen
from gctui.ui.widgets.pane import Pane
from tests.fakes import FakeSession
from tests.pilot.waiting import until

FAST_HZ = 20.0


@asynccontextmanager
async def opened(session: FakeSession | None = None, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[Any]]:
    """Yields when the first snapshot is on the screen. Ticks come fast, so that no test has to wait for one."""
    app = GctuiApp(session or FakeSession(), rate_hz=FAST_HZ)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MainScreen), "the main screen")
        await until(pilot, lambda: main(pilot).snapshot is not None, "the first snapshot")
        await pilot.pause()
        yield pilot


def main(pilot: Pilot[Any]) -> MainScreen:
    """The main screen, whatever lies over it."""
    found = [screen for screen in pilot.app.screen_stack if isinstance(screen, MainScreen)]
    assert len(found) == 1
    return found[0]


def panes(pilot: Pilot[Any]) -> set[str]:
    """The names of the panes in view."""
    return {str(pane.id) for pane in main(pilot).query(Pane) if pane.display}
