"""The agent's look at garbage, on made-up lists of objects: it is bounded, spread, and given up when told to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.agent import garbage
from gctui.agent.garbage import GivenUp, look
from gctui.agent.loops import loop_through


class Node:
    def __init__(self) -> None:
        self.other: Any = None


def looked_at(found: list[Any]) -> dict[str, Any]:
    said: dict[str, Any] = json.loads("{" + look(found, lambda: False) + "}")
    return said


def chain_of(number: int) -> list[Node]:
    """A loop of so many."""
    nodes = [Node() for _ in range(number)]
    for one, other in zip(nodes, [*nodes[1:], nodes[0]], strict=True):
        one.other = other
    return nodes


def test_types_are_counted_and_the_rest_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "MOST_TYPES", 1)
    said = looked_at([*chain_of(1000), set(), {}])

    (node,) = said["types"]
    assert (node["module"], node["name"], node["count"]) == (__name__, "Node", 1000)
    assert said["others"][:2] == [2, 2] and said["others"][2] > 0


def test_it_is_given_up_wherever_somebody_waits() -> None:
    found = chain_of(20_000)
    calls = 0

    def is_stopping(after: int) -> bool:
        nonlocal calls
        calls += 1
        return calls > after

    for after in range(12):  # by type, sizes, ids, loops
        calls = 0
        with pytest.raises(GivenUp):
            look(found, lambda after=after: is_stopping(after))  # type: ignore[misc]


def test_a_loop_is_looked_for_in_the_garbage_alone_and_no_further_than_its_limit() -> None:
    for number in (1, 2, 10):
        nodes = chain_of(number)
        loop = loop_through(nodes[0], set(map(id, nodes)))
        assert loop == [(".other", f"{__name__}.Node")] * number
    assert loop_through(nodes[0], set(map(id, nodes[1:5]))) == []
    long = chain_of(100)
    assert loop_through(long[0], set(map(id, long))) == []


def test_a_hub_with_many_parts_is_not_walked_for_ever() -> None:
    hub: list[Any] = [[] for _ in range(50_000)]
    assert loop_through(hub, set(map(id, [hub, *hub]))) == []


@given(st.lists(st.integers(1, 5000), max_size=120), st.integers(0, 3000))
def test_samples_are_shared_out(counts: list[int], room: int) -> None:
    shares = garbage._shares(counts, room)

    assert all(0 <= share <= count for share, count in zip(shares, counts, strict=True))
    assert sum(shares) <= room
    if sum(counts) > room + len(counts):
        assert sum(shares) > room - len(counts) - 1
    for count, share in zip(counts, shares, strict=True):
        assert len(garbage._spread(list(range(count)), share)) == share
