"""What came of it: lines for a terminal, and the whole of it for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, get_args

from tests.transparency.comparison import Comparison, Difference, Kind
from tests.transparency.runs import AS_ITS_TESTS
from tests.transparency.suite import Suite

SHOWN = 20
"""Differences of one kind and module in the table; when a module crashes, all its tests differ."""
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Report:
    """All of one interpreter."""

    suite: Suite
    alloc: str
    comparisons: tuple[Comparison, ...]
    absent: tuple[str, ...]
    """Modules that this version has not got."""

    @property
    def is_same(self) -> bool:
        return all(comparison.is_same for comparison in self.comparisons)

    def total(self) -> str:
        """One line: what was run, and how much of it differs."""
        counts = Counter(difference.kind for one in self.comparisons for difference in one.differences)
        parts = [
            f"{len(self.comparisons)} modules ({len(self.absent)} of the list are not in this version)",
            f"{sum(one.rounds[0][0].tests for one in self.comparisons)} tests",
            *(f"{counts[kind]} {'differ' if kind == 'differs' else kind}" for kind in KINDS),
        ]
        unobserved = sum(not one.is_observed for one in self.comparisons)
        if unobserved:
            parts.append(f"{unobserved} modules in which gctui saw no collection")
        return f"{self.suite.version}: " + ", ".join(parts)

    def document(self) -> dict[str, Any]:
        """For JSON: outcomes of the first bare run, all differences, and the output of what is not the same."""
        return {
            "python": self.suite.version,
            "path": self.suite.python,
            "alloc": self.alloc,
            "absent": list(self.absent),
            "modules": [_document(one) for one in self.comparisons],
        }


def heading() -> str:
    return f"{'module':36} {'tests':>6} {'bare':>8} {'observed':>8}"


def lines(comparison: Comparison) -> Iterator[str]:
    """One module of the table, and below it what differs, the worst first."""
    bare, observed = comparison.rounds[0]
    words = [f"{len(found)} {kind}" for kind in KINDS if (found := comparison.of_kind(kind))]
    if bare.status == observed.status != AS_ITS_TESTS:
        words.append(f"{bare.status} both ways")
    if not comparison.is_observed:
        words.append("gctui saw no collection")
    times = f"{bare.seconds:6.1f} s {observed.seconds:6.1f} s"
    yield f"{comparison.module:36} {bare.tests:6} {times}  {', '.join(words) or 'same'}"
    for kind in KINDS:
        found = comparison.of_kind(kind)
        for difference in found[:SHOWN]:
            yield from _lines_of(difference)
        if len(found) > SHOWN:
            yield f"    and {len(found) - SHOWN} more"


def _lines_of(difference: Difference) -> Iterator[str]:
    bare, observed = ("/".join(dict.fromkeys(runs)) for runs in (difference.bare, difference.observed))
    yield f"    {difference.kind}: {difference.test}: {bare} bare, {observed} observed"
    told = difference.reason or difference.message.strip().rpartition("\n")[2]
    if told:
        yield f"        {told}"


def _document(comparison: Comparison) -> dict[str, Any]:
    rounds = []
    for bare, observed in comparison.rounds:
        told: dict[str, Any] = {"bare_s": bare.seconds, "observed_s": observed.seconds}
        told["collections"] = observed.collections
        if not comparison.is_same:
            told |= {"bare_output": bare.output, "observed_output": observed.output}
        rounds.append(told)
    return {
        "module": comparison.module,
        "is_same": comparison.is_same,
        "rounds": rounds,
        "differences": [asdict(difference) | {"kind": difference.kind} for difference in comparison.differences],
        "outcomes": dict(comparison.rounds[0][0].outcomes),
    }
