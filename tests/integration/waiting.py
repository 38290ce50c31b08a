"""Waiting for what another process does: for a condition, with a limit that only a failure reaches."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

LIMIT = 30.0
"""Seconds; generous, since several workers may share two cores."""


def wait_for(look: Callable[[], Found | None], what: str, limit: float = LIMIT) -> Found:
    """What `look` returns as soon as that is true; fails saying what was waited for."""
    end = time.monotonic() + limit
    while not (found := look()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {limit:g} s")
        time.sleep(0.01)
    return found
