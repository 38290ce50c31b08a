"""Nothing but allocations: a list, a dict and an object per turn, as deep in calls as the second argument says."""

from __future__ import annotations

import sys

from benchmarks.programs import measured

TURNS = 1000


class Thing:
    def __init__(self, number: int) -> None:
        self.number = number


def work() -> None:
    descend(DEPTH)


def descend(depth: int) -> None:
    if depth:
        descend(depth - 1)
    else:
        kept: list[object] = []
        for number in range(TURNS):
            kept.append([number, number])
            kept.append({"number": number})
            kept.append(Thing(number))


if __name__ == "__main__":
    DEPTH = int(sys.argv[2])
    measured.repeat(work)
