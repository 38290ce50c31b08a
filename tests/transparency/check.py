"""Checking the modules of one suite: all once, several at a time, then those that differ again and alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.transparency.comparison import Comparison, compare
from tests.transparency.explained import reason_for
from tests.transparency.left_out import left_out
from tests.transparency.runs import Run, Task, run_all
from tests.transparency.suite import Suite

ROUNDS = 3
"""A difference counts when it is there in so many."""


@dataclass(frozen=True, slots=True)
class Check:
    """How the modules are run."""

    suite: Suite
    observer: tuple[str, ...]
    """What is put before the interpreter."""
    alloc: str
    jobs: int
    limit: float
    """Seconds for one run of one module."""

    def compare_all(self, modules: Sequence[str]) -> Iterator[Comparison]:
        """Each module as soon as both its runs have ended; those that may differ come last."""
        suspects = []
        for comparison in self._first_round(modules):
            if comparison.is_same:
                yield comparison
            else:
                suspects.append(comparison)
        for comparison in suspects:
            yield self._repeated(comparison)

    def _first_round(self, modules: Sequence[str]) -> Iterator[Comparison]:
        tasks = [task for module in modules for task in self._pair(module)]
        halves: dict[str, dict[bool, Run]] = {module: {} for module in modules}
        for task, run in run_all(tasks, self.jobs, self.limit):
            runs = halves[task.module]
            runs[task.is_observed] = run
            if len(runs) == 2:
                yield self._compare(task.module, [(runs[False], runs[True])])

    def _repeated(self, comparison: Comparison) -> Comparison:
        while len(comparison.rounds) < ROUNDS and comparison.of_kind("differs"):
            runs = [run for _, run in run_all(self._pair(comparison.module), jobs=1, limit=self.limit)]
            comparison = self._compare(comparison.module, [*comparison.rounds, (runs[0], runs[1])])
        return comparison

    def _pair(self, module: str) -> tuple[Task, Task]:
        python = self.suite.python
        without = left_out(module, self.suite.feature_version)
        return (
            Task(module, (python,), left_out=without),
            Task(module, (*self.observer, python), is_observed=True, left_out=without),
        )

    def _compare(self, module: str, rounds: Sequence[tuple[Run, Run]]) -> Comparison:
        version = self.suite.feature_version
        return compare(module, rounds, lambda test: reason_for(module, test, version, self.alloc))
