"""The tree of tracebacks: every byte is in it, in both directions, and it stays bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor.allocations import AllocationRow
from gctui.monitor.call_tree import MOST_CHILDREN, CallTree, Direction
from gctui.monitor.model import Frame
from gctui.monitor.places import RowKey

DIRECTIONS: tuple[Direction, ...] = ("callers", "called")


def row(size: int, *lines: int, growth: int | None = None) -> AllocationRow:
    frames = tuple(Frame("/a.py", line) for line in lines)
    return AllocationRow(RowKey("traceback", frames, False), size, 1, growth, growth, 0.0)


def lines(tree: CallTree) -> list[tuple[int, int, int]]:
    """(depth, line, size) of each node in view."""
    return [(len(node.path), node.path[-1].line, node.size) for node in tree.nodes()]


ROWS = [row(50, 1, 2, 9), row(30, 1, 3, 9), row(5, 1, 3, 8)]


def test_towards_the_callers() -> None:
    tree = CallTree(ROWS, "callers")
    assert lines(tree) == [(1, 1, 85), (2, 2, 50), (2, 3, 35)]
    tree.open(tree.nodes()[2])
    assert lines(tree) == [(1, 1, 85), (2, 2, 50), (2, 3, 35), (3, 9, 30), (3, 8, 5)]
    assert [node.is_leaf for node in tree.nodes()] == [False, False, False, True, True]
    assert tree.nodes()[1].share == 50 / 85
    tree.close(tree.nodes()[0])
    assert lines(tree) == [(1, 1, 85)]


def test_towards_what_was_called() -> None:
    tree = CallTree(ROWS, "called")
    assert lines(tree) == [(1, 9, 80), (1, 8, 5)]
    tree.open(tree.nodes()[0])
    assert lines(tree) == [(1, 9, 80), (2, 2, 50), (2, 3, 30), (1, 8, 5)]


def test_a_way_without_a_fork_is_open_from_the_start() -> None:
    assert lines(CallTree([row(7, 1, 2, 3)], "callers")) == [(1, 1, 7), (2, 2, 7), (3, 3, 7)]


def test_recursion_is_as_deep_as_it_was() -> None:
    assert lines(CallTree([row(7, 1, 1, 1)], "called")) == [(1, 1, 7), (2, 1, 7), (3, 1, 7)]


def test_many_children_are_the_largest_and_the_others_together() -> None:
    tree = CallTree([row(1000 - n, 1, 10 + n, growth=1) for n in range(MOST_CHILDREN + 20)], "callers")
    nodes = tree.nodes()
    assert len(nodes) == 1 + MOST_CHILDREN + 1
    assert nodes[-1].others == 20
    assert sum(node.size for node in nodes[1:]) == nodes[0].size
    assert (nodes[-1].size_growth, nodes[0].size_growth) == (20, MOST_CHILDREN + 20)
    tree.open(nodes[-1])
    assert len(tree.nodes()) == len(nodes)


def test_nothing_has_no_tree() -> None:
    assert CallTree((), "callers").nodes() == ()


@given(
    st.lists(st.tuples(st.integers(0, 100), st.lists(st.integers(0, 2), min_size=1, max_size=4)), max_size=8),
    st.sampled_from(DIRECTIONS),
)
def test_children_are_never_more_than_their_parent(made: list[tuple[int, list[int]]], direction: Direction) -> None:
    tree = CallTree([row(size, *frames) for size, frames in made], direction)
    for _ in range(5):
        for node in tree.nodes():
            tree.open(node)
    nodes = tree.nodes()
    assert sum(node.size for node in nodes if len(node.path) == 1) == sum(size for size, _ in made)
    for parent in nodes:
        children = [one for one in nodes if one.path[:-1] == parent.path]
        ending = sum(
            size
            for size, frames in made
            if tuple(Frame("/a.py", line) for line in frames[:: 1 if direction == "callers" else -1]) == parent.path
        )
        assert sum(one.size for one in children) + ending == parent.size
    assert [node.order for node in nodes] == list(range(len(nodes)))


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_path_names_one_node(direction: Direction) -> None:
    tree = CallTree(ROWS, direction)
    for node in tree.nodes():
        tree.open(node)
    paths = [node.path for node in tree.nodes()]
    assert len(set(paths)) == len(paths)
