"""Reference loops that only the collector can free, made in four everyday ways.

What it is: a service that does jobs, each of which leaves one reference loop behind. Two dicts name each
other; a parent and its children do; a recursive inner function holds itself through its own cell; an
exception is kept by the frame that its traceback holds. Their reference counts never fall to zero. Each job
stays reachable for two seconds, long enough to grow old. After that it is garbage that young collections no
longer look at, with 3 KiB of rows hanging on it.

What to look for: the counts run up to their thresholds over and over. Generations 0 and 1 free next to
nothing, a full collection (2) frees tens of thousands of objects, and RSS, which has climbed by some 8 MiB
a second, falls at once: memory that climbs is not always a leak. Full collections come every 2 to 4 seconds
up to Python 3.12, every 11 from 3.13 on, where the first threshold is 2000 and not 700. In the allocations
pane `rows` is largest.

Which key to press: `c` probes the garbage and names its loops, such as Child.parent, Parent.children, list[0].
`2` forces a full collection; the line that answers says what it freed, RSS before and after, and the pause.
`m` sets a mark, and growth is shown since then; `enter` opens the traceback of a line.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import deque
from collections.abc import Callable

TICK = 0.05
"""Seconds from one burst of jobs to the next."""
JOBS = 120
"""Jobs per tick."""
KEPT = 2.0
"""Seconds for which a finished job stays reachable."""
REPORT = 5.0
"""Seconds between two lines of output."""


def rows() -> list[bytes]:
    """What makes each loop worth freeing: 3 KiB in small blocks, which Python can give back to the system."""
    return [bytes(400) for _ in range(8)]


def dict_pair() -> object:
    a: dict[str, object] = {"rows": rows()}
    b: dict[str, object] = {}
    a["b"] = b
    b["a"] = a
    return a


class Parent:
    def __init__(self) -> None:
        self.rows = rows()
        self.children = [Child(self) for _ in range(24)]


class Child:
    def __init__(self, parent: Parent) -> None:
        self.parent = parent


def recursive_closure() -> object:
    seen = rows()

    def walk(depth: int) -> int:
        return walk(depth - 1) if depth else len(seen)

    walk(3)
    return walk


def kept_exception() -> object:
    found = rows()
    failure: Exception | None = None
    try:
        found.index(b"missing")
    except ValueError as error:
        failure = error  # error -> its traceback -> this frame -> `failure`
    return failure


SHAPES: tuple[Callable[[], object], ...] = (dict_pair, Parent, recursive_closure, kept_exception)


def rss() -> float:
    """Resident set, MiB."""
    with open("/proc/self/statm", "rb") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def serve(seconds: float) -> None:
    """One burst of jobs per tick, for that many seconds; 0: until interrupted."""
    recent: deque[object] = deque(maxlen=int(KEPT / TICK) * JOBS)
    started = reported = time.monotonic()
    made = 0
    while not seconds or time.monotonic() - started < seconds:
        for _ in range(JOBS):
            recent.append(SHAPES[made % len(SHAPES)]())
            made += 1
        if time.monotonic() - reported >= REPORT:
            reported = time.monotonic()
            print(f"{made:,} loops made, {len(recent):,} still reachable, RSS {rss():.0f} MiB", flush=True)
        time.sleep(TICK)
    print(f"{made:,} loops made", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=0, help="end after that many seconds (default: run on)")
    try:
        serve(parser.parse_args().seconds)
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
