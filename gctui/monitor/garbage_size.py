"""How much memory a garbage object holds, from what full collections gave back."""

from __future__ import annotations

from collections import deque

#: A collection of fewer objects says nothing: what else the program does hides it.
ENOUGH = 1000
#: Of a size. No object that the collector knows is smaller; less was not given back to the system.
LEAST_BYTES = 48.0


class GarbageSize:
    """One process. Fold each tick into it."""

    def __init__(self) -> None:
        # Two: RSS may have been read between a collection's end and its reading, which comes up to 50 ms later.
        self._before: deque[int] = deque(maxlen=2)
        self._collected: int | None = None
        self._freed = self._objects = 0

    def fold(self, rss: int | None, collected: int) -> None:
        """`rss`: bytes; `collected`: objects that full collections have found so far."""
        found = 0 if self._collected is None else collected - self._collected
        if rss is not None and self._before and found >= ENOUGH:
            self._freed += max(max(self._before) - rss, 0)
            self._objects += found
        if rss is not None:
            self._before.append(rss)
        self._collected = collected

    @property
    def bytes_each(self) -> float | None:
        """Bytes per collected object, all that only it held included; None while that cannot be told."""
        size = self._freed / self._objects if self._objects else 0.0
        return size if size >= LEAST_BYTES else None
