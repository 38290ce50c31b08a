"""A service whose big heap makes full collections delay its requests, until it freezes that heap.

What it is: a catalogue of 500,000 items (1.5 M objects that the collector tracks, loaded once, never
garbage) and 200 requests a second, each of which stores a session of 500 objects that ends after a second.
A request takes a fraction of a millisecond. But a full collection walks the whole catalogue to find nothing
there, and every request that comes in the meantime waits. The interpreter starts one when the objects that
have grown old since the last are a quarter of those it found alive then: here every 4 seconds or so.

What to look for: the program prints the slowest request of each second; a second with a full collection
says 50 to 250 ms, any other a few. gctui shows the same figure as the pause of generation 2 in the time
line and in the log. What it collected stays near 0: the work is for nothing.

Which key to press: after some 20 seconds gctui says that full collections are long. `f`, then `c`, collects
once more, and `gc.freeze()` sets the heap apart. Full collections still come, and after the first come more
often, but look at sessions only and take a few ms. `F` undoes it. `2` forces a full collection: do it before
and after to compare the pauses. The service can do the same itself: type f or u and enter in its output (`o`,
`enter`), or send it signal USR1, which changes between the two.
"""

from __future__ import annotations

import argparse
import gc
import os
import select
import signal
import sys
import time
from collections import deque

ITEMS = 500_000
"""Catalogue items; each is three objects that the collector tracks."""
TICK = 0.005
"""Seconds from one request to the next."""
SESSION = 500
"""Objects per session."""
KEPT, ENDED = 200, 20
"""Most sessions kept, those of one second, and how many end together."""
LATE = 0.05
"""Seconds after which a request counts as late."""


class Item:
    __slots__ = ("offers", "tags")

    def __init__(self) -> None:
        self.offers: list[str] = []
        self.tags: list[str] = []


class Service:
    def __init__(self, items: int) -> None:
        self.catalogue = [Item() for _ in range(items)]
        self.sessions: deque[list[list[int]]] = deque()
        self.signalled = False
        self.frozen = False

    def request(self) -> None:
        if len(self.sessions) >= KEPT:
            for _ in range(ENDED):
                self.sessions.popleft()
        self.sessions.append([[number] for number in range(SESSION)])

    def note_signal(self, *_: object) -> None:
        """A signal may come in the middle of a request; the change waits for its end."""
        self.signalled = True

    def freeze(self, wanted: bool) -> None:
        self.frozen = wanted
        if not wanted:
            gc.unfreeze()
            print("unfrozen: the collector looks at everything again", flush=True)
            return
        started = time.perf_counter()
        gc.collect()
        gc.freeze()
        took = (time.perf_counter() - started) * 1000
        print(f"frozen: {gc.get_freeze_count():,} objects set apart in {took:.0f} ms", flush=True)


def rss() -> float:
    """Resident set, MiB."""
    with open("/proc/self/statm", "rb") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def serve(service: Service, seconds: float) -> None:
    """Requests until interrupted or for that many seconds (0: no end). Latency counts from when each was due."""
    keyboard = [0] if sys.stdin else []
    started = due = time.monotonic()
    reported, worst, late = started, 0.0, 0
    while not seconds or due - started < seconds:
        if select.select(keyboard, [], [], max(0.0, due - time.monotonic()))[0]:
            typed = os.read(0, 100)
            keyboard = keyboard if typed else []
            if typed[:1] in (b"f", b"u"):
                service.freeze(typed[:1] == b"f")
            continue
        if service.signalled:
            service.signalled = False
            service.freeze(not service.frozen)
        service.request()
        latency = time.monotonic() - due
        worst, late = max(worst, latency), late + (latency > LATE)
        due += TICK
        if due - reported >= 1:
            print(f"worst latency {worst * 1000:.1f} ms, {late} requests late, RSS {rss():.0f} MiB", flush=True)
            reported, worst, late = due, 0.0, 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=0, help="end after that many seconds (default: run on)")
    parser.add_argument("--items", type=int, default=ITEMS, help="size of the catalogue (default: %(default)s)")
    options = parser.parse_args()
    try:
        service = Service(options.items)
        signal.signal(signal.SIGUSR1, service.note_signal)
        print(f"{options.items:,} items loaded; type f (freeze) or u (unfreeze) and enter", flush=True)
        serve(service, options.seconds)
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
