"""What differs between the bare and the observed runs of a module, and which of it counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.transparency.runs import Run

Kind = Literal["differs", "unsteady", "explained", "flaky"]
"""The worst first. Only what differs counts, but what is unsteady is to be looked into."""
ABSENT = "absent"
"""The outcome of a test that a run has not got."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A test that came out otherwise under the observer at least once."""

    test: str
    bare: tuple[str, ...]
    """The outcome in each round."""
    observed: tuple[str, ...]
    reason: str = ""
    """Why it is known to differ; empty when it is not."""
    message: str = ""
    """The traceback of the last observed run in which it failed."""

    @property
    def kind(self) -> Kind:
        """Flaky: the bare runs do not agree either. Unsteady: they do, and some observed run came out otherwise."""
        if self.reason:
            return "explained"
        if not set(self.bare) & set(self.observed):
            return "differs"
        return "unsteady" if len(set(self.bare)) == 1 else "flaky"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A module and all its rounds: pairs of a bare run and an observed one."""

    module: str
    rounds: tuple[tuple[Run, Run], ...]
    differences: tuple[Difference, ...]

    @property
    def is_observed(self) -> bool:
        """Whether the observer saw a collection in each round; one that sees nothing changes nothing."""
        return all(observed.collections for _, observed in self.rounds)

    @property
    def is_same(self) -> bool:
        """Whether nothing differs each time that is not explained, and the observer was there."""
        return self.is_observed and not self.of_kind("differs")

    def of_kind(self, kind: Kind) -> list[Difference]:
        """The differences that are of this kind."""
        return [difference for difference in self.differences if difference.kind == kind]


def compare(module: str, rounds: Sequence[tuple[Run, Run]], explain: Callable[[str], str]) -> Comparison:
    """Compare test by test over all rounds. `explain`: the reason why a test is known to differ, or nothing."""
    found = []
    for name in sorted({name for pair in rounds for run in pair for name in run.outcomes}):
        bare = tuple(run.outcomes.get(name, ABSENT) for run, _ in rounds)
        observed = tuple(run.outcomes.get(name, ABSENT) for _, run in rounds)
        if bare != observed:
            messages = [run.messages[name] for _, run in rounds if name in run.messages]
            found.append(Difference(name, bare, observed, explain(name), messages[-1] if messages else ""))
    return Comparison(module, tuple(rounds), tuple(found))
