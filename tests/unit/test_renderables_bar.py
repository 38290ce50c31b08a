"""A bar is exactly as wide as it was told, and says when its value is past the limit."""

from __future__ import annotations

import pytest

from gctui.ui.renderables.bar import bar


@pytest.mark.parametrize(
    ("value", "limit", "drawn"),
    [
        (0, 8, "    "),
        (4, 8, "██  "),
        (5, 8, "██▌ "),
        (8, 8, "████"),
        (9, 8, "███>"),
        (10**9, 8, "███>"),
        (5, 0, "    "),
        (-1, 8, "    "),
    ],
)
def test_bars(value: float, limit: float, drawn: str) -> None:
    assert bar(value, limit, 4) == drawn


@pytest.mark.parametrize("width", [-1, 0, 1, 2, 17])
def test_the_width_always_holds(width: int) -> None:
    for value in range(30):
        assert len(bar(value, 20, width)) == max(width, 0)
