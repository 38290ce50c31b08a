"""The rates that the display can be refreshed at."""

from __future__ import annotations

from typing import Literal

RATES = (0.2, 0.5, 1.0, 2.0, 4.0, 10.0, 20.0)
"""What `+` and `-` step through, hertz: from the lowest to the highest that can be asked for at the start."""

Direction = Literal["faster", "slower"]


def next_rate(rate_hz: float, direction: Direction) -> float:
    """The next of the rates in that direction; at the end of them, the same rate."""
    if direction == "faster":
        return next((rate for rate in RATES if rate > rate_hz), rate_hz)
    return next((rate for rate in reversed(RATES) if rate < rate_hz), rate_hz)
