"""Minimum mutator utilisation, exact and as the pauses come.

Let G(t) be the time spent in pauses before t. A window of length w that ends at t has G(t) - G(t - w) of it. While t
moves through a pause that never falls, and while t moves through the program's own time it never rises. So the worst of
all windows is one that ends where a pause ends, and only those are looked at. Nor all of them: after a window with f in
pauses, with `most` in the worst one so far, none can be worse before G has grown by more than most - f.

The definition is Cheng and Blelloch's ("A Parallel, Real-Time Garbage Collector", PLDI 2001): 1 - most / w.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right

from gctui.monitor.pauses import WINDOWS_NS

#: Pauses of which the end is kept: those of the last second. A program cannot have more, but a liar, or one that was
#: told to be brief; of the worst windows that then reach farther back, a part is not seen.
MOST_PAUSES = 1_000_000
#: Times beyond this are lies; the sums stay within the words of an array.
_LAST_NS = 1 << 62
_NEVER = 1 << 63


class Sweep:
    """The pauses of the last second, and the worst windows that end in the present part of the time."""

    def __init__(self) -> None:
        self.most = [0] * len(WINDOWS_NS)
        """Time in pauses in the worst window of each length, ns."""
        self.most_pauses = MOST_PAUSES
        self.ends, self.sums = array("Q"), array("Q")
        """Where each pause ended, and the time in pauses until then."""
        self.latest = self.busy = 0
        self.look_at = 1
        """As soon as `busy` has reached it, a worst window may have ended: call `look`."""
        self._look_at = [1] * len(WINDOWS_NS)
        self._before = 0  # time in pauses before the first that is kept

    def add(self, started: int, end: int) -> None:
        """A pause after the others. What overlaps with them, which only a liar has, is not counted twice."""
        if self.latest < end <= _LAST_NS:
            self.busy += end - max(started, self.latest)
            self.latest = end
            self.ends.append(end)
            self.sums.append(self.busy)
            if self.busy >= self.look_at:
                self.look()

    def look(self) -> None:
        """At the windows that end with the latest pause."""
        for at, window in enumerate(WINDOWS_NS):
            if self.busy >= self._look_at[at]:
                spent = self.spent(window, self.latest)
                self.most[at] = max(self.most[at], spent)
                self._look_at[at] = _NEVER if self.most[at] >= window else self.busy + self.most[at] - spent + 1
        self.look_at = min(self._look_at)

    def spent(self, window: int, end: int) -> int:
        """Time in pauses in the window that ends at `end`, not before the latest pause."""
        begin = end - window
        at = bisect_right(self.ends, begin)
        if at == len(self.ends):
            return 0
        before = self.sums[at - 1] if at else self._before
        return self.busy - self.sums[at] + min(self.sums[at] - before, self.ends[at] - begin)

    def running(self, started: int, now: int) -> list[int]:
        """Time in pauses in the windows that end now, with a pause that began at `started` and has not ended."""
        started = max(started, self.latest)
        return [
            min(window, now - started + (self.spent(window, now) if now - started < window else 0))
            for window in WINDOWS_NS
        ]

    def begin_part(self, start: int) -> list[int]:
        """From here on `most` is of windows that end at `start` or later. Time in pauses in those that end at it."""
        edge = [self.spent(window, max(start, self.latest)) for window in WINDOWS_NS]
        self.most = [0] * len(WINDOWS_NS)
        self._look_at = [self.busy + 1] * len(WINDOWS_NS)
        self.look_at = self.busy + 1
        return edge

    def let_go(self) -> None:
        """Of what no window reaches any more, when that is worth it."""
        old = max(bisect_right(self.ends, self.latest - WINDOWS_NS[-1]), len(self.ends) - self.most_pauses)
        if old > len(self.ends) // 4:
            self._before = self.sums[old - 1]
            del self.ends[:old], self.sums[:old]
