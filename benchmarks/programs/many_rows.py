"""The screen over a made-up program with thousands of allocation sites, of which each snapshot changes all."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from functools import cache

from gctui.monitor.allocation_feed import ALLOCATIONS_EVERY_S
from gctui.monitor.model import AllocationEntry, Allocations, Frame, Snapshot
from gctui.ui.app import GctuiApp
from tests.fakes import FakeSession, make_allocations, make_snapshot

ROWS = int(sys.argv[1])
FRAMES, MEAN = 25, 512 << 10


def made(seed: int) -> Allocations:
    """Sampled, with tracebacks as deep as they are by default. Each frame is one object, as after decoding."""
    frame = cache(Frame)
    entries = tuple(
        AllocationEntry(
            frames=(
                frame(f"/usr/lib/python3.12/module{number % 300}.py", number),
                *(frame(f"/srv/app/package{number % 40}/views{depth}.py", depth) for depth in range(1, FRAMES)),
            ),
            size=(number * 7919 + seed * 104_729) % 1_000_000,
            count=1 + (number + seed) % 100,
            folded=False,
            samples=1 + number % 20,
            size_variance=1e9 * number,
            count_variance=10.0,
        )
        for number in range(ROWS)
    )
    total = sum(entry.size for entry in entries)
    return replace(make_allocations(0), entries=entries, total_size=total, trace_frames=FRAMES, sample_bytes=MEAN)


class ManyRows(FakeSession):
    def __init__(self) -> None:
        base = make_snapshot()
        self.shown = [replace(base, allocations=made(seed), mark=None) for seed in range(4)]
        super().__init__(replace(self.shown[0], mark=self.shown[3].allocations))
        self.started = time.monotonic()

    def tick(self) -> Snapshot:
        number = int((time.monotonic() - self.started) / ALLOCATIONS_EVERY_S) % 3
        return replace(self.shown[number], mark=self.shown[3].allocations)


if __name__ == "__main__":
    GctuiApp(ManyRows()).run()
