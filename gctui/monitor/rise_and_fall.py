"""How much of what is allocated the first count sees, when much of it dies together again and again.

The count goes down when a container is freed, but not below 0, and each collection sets it to 0. A request of a
thousand objects that end together takes it down by what has come since the last collection and not more. So a higher
threshold starts fewer collections than in proportion, and one higher than all that lives for a while starts none.
"""

from __future__ import annotations

from math import exp, expm1

#: Of this share counted or more, nothing falls.
ALL = 0.98
#: The exponents that are told apart: e to this is beyond what a share can be.
STEEPEST = 500.0


class RiseAndFall:
    """Falls to 0 come at random, so many allocations apart on average (exponentially distributed). Of allocations until
    a count of `size` is reached, that counts a share of x / (exp(x) - 1), where x is `size` over that distance."""

    def __init__(self, size: float, counted: float) -> None:
        """`counted`: the share, over 0, that was seen to be counted with counts of `size`."""
        self._distance = size / _exponent(counted) if counted < ALL else 0.0

    def counted(self, size: float) -> float:
        """Share that counts of `size` see."""
        if not self._distance:
            return 1.0
        x = size / self._distance
        return 0.0 if x > STEEPEST else x / expm1(x) if x else 1.0


def _exponent(share: float) -> float:
    """x where x / (exp(x) - 1) is `share`, over 0 and under 1: it falls, so the interval is halved."""
    low, high = 0.0, STEEPEST
    for _ in range(60):
        middle = (low + high) / 2
        if middle * exp(-middle) > share * -expm1(-middle):
            low = middle
        else:
            high = middle
    return (low + high) / 2
