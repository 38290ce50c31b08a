"""What the process pane costs with a large family, of which every figure changes with every refresh."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import replace

from benchmarks.figures import Figure
from gctui.monitor.model import Snapshot
from gctui.monitor.relatives import Relative
from gctui.ui.app import GctuiApp
from tests.fakes import FakeSession, make_of_family, make_relative, make_relatives

PROCESSES, RATE_HZ, SIZE = 200, 4.0, (160, 48)
WARM_UP_S, MEASURED_S = 3.0, 15.0
SHARE_LIMIT = 10.0


class Changing(FakeSession):
    """The next tick is another one of a few, made beforehand: what it costs is the screen's alone."""

    def __init__(self) -> None:
        super().__init__(_tick(0))
        self._ticks = itertools.cycle([_tick(number) for number in range(8)])

    def tick(self) -> Snapshot:
        return next(self._ticks)


def measure() -> list[Figure]:
    """In a terminal that is not there; what drawing to a real one adds is the same for every pane."""
    what = f"{PROCESSES} processes at {RATE_HZ:g} Hz, {SIZE[0]}x{SIZE[1]}"
    keys = {
        "main screen without it": ["f8", "f8"],
        "with the pane": ["f8"],
        "the pane alone, tree": ["f8", "z"],
        "the pane alone, list by share paused": ["f8", "z", "l", "s", "s"],
        "the pane alone, filtered": ["f8", "z", "slash", *"worker !199", "enter"],
    }
    return [
        Figure(f"{what}, {name}: share of a core", asyncio.run(_share(pressed)), "%", SHARE_LIMIT)
        for name, pressed in keys.items()
    ]


async def _share(keys: list[str]) -> float:
    app = GctuiApp(Changing(), rate_hz=RATE_HZ)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*keys)
        await asyncio.sleep(WARM_UP_S)
        used, began = time.process_time(), time.monotonic()
        await asyncio.sleep(MEASURED_S)
        return 100 * (time.process_time() - used) / (time.monotonic() - began)


def _tick(number: int) -> Snapshot:
    return make_of_family(make_relatives(*(_relative(place, number) for place in range(PROCESSES))))


def _relative(place: int, tick: int) -> Relative:
    one = make_relative(place)
    by = (place * 7 + tick * 13) % 31
    return replace(
        one,
        paused_share=by / 1000,
        collections=one.collections + tick,
        rate=one.rate + by,
        cpu_percent=float(by),
        rss=(100 << 20) + (by << 18),
        pss=(40 << 20) + (by << 17),
        uss=(20 << 20) + (by << 16),
    )
