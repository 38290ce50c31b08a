"""How long the collector takes for so many objects, drawn through what it was seen to take."""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, log


class PauseCurve:
    """Through (objects examined, pause in ns): straight between two points on logarithmic axes, never falling, and
    proportional beyond the ends. An object of a large heap costs several times one of a small heap, which lies in the
    processor's cache; a line through both ends would be wrong in between."""

    def __init__(self, points: Iterable[tuple[float, float]]) -> None:
        """Points of less than an object, or without a pause, say nothing and are left out."""
        longest = 0.0
        self._points: list[tuple[float, float]] = []
        for objects, pause in sorted(points):
            longest = max(longest, pause)
            if objects >= 1 and pause > 0:
                self._points.append((log(objects), log(longest)))

    def at(self, objects: float) -> float:
        """Pause for so many objects, ns; 0 where there is nothing to go by."""
        if not self._points or objects <= 0:
            return 0.0
        x = log(objects)
        before = [point for point in self._points if point[0] <= x]
        after = [point for point in self._points if point[0] > x]
        if not before or not after:
            near = before[-1] if before else after[0]
            return exp(near[1] + x - near[0])
        (left, low), (right, high) = before[-1], after[0]
        return exp(low + (high - low) * (x - left) / (right - left))

    def ratio(self, before: float, after: float) -> float:
        """Pause for `after` objects against that for `before`; 1 where there is nothing to go by."""
        base = self.at(before)
        return self.at(after) / base if base else 1.0
