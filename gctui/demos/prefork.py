"""A server that forks its workers from a loaded parent: what collections cost in memory, and what freezing first saves.

What it is: a parent with a catalogue of 300,000 items (900,000 objects that the collector tracks) and three workers,
forked from it, that answer requests. Parent and workers share the catalogue's memory, until somebody writes to it. The
workers only read, but their full collections do not: the collector keeps its notes in the head of each object it looks
at, so the kernel has to copy every page of the catalogue for every worker (copy-on-write).

What to look for: the program prints each second how much memory each worker has. PSS is the figure that tells: a page
that four processes share counts as a quarter in each. It starts at about a quarter of the parent's size; with the
first full collection of a worker it jumps to the whole. gctui shows the workers' collections, and their pauses.

Which key to press: `o` goes to the program's output and `enter` starts typing there, until `escape`. Type f and enter:
the parent collects, sets all that is alive apart with `gc.freeze()`, and forks new workers. They look at their own
objects only: PSS stays where it began, and their full collections take a fraction of the time. u and enter undo it;
signal USR1 changes between the two.
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

ITEMS = 300_000
"""Catalogue items; each is three objects that the collector tracks."""
WORKERS = 3
TICK = 0.01
"""Seconds from one request of a worker to the next."""
SESSION, KEPT = 400, 100
"""Objects per session, and sessions that a worker keeps: those of one second."""
FULL = 2.0
"""Seconds from one full collection of a worker to the next. Left to itself it would come after minutes."""


class Item:
    __slots__ = ("offers", "tags")

    def __init__(self) -> None:
        self.offers: list[str] = []
        self.tags: list[str] = []


def work() -> None:
    """Serve until the parent ends this process, or has ended itself."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    parent = os.getppid()
    sessions: deque[list[list[int]]] = deque(maxlen=KEPT)
    due = time.monotonic() + FULL
    while os.getppid() == parent:
        sessions.append([[number] for number in range(SESSION)])
        if time.monotonic() >= due:
            gc.collect()
            due = time.monotonic() + FULL
        time.sleep(TICK)


def fork_worker() -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except KeyboardInterrupt:
            pass
        finally:
            os._exit(0)
    return pid


def pss(pid: int) -> float:
    """Proportional set, MiB; 0 for a process that has ended."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as rollup:
            return sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:")) / 1024
    except OSError:
        return 0.0


class Server:
    def __init__(self, items: int, workers: int) -> None:
        self.catalogue = [Item() for _ in range(items)]
        self.frozen = self.signalled = False
        self.workers = [fork_worker() for _ in range(workers)]

    def note_signal(self, *_: object) -> None:
        self.signalled = True

    def restart(self, frozen: bool) -> None:
        """New workers, from a parent that has set its objects apart or has not."""
        self.end_workers()
        self.frozen = frozen
        if frozen:
            gc.collect()  # what is frozen as garbage is never freed
            gc.freeze()
        else:
            gc.unfreeze()
        self.workers = [fork_worker() for _ in self.workers]
        words = f"{gc.get_freeze_count():,} objects frozen" if frozen else "unfrozen"
        print(f"{words}: new workers", flush=True)

    def end_workers(self) -> None:
        for pid in self.workers:
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)

    def report(self) -> None:
        each = ", ".join(f"{pss(pid):.0f}" for pid in self.workers)
        how = "frozen before the fork" if self.frozen else "not frozen"
        print(f"PSS: parent {pss(os.getpid()):.0f} MiB, workers {each} MiB ({how})", flush=True)


def serve(server: Server, seconds: float) -> None:
    """Until interrupted, or for that many seconds (0: no end)."""
    keyboard = [0] if sys.stdin else []
    started = due = time.monotonic()
    while not seconds or due - started < seconds:
        if select.select(keyboard, [], [], max(0.0, due - time.monotonic()))[0]:
            typed = os.read(0, 100)
            keyboard = keyboard if typed else []
            if typed[:1] in (b"f", b"u"):
                server.restart(typed[:1] == b"f")
            continue
        if server.signalled:
            server.signalled = False
            server.restart(not server.frozen)
        server.report()
        due += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=0, help="end after that many seconds (default: run on)")
    parser.add_argument("--items", type=int, default=ITEMS, help="size of the catalogue (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=WORKERS, help="how many are forked (default: %(default)s)")
    options = parser.parse_args()
    server = Server(options.items, options.workers)
    signal.signal(signal.SIGUSR1, server.note_signal)
    print(f"{options.items:,} items loaded; type f (freeze, then fork) or u (unfreeze) and enter", flush=True)
    try:
        serve(server, options.seconds)
    except KeyboardInterrupt:
        pass
    finally:
        server.end_workers()


if __name__ == "__main__":
    main()
