"""The rows of the process pane as a tree: parents before their children, those that live before the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from gctui.monitor.family import Process
from gctui.monitor.relatives import Relative

#: Looked through for those above a process.
MOST_GENERATIONS = 100


class Node(NamedTuple):
    """A process whose depth is not known yet."""

    pid: int
    ppid: int
    """Of its parent now, if it lives; it was another one when that has ended."""
    process: Process | None
    """None: it is no Python."""
    started_ns: int
    lives: bool
    row: Callable[[int], Relative]
    """By its depth."""


def in_tree_order(nodes: Iterable[Node], launched: int) -> list[Relative]:
    """The ended ones come last, as they were. `launched`: pid of the process that all descend from."""
    living: dict[int, Node] = {}
    ended = []
    for node in nodes:
        if node.lives:
            living[node.pid] = node
        else:
            ended.append(node)
    children: dict[int, list[Node]] = {}
    for node in living.values():
        children.setdefault(_parent(node, living), []).append(node)
    for siblings in children.values():
        siblings.sort(key=lambda node: (node.pid != launched, node.started_ns))
    rows = []
    left = [(node, 0) for node in reversed(children.get(0, []))]
    while left:
        node, depth = left.pop()
        if node.process is not None:
            # It stays as deep as it was seen to be when those above it have ended.
            node.process.depth = depth = max(depth, _depth(node.process, launched))
        elif node.pid != launched:
            depth = max(depth, 1)
        rows.append(node.row(depth))
        left += [(child, depth + 1) for child in reversed(children.get(node.pid, []))]
    return rows + [node.row(_depth(node.process, launched)) for node in ended]


def _parent(node: Node, living: dict[int, Node]) -> int:
    """Pid of the nearest that lives above it; 0: none is known."""
    candidates = [node.ppid, *(one.pid for one in _ancestors(node.process))]
    return next((pid for pid in candidates if pid in living and pid != node.pid), 0)


def _ancestors(process: Process | None) -> Iterator[Process]:
    one = process.parent if process else None
    for _ in range(MOST_GENERATIONS):
        if one is None:
            return
        yield one
        one = one.parent


def _depth(process: Process | None, launched: int) -> int:
    """As far as it is known: what is not the launched process descends from it."""
    depth = 0
    for one in reversed([process, *_ancestors(process)] if process else []):
        depth = 0 if one.pid == launched else max(one.depth, depth + 1)
    return depth
