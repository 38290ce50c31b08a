"""Tracebacks as a tree, in either direction. A node's children are made when it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gctui.monitor.allocations import AllocationRow
from gctui.monitor.model import Frame

Direction = Literal["callers", "called"]
"""From the frames that allocated to those that called them, or from the outermost callers to what they called."""

MOST_CHILDREN = 100
"""Of one node, the largest; the others are one node together."""

Path = tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """One frame on the way, with all that was allocated on ways through it."""

    path: Path
    """The frames from the root to here: the same in every tree, so that a cursor can stay on it."""
    others: int
    """It stands for so many small siblings, and `path` is their parent's; 0: it is one frame."""
    size: int
    """Bytes."""
    count: int
    """Blocks."""
    size_growth: int | None
    """Bytes more than at the mark; None where that cannot be said."""
    share: float
    """Part of the whole tree, 0 to 1."""
    is_leaf: bool
    is_open: bool
    order: int
    """Its place among the nodes shown."""


@dataclass(frozen=True, slots=True)
class _Branch:
    path: Path
    rows: tuple[AllocationRow, ...]

    @property
    def size(self) -> int:
        return sum(row.size for row in self.rows)


class CallTree:
    """Which nodes are open is its only state."""

    def __init__(self, tracebacks: Sequence[AllocationRow], direction: Direction) -> None:
        step = 1 if direction == "callers" else -1
        self._ways = {id(row): row.key.frames[::step] for row in tracebacks}
        self._root = _Branch((), tuple(tracebacks))
        self._whole = self._root.size or 1
        self._open: set[Path] = set()
        branches = self._children(self._root)
        while len(branches) == 1 and not self._is_leaf(branches[0]):
            self._open.add(branches[0].path)
            branches = self._children(branches[0])

    def nodes(self) -> tuple[Node, ...]:
        """Those in view: each with its children under it, where it is open."""
        found: list[Node] = []
        self._show(self._root, found)
        return tuple(found)

    def open(self, node: Node) -> None:
        if not node.is_leaf:
            self._open.add(node.path)

    def close(self, node: Node) -> None:
        self._open.discard(node.path)

    def _show(self, parent: _Branch, found: list[Node]) -> None:
        branches = self._children(parent)
        for branch in branches[:MOST_CHILDREN]:
            is_open = branch.path in self._open
            found.append(self._node(branch, is_open=is_open, is_leaf=self._is_leaf(branch), order=len(found)))
            if is_open:
                self._show(branch, found)
        if rest := branches[MOST_CHILDREN:]:
            together = _Branch(parent.path, tuple(row for branch in rest for row in branch.rows))
            found.append(self._node(together, others=len(rest), order=len(found)))

    def _node(
        self, branch: _Branch, *, order: int, others: int = 0, is_leaf: bool = True, is_open: bool = False
    ) -> Node:
        growths = [row.size_growth for row in branch.rows if row.size_growth is not None]
        return Node(
            path=branch.path,
            others=others,
            size=branch.size,
            count=sum(row.count for row in branch.rows),
            size_growth=sum(growths) if growths else None,
            share=branch.size / self._whole,
            is_leaf=is_leaf,
            is_open=is_open,
            order=order,
        )

    def _children(self, branch: _Branch) -> list[_Branch]:
        """Largest first."""
        depth = len(branch.path)
        by_frame: dict[Frame, list[AllocationRow]] = {}
        for row in branch.rows:
            way = self._ways[id(row)]
            if len(way) > depth:
                by_frame.setdefault(way[depth], []).append(row)
        made = [_Branch((*branch.path, frame), tuple(rows)) for frame, rows in by_frame.items()]
        return sorted(made, key=lambda one: one.size, reverse=True)

    def _is_leaf(self, branch: _Branch) -> bool:
        return all(len(self._ways[id(row)]) <= len(branch.path) for row in branch.rows)
