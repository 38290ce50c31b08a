"""Filter the processes of the family: what the user types, and which of them it lets through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gctui.monitor.filter_words import filter_words
from gctui.monitor.log_filter import FilterError
from gctui.monitor.relatives import Relative

STATES = ("running", "collecting", "stopped", "zombie", "ended")


@dataclass(frozen=True, slots=True)
class ProcessFilter:
    """Which processes to show: those that meet every condition."""

    states: frozenset[str] = frozenset(STATES)
    python: str = ""
    """The version begins with it."""
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    """Words that must be in the command, the pid or the ending, and such that must not be; case ignored."""

    def fits(self, one: Relative) -> bool:
        if state_of(one) not in self.states or not one.python.startswith(self.python):
            return False
        if self.python and not one.python:
            return False
        text = " ".join((str(one.pid), *one.argv, one.ending)).casefold() if self.wanted or self.unwanted else ""
        return all(word in text for word in self.wanted) and not any(word in text for word in self.unwanted)


def state_of(one: Relative) -> str:
    """One of `STATES`."""
    return "collecting" if one.state == "running" and one.running is not None else one.state


def parse_process_filter(text: str) -> ProcessFilter:
    """Read `state:ended py:3.12 worker !celery`; raises FilterError. A process that collects runs too."""
    states, python, words = set(STATES), "", []
    for word in text.casefold().split():
        if word.startswith("state:"):
            states &= _states(word.removeprefix("state:"))
        elif word.startswith("py:"):
            python = word.removeprefix("py:")
        else:
            words.append(word)
    wanted, unwanted = filter_words(" ".join(words))
    return ProcessFilter(frozenset(states), python, tuple(wanted), tuple(unwanted))


def matching(relatives: Iterable[Relative], text: str) -> list[Relative]:
    """Those that the filter lets through."""
    wanted = parse_process_filter(text)
    return [one for one in relatives if wanted.fits(one)]


def _states(text: str) -> set[str]:
    parts = {part for part in text.split(",") if part}
    if not parts or not parts <= set(STATES):
        raise FilterError(f"state: takes {', '.join(STATES[:-1])} or {STATES[-1]}, as in state:ended")
    return parts | {"collecting"} if "running" in parts else parts
