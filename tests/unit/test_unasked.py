"""When the agent takes a snapshot that nobody asked for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gctui.agent import unasked, wire
from gctui.monitor import layouts

MIB, SECOND = 1 << 20, 1_000_000_000


class Program:
    """One whose memory and clock are set by hand, and the agent's part in it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, most: int = 100) -> None:
        self.held, self.since, self.is_tracing, self.now = 0, 1, True, 100 * SECOND
        traced: Any = SimpleNamespace(is_tracing=lambda: self.is_tracing, get_traceback_limit=lambda: 5)
        monkeypatch.setattr(unasked, "_tracemalloc", traced)
        monkeypatch.setattr(unasked, "monotonic_ns", lambda: self.now)
        tracer: Any = self
        self.unasked = unasked.Unasked(tracer, most)

    def looks(self, *held: int) -> list[bool]:
        """Whether a snapshot is due at each of these looks."""
        found = []
        for self.held in held:
            found.append(self.unasked.is_due())
        return found

    def takes(self, held: int, stall: int = 0, work: int = 0, kind: int = wire.ALLOCATIONS) -> None:
        self.held = held
        self.unasked.begun()
        self.unasked.sent((kind, layouts.ALLOCATIONS_HEAD.pack(self.now, 0, 0, stall, work, 0, 5, 0, 0, 0, 0)))


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    return Program(monkeypatch)


def test_what_is_higher_by_a_margin_is_a_peak(program: Program) -> None:
    program.takes(100 * MIB)
    assert program.looks(100 * MIB, 104 * MIB, 50 * MIB) == [False] * 3
    assert program.looks(104 * MIB, 106 * MIB) == [False, True]

    program.takes(4 * MIB)
    assert program.looks(100 * MIB, 106 * MIB, 106 * MIB)[-1], "the highest counts, not the last one"


def test_little_is_no_peak(program: Program) -> None:
    assert not any(program.looks(MIB // 2, MIB // 2, MIB // 2, MIB // 2))
    program.takes(2 * MIB)
    assert not any(program.looks(*[3 * MIB] * 4))


def test_a_rise_is_waited_for_but_not_for_ever(program: Program) -> None:
    assert program.looks(10 * MIB, 20 * MIB, 30 * MIB) == [False, False, True]
    assert not program.unasked.is_rising
    program.takes(30 * MIB)
    assert program.looks(60 * MIB) == [False] and program.unasked.is_rising
    assert program.looks(61 * MIB) == [True], "the top"


def test_what_fell_is_no_peak_any_more(program: Program) -> None:
    program.takes(30 * MIB)
    assert program.looks(60 * MIB, 20 * MIB) == [False, False]
    assert not program.unasked.is_rising


@pytest.mark.parametrize(("stall", "work"), [(SECOND // 10, 0), (0, SECOND // 2)])
def test_what_costs_much_is_seldom_taken(program: Program, stall: int, work: int) -> None:
    program.takes(30 * MIB, stall, work)
    high = [60 * MIB] * 4
    program.now += 10 * SECOND - unasked.ADVANCE - 1
    assert not any(program.looks(*high))
    program.now += 1
    assert any(program.looks(*high))
    program.takes(60 * MIB, stall, work)
    program.now += 10 * SECOND - 1
    assert not any(program.looks(*[90 * MIB] * 4)), "what came in advance is made up for"


def test_one_that_failed_is_not_tried_again_at_once(program: Program) -> None:
    program.takes(30 * MIB, kind=wire.FAILURE)
    assert not any(program.looks(*[60 * MIB] * 4))
    program.now += unasked.PATIENCE
    assert any(program.looks(*[60 * MIB] * 4))


def test_another_way_of_tracing_begins_anew(program: Program) -> None:
    program.takes(100 * MIB, stall=SECOND)
    program.since = 2
    assert program.looks(2 * MIB, 2 * MIB) == [False, True]


def test_none_is_due_that_nobody_wants_or_has(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(Program(monkeypatch, most=0).looks(*[60 * MIB] * 4))
    again = Program(monkeypatch)
    again.is_tracing = False
    assert not any(again.looks(*[60 * MIB] * 4))
