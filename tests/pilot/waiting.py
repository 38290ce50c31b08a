"""Wait for what a test is about to look at, and fail with its name when it does not come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot


async def until(pilot: Pilot[Any], condition: Callable[[], object], what: str, seconds: float = 10.0) -> None:
    """Let the app go on until `condition` holds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not condition():
        assert loop.time() < deadline, f"waited in vain for {what}"
        await pilot.pause()


def screen_text(pilot: Pilot[Any]) -> str:
    """All that is on the screen now, a line per row."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)
