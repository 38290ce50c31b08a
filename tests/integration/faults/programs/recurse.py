"""Collects at each depth of a recursion, up to and at the limit."""

import gc
import sys

gc.disable()


def dive(depth: int) -> int:
    gc.collect(1)
    try:
        return dive(depth + 1)
    except RecursionError:
        return depth


sys.setrecursionlimit(300)
print(dive(0), dive(0) == dive(0))


def allocate(depth: int) -> int:
    one: list[object] = []
    one.append(one)
    try:
        return allocate(depth + 1)
    except RecursionError:
        return depth


gc.set_threshold(1)
gc.enable()
print(len({allocate(0) for _ in range(50)}))
