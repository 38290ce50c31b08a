"""Keeps what a screen computes with each tick from taking a core."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

SHARE = 0.1
"""Of a core, at the most."""


class Ration:
    """What took long waits the longer before it is due again: nine times as long as it took, by `SHARE`."""

    def __init__(self) -> None:
        self._due = 0.0

    @property
    def is_due(self) -> bool:
        return perf_counter() >= self._due

    @contextmanager
    def spent(self) -> Iterator[None]:
        """Around the work."""
        started = perf_counter()
        yield
        ended = perf_counter()
        self._due = ended + (ended - started) * (1 / SHARE - 1)
