"""The interval of an estimate: as wide as few samples make it, as narrow as many allow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor.confidence import interval

#: samples, and the exact 95 % interval of a Poisson mean after that many events: half the chi-square quantiles at 2.5 %
#: of 2n degrees of freedom, and at 97.5 % of 2n + 2 (Garwood, 1936).
EXACT = [
    (1, 0.0253178, 5.571643),
    (2, 0.2422093, 7.224688),
    (3, 0.6186721, 8.767273),
    (5, 1.623486, 11.66833),
    (10, 4.795389, 18.39036),
    (20, 12.21652, 30.88838),
    (50, 37.11068, 65.91877),
    (100, 81.36396, 121.6272),
]

amounts = st.floats(1e-3, 1e15)
ratios = st.floats(1e-3, 1e9)


@pytest.mark.parametrize(("events", "low", "high"), EXACT)
@pytest.mark.parametrize("weight", [1.0, 524288.0])
def test_equal_weights_give_the_exact_interval_of_poisson(events: int, low: float, high: float, weight: float) -> None:
    found = interval(events * weight, events * weight**2)

    # The approximation is at its worst in the lower end of a single event, which is next to nothing.
    assert found[0] / weight == pytest.approx(low, rel=0.01, abs=0.02)
    assert found[1] / weight == pytest.approx(high, rel=0.005)


@given(amounts, st.floats(0, 1e30))
def test_the_estimate_lies_within(estimate: float, variance: float) -> None:
    low, high = interval(estimate, variance)

    assert 0 <= low <= estimate <= high


@given(amounts, ratios, st.floats(1.01, 100))
def test_more_variance_makes_it_no_narrower(estimate: float, weight: float, more: float) -> None:
    low, high = interval(estimate, estimate * weight)
    lower, higher = interval(estimate, estimate * weight * more)

    assert lower <= low * (1 + 1e-9)
    assert higher >= high * (1 - 1e-9)


@given(amounts, ratios, st.floats(1.01, 100))
def test_more_of_the_same_moves_both_ends_up_and_is_relatively_surer(
    estimate: float, weight: float, times: float
) -> None:
    low, high = interval(estimate, estimate * weight)
    lower, higher = interval(estimate * times, estimate * times * weight)

    assert lower >= low * (1 - 1e-9)
    assert higher >= high * (1 - 1e-9)
    assert higher / (estimate * times) <= high / estimate * (1 + 1e-9)


@given(amounts, ratios, st.floats(1e-6, 1e6))
def test_it_does_not_depend_on_the_unit(estimate: float, weight: float, unit: float) -> None:
    variance = estimate * weight

    assert interval(estimate * unit, variance * unit**2) == pytest.approx(
        [unit * end for end in interval(estimate, variance)], rel=1e-6, abs=1e-9 * estimate * unit
    )


@pytest.mark.parametrize("estimate", [0.0, 1.0, 1e18])
def test_without_variance_there_is_nothing_to_doubt(estimate: float) -> None:
    assert interval(estimate, 0.0) == (estimate, estimate)


def test_of_nothing_nothing_is_said() -> None:
    assert interval(0.0, 5.0) == (0.0, 0.0)


@given(st.floats(0, 2.0**64), st.floats(0, allow_nan=False, allow_infinity=False))
def test_a_lie_about_the_variance_does_no_harm(estimate: float, variance: float) -> None:
    low, high = interval(estimate, variance)

    assert 0 <= low <= estimate <= high
