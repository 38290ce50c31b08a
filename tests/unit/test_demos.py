"""The demos as texts and as functions; that they run is seen in tests/integration."""

from __future__ import annotations

import ast
import gc
import sys
from collections import deque

import pytest

from gctui.demos import Demo, cycles, find_demos, relay, stall

DEMOS = find_demos()


def test_the_first_demo_is_the_one_to_start_with() -> None:
    assert [demo.name for demo in DEMOS] == ["cycles", "prefork", "relay", "requests", "stall"]


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)
class TestEachDemo:
    def test_says_what_it_is_and_what_to_do(self, demo: Demo) -> None:
        text = ast.get_docstring(ast.parse(demo.path.read_bytes())) or ""
        assert text.startswith(demo.title + "\n")
        assert demo.title.endswith(".")
        for heading in ("What it is: ", "What to look for: ", "Which key to press: "):
            assert heading in text

    def test_is_python_3_8_with_the_standard_library_alone(self, demo: Demo) -> None:
        tree = ast.parse(demo.path.read_bytes(), feature_version=(3, 8))
        names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize("shape", cycles.SHAPES, ids=lambda shape: shape.__name__)
def test_each_shape_is_freed_by_the_collector_alone(shape: type) -> None:
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        made = shape()
        assert made is not None
        del made
        assert len(gc.get_objects()) > before
        assert gc.collect() >= 2
        assert len(gc.get_objects()) <= before
    finally:
        gc.enable()


@pytest.mark.parametrize("key", relay.WAYS)
def test_each_way_takes_the_front_and_leaves_the_rest(key: str) -> None:
    _, make_queue, take = relay.WAYS[key]
    batch, queue = take(make_queue(range(100)))
    assert batch == list(range(relay.BATCH))
    assert list(queue) == list(range(relay.BATCH, 100))


def test_a_change_of_way_keeps_the_queue() -> None:
    one = relay.Relay()
    waiting = list(one.queue)
    one.choose("d")
    assert isinstance(one.queue, deque)
    assert list(one.queue) == waiting
    one.choose("?")
    assert one.key == "d"


def test_sessions_end_so_that_memory_does_not_grow() -> None:
    service = stall.Service(items=10)
    for _ in range(3 * stall.KEPT):
        service.request()
    assert stall.KEPT - stall.ENDED <= len(service.sessions) <= stall.KEPT
