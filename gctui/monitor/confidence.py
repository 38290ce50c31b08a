"""How sure an estimate from samples is: an interval that holds the truth 95 times in 100."""

from __future__ import annotations

from math import sqrt

Z = 1.959964
"""Quantile of the normal distribution at 97.5 %."""


def interval(estimate: float, variance: float) -> tuple[float, float]:
    """(low, high) around a weighted sum of rare events, such as sampled blocks.

    The gamma interval of Fay and Feuer (1997) for weighted sums of Poisson counts, which is exact where all weights are
    the same: from 1 sample it reaches from 1/40 to 5.6 times the estimate, as it should. `estimate` and `variance` are
    the sum's and its own; the weight of one event more is their ratio.
    """
    if variance <= 0 or estimate <= 0:
        return estimate, estimate
    one_more = variance / estimate
    low = variance / (2 * estimate) * _chi_square(-Z, 2 * estimate**2 / variance)
    upper, spread = estimate + one_more, variance + one_more**2
    high = spread / (2 * upper) * _chi_square(Z, 2 * upper**2 / spread)
    return min(low, estimate), max(high, estimate)


def _chi_square(z: float, freedom: float) -> float:
    """Quantile of the chi-square distribution: the cube root is nearly normal (Wilson and Hilferty, 1931)."""
    part = 2 / (9 * freedom)
    return float(freedom * max(0.0, 1 - part + z * sqrt(part)) ** 3)
