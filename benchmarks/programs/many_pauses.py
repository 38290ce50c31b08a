"""The screen over a made-up program with very many collections, set off in thousands of places, and ever more."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace

from gctui.monitor.history import InterpreterHistory
from gctui.monitor.messages import Record, RingRead
from gctui.monitor.model import Site, Snapshot
from gctui.ui.app import GctuiApp
from tests.fakes import NOW, SECOND, FakeSession, make_snapshot

COLLECTIONS, TRIGGERS = int(sys.argv[1]), int(sys.argv[2])
AT_ONCE = 1000
"""Records per message."""
TOLD_EVERY = 100_000
"""Collections; so often the program says how far it is."""
INTERVAL_NS = SECOND // 2000
"""From one collection to the next."""
FIRST_SITE = 8


def records(first: int, number: int, end_ns: int) -> Iterator[Record]:
    """The last of them stops at `end_ns`. Each second has its own few hundred places."""
    for count in range(first, first + number):
        generation = 2 if count % 100 == 99 else 1 if count % 10 == 9 else 0
        pause = (20_000, 60_000, 200_000)[generation] + count * 7919 % 20_000
        started = end_ns - (first + number - count) * INTERVAL_NS
        site = FIRST_SITE + (count // 2000 * 400 + count % 400) % TRIGGERS
        yield (started, pause, generation, count % 50, 0, 1, site, count + 1)


class ManyPauses(FakeSession):
    def __init__(self) -> None:
        super().__init__()
        self.began = time.monotonic_ns()
        self.count = 0
        lived = (COLLECTIONS + 2000) * INTERVAL_NS
        self.history = InterpreterHistory(0, NOW - lived)
        places = (Site(f"/srv/app/package{n % 40}/views{n}.py", n, f"handle_{n}") for n in range(TRIGGERS))
        self.sites = {FIRST_SITE + n: site for n, site in enumerate(places)}
        while self.count < COLLECTIONS:
            self.fold(AT_ONCE, NOW - (COLLECTIONS - self.count - AT_ONCE) * INTERVAL_NS)
            if self.count % TOLD_EVERY == 0:
                print(f"folded {self.count}.", flush=True)
        self.base = replace(make_snapshot(), log=self.history.log, pauses=self.history.pauses)

    def fold(self, number: int, end_ns: int) -> None:
        read = RingRead(1, list(records(self.count, number, end_ns)), 0, None, self.sites if not self.count else {})
        self.history.fold_ring(read)
        self.count += number

    def tick(self) -> Snapshot:
        now = NOW + time.monotonic_ns() - self.began
        if (more := (now - NOW) // INTERVAL_NS - (self.count - COLLECTIONS)) > 0:
            self.fold(more, now)
        return replace(self.base, taken_ns=now)


if __name__ == "__main__":
    GctuiApp(ManyPauses()).run()
