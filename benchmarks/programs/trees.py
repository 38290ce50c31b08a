"""Trees whose nodes know their parents: all of it is cyclic garbage when the next one is built."""

from __future__ import annotations

from benchmarks.programs import measured

DEPTH, CHILDREN = 5, 5


class Node:
    def __init__(self, parent: Node | None, depth: int) -> None:
        self.parent, self.name = parent, f"node {depth}"
        self.children = [Node(self, depth - 1) for _ in range(CHILDREN)] if depth else []

    def size(self) -> int:
        return 1 + sum(child.size() for child in self.children)


def work() -> None:
    assert Node(None, DEPTH).size() == sum(CHILDREN**depth for depth in range(DEPTH + 1))


if __name__ == "__main__":
    measured.repeat(work)
