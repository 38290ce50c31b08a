"""What a benchmark yields: figures, each with its unit, its limit and the samples it came from."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured quantity."""

    name: str
    value: float
    """The median of `samples` where there are several."""
    unit: str
    limit: float | None = None
    """More than this is a failure, in the same unit; None: for comparison only."""
    samples: tuple[float, ...] = ()

    @property
    def is_met(self) -> bool:
        return self.limit is None or self.value <= self.limit


def median(name: str, samples: Iterable[float], unit: str, limit: float | None = None) -> Figure:
    """The figure that several samples give."""
    taken = tuple(samples)
    return Figure(name, statistics.median(taken), unit, limit, taken)


def table(figures: Iterable[Figure]) -> str:
    """One line per figure: name, value, spread, limit and whether it is met."""
    lines = []
    for figure in figures:
        spread = f"{min(figure.samples):.4g} to {max(figure.samples):.4g}" if figure.samples else ""
        limit = "" if figure.limit is None else f"<= {figure.limit:g}  {'met' if figure.is_met else 'NOT MET'}"
        lines.append(f"{figure.name:66} {figure.value:>10.4g} {figure.unit:6} {spread:20} {limit}".rstrip())
    return "\n".join(lines)


def document(figures: Iterable[Figure]) -> dict[str, Any]:
    """The same for a JSON file, with the machine it came from."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "figures": [asdict(figure) | {"is_met": figure.is_met} for figure in figures],
    }
