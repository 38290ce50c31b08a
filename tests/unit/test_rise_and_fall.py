"""What a count sees of allocations that die together: all of them when it is small, nothing when it is large."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor.rise_and_fall import ALL, RiseAndFall

sizes = st.floats(1, 2**31)
shares = st.floats(1e-6, 1)


@given(sizes, shares)
def test_what_was_seen_is_what_it_says(size: float, counted: float) -> None:
    seen = RiseAndFall(size, counted).counted(size)

    assert seen == pytest.approx(counted if counted < ALL else 1.0, rel=1e-6)


@given(sizes, shares, sizes, st.floats(1, 1e6))
def test_a_larger_count_never_sees_more(size: float, counted: float, one: float, times: float) -> None:
    falls = RiseAndFall(size, counted)

    assert 0 <= falls.counted(one * times) <= falls.counted(one) * (1 + 1e-9) <= 1 + 1e-9


def test_the_share_follows_from_falls_at_random() -> None:
    """Half as far apart as the count is large, on average: it is reached with a probability of exp(-2)."""
    falls = RiseAndFall(1000, 2 / (2.718281828459045**2 - 1))

    assert falls.counted(500) == pytest.approx(1 / (2.718281828459045 - 1))
    assert falls.counted(1_000_000) == 0
    assert falls.counted(0) == 1
