"""A metrics relay that takes messages from the front of a long list, and the deque that cures it.

What it is: 10,000 messages a second come in at the back of a queue and leave at its front, ten at a time.
The receiver was away for a while, so 50,000 are waiting. What is taken from the front of a list moves all
that remain: `queue = queue[10:]` copies 50,000 references and counts each one up and down to send ten
messages; `pop(0)` and `del queue[:10]` shift them, once a message or once a batch. A `collections.deque`
gives up its front for nothing. It starts with the slice.

What to look for: CPU in the header, which falls to a quarter with the deque, and the printed number of
messages per second that one core could relay, which is about ten times higher. The allocations pane has the
slice as one live block of 391 KiB at the line of `queue[BATCH:]`. That this block is made anew a thousand
times a second cannot be seen there: a snapshot holds what is alive, not how often it was made. The
collector is not to blame, and its panes say so: as many messages go as come, so the count hardly moves once
the queue is there, and a slice is one container however long it is.

Which key to press: `o` goes to the program's output and `enter` starts typing there, until `escape`. Type a
letter and enter. s: slice, x: del, p: pop(0), d: deque; signal USR1 changes between slice and deque. In the
allocations pane `/` and relay.py keep its lines alone: watch the one of the slice go.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any

RATE = 10_000
"""Messages per second."""
BATCH = 10
"""Messages sent at a time."""
WAITING = 50_000
"""Length of the queue, messages."""
TICK = 0.05
"""Seconds from one burst to the next."""
REPORT = 2.0
"""Seconds between two lines of output."""


def by_slice(queue: Any) -> Any:
    batch = queue[:BATCH]
    return batch, queue[BATCH:]


def by_del(queue: Any) -> Any:
    batch = queue[:BATCH]
    del queue[:BATCH]
    return batch, queue


def by_pop(queue: Any) -> Any:
    return [queue.pop(0) for _ in range(BATCH)], queue


def by_deque(queue: Any) -> Any:
    return [queue.popleft() for _ in range(BATCH)], queue


WAYS: dict[str, tuple[str, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "s": ("slice", list, by_slice),
    "x": ("del", list, by_del),
    "p": ("pop(0)", list, by_pop),
    "d": ("deque", deque, by_deque),
}
"""By key: name, the queue's type, how a batch is taken from it."""


def message(number: int) -> dict[str, object]:
    return {"name": "queue.depth", "host": number % 100, "value": number * 0.5}


def wire_size(batch: list[dict[str, object]]) -> int:
    """Bytes of the batch as text; where they would be sent does not matter here."""
    return sum(len(f"{one['name']}:{one['value']}|g|#host:{one['host']}") for one in batch)


class Relay:
    def __init__(self) -> None:
        self.key = "s"
        self.signalled = False
        self.queue: Any = [message(one) for one in range(WAITING)]
        self.sent = 0
        self.busy = 0.0
        """CPU seconds of work since the last report; `sent` counts from there too."""

    def choose(self, key: str) -> None:
        if key in WAYS and key != self.key:
            self.report()
            self.key = key
            self.queue = WAYS[key][1](self.queue)

    def note_signal(self, *_: object) -> None:
        """A signal may come in the middle of a burst; the change waits for its end."""
        self.signalled = True

    def burst(self) -> None:
        """The messages of one tick come in and as many go out."""
        take = WAYS[self.key][2]
        started = time.thread_time()
        for first in range(0, int(RATE * TICK), BATCH):
            self.queue.extend([message(one) for one in range(first, first + BATCH)])
            batch, self.queue = take(self.queue)
            wire_size(batch)
        self.busy += time.thread_time() - started
        self.sent += int(RATE * TICK)

    def report(self) -> None:
        if self.sent:
            capacity = self.sent / self.busy
            print(f"{WAYS[self.key][0]}: one core could relay {capacity:,.0f} messages/s", flush=True)
        self.sent, self.busy = 0, 0.0


def serve(relay: Relay, seconds: float) -> None:
    """One burst per tick, for that many seconds; 0: until interrupted."""
    started = reported = time.monotonic()
    keyboard = [0] if sys.stdin else []
    while not seconds or time.monotonic() - started < seconds:
        relay.burst()
        if time.monotonic() - reported >= REPORT:
            reported = time.monotonic()
            relay.report()
        if select.select(keyboard, [], [], TICK)[0]:
            typed = os.read(0, 100).decode("ascii", "replace")
            keyboard = keyboard if typed else []
            relay.choose(typed[:1])
        if relay.signalled:
            relay.signalled = False
            relay.choose("s" if relay.key == "d" else "d")
    relay.report()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=0, help="end after that many seconds (default: run on)")
    options = parser.parse_args()
    relay = Relay()
    signal.signal(signal.SIGUSR1, relay.note_signal)
    print("type s (slice), x (del), p (pop) or d (deque) and enter", flush=True)
    try:
        serve(relay, options.seconds)
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
