"""The pause for so many objects, between and beyond what was seen."""

from __future__ import annotations

from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor.pause_curve import PauseCurve

points = st.lists(st.tuples(st.floats(0, 1e12), st.floats(0, 1e15)), max_size=6)
objects = st.floats(1, 1e12)


def test_it_goes_through_what_was_seen_and_on_in_proportion() -> None:
    curve = PauseCurve([(1_000_000, 100_000_000), (1000, 10_000)])

    assert curve.at(1000) == pytest.approx(10_000)
    assert curve.at(1_000_000) == pytest.approx(100_000_000)
    assert curve.at(31_622.7766) == pytest.approx(1_000_000)  # the middle, on logarithmic axes
    assert curve.at(10) == pytest.approx(100)
    assert curve.at(10_000_000) == pytest.approx(1_000_000_000)
    assert curve.ratio(1000, 1_000_000) == pytest.approx(10_000)


def test_it_does_not_fall_where_a_smaller_heap_took_longer() -> None:
    curve = PauseCurve([(1000, 50_000), (2000, 40_000)])

    assert curve.at(2000) == pytest.approx(50_000)


def test_with_nothing_to_go_by_it_says_nothing() -> None:
    assert PauseCurve([]).at(1000) == 0
    assert PauseCurve([(0, 10), (10, 0)]).at(1000) == 0
    assert PauseCurve([(10, 10)]).at(0) == 0
    assert PauseCurve([]).ratio(10, 1000) == 1


@given(points, objects, st.floats(1, 1e6))
def test_more_objects_never_take_less(seen: list[tuple[float, float]], few: float, times: float) -> None:
    curve = PauseCurve(seen)

    assert 0 <= curve.at(few) <= curve.at(few * times) * (1 + 1e-9)
    assert isfinite(curve.at(few * times))
