"""How sure an estimate from samples is: an interval that holds the truth 95 times in 100."""

from __future__ import annotations

from math import inf, sqrt

Z = 1.959964
"""Quantile of the normal distribution at 97.5 %."""


def interval(estimate: float, variance: float) -> tuple[float, float]:
    """(low, high) around a weighted sum of rare events, such as sampled blocks.

    The gamma interval of Fay and Feuer (1997) for weighted sums of Poisson counts, which is exact where all weights are
    the same: from 1 sample it reaches from 1/40 to 5.6 times the estimate, as it should. `estimate` and `variance` are
    the sum's and its own; their ratio is the weight of an event on average, and taken for that of one more: it is too
    sure where weights differ by orders of magnitude and the heavy ones are too rare to be among the samples.
    """
    weight = variance / estimate if estimate > 0 else 0.0
    events = estimate / weight if weight > 0 else inf
    if not 0 < events < inf:  # nothing to doubt, or figures that no agent means
        return estimate, estimate
    low, high = weight / 2 * _chi_square(-Z, 2 * events), weight / 2 * _chi_square(Z, 2 * events + 2)
    return min(low, estimate), max(high, estimate)


def _chi_square(z: float, freedom: float) -> float:
    """Quantile of the chi-square distribution: the cube root is nearly normal (Wilson and Hilferty, 1931)."""
    part = 2 / (9 * freedom)
    return float(freedom * max(0.0, 1 - part + z * sqrt(part)) ** 3)
