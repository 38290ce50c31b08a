"""Families of the standard library, by the first argument."""

from __future__ import annotations

import concurrent.futures
import gc
import multiprocessing
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.synchronize import Barrier


def begin(meeting: Barrier) -> None:
    work.meeting = meeting  # type: ignore[attr-defined]


def work(number: int) -> int:
    if vars(work).get("meeting"):  # the first: each has some work to do
        work.meeting.wait(30)  # type: ignore[attr-defined]
        del work.meeting  # type: ignore[attr-defined]
    for _ in range(500):
        loop: list[object] = []
        loop.append(loop)
    gc.collect(1)
    return number * number


def executor() -> None:
    meeting = multiprocessing.Barrier(3)
    with concurrent.futures.ProcessPoolExecutor(3, initializer=begin, initargs=(meeting,)) as pool:
        print(sum(pool.map(work, range(60))))


def pool(method: str) -> None:
    context = multiprocessing.get_context(method)
    with context.Pool(3, begin, (context.Barrier(3),)) as workers:
        print(sum(workers.map(work, range(60))))
        workers.close()
        workers.join()


def children(number: str) -> None:
    code = "import gc; gc.collect(); print(1)"
    done = [
        subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True) for _ in range(int(number))
    ]
    print(sum(int(one.stdout) for one in done))


if __name__ == "__main__":
    families: dict[str, Callable[..., None]] = {"executor": executor, "pool": pool, "children": children}
    families[sys.argv[1]](*sys.argv[2:])
