"""What a rule is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from gctui.monitor.rules.recent import Recent


class Found(NamedTuple):
    """A rule is true."""

    text: str
    """One sentence with its figures."""
    remedy: str
    """What to do, with the key that does it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that is worth saying as long as it is true."""

    name: str
    """By which it is silenced: lower-case words with hyphens."""
    title: str
    source: str
    """What the rule and its limits rest on."""
    find: Callable[[Recent, bool], Found | None]
    """Whether it is true of what was seen lately; pure. Told whether it was true before, so that its limits can be
    easier then and nothing flickers."""
    after_s: float = 2.0
    """It is said once it has been true for so long."""
    lasts_s: float = 5.0
    """It is taken back once it has been false for so long."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure is too much from `on`, and then until it is below `off`."""

    on: float
    off: float

    def is_passed(self, figure: float, before: bool) -> bool:
        return figure >= (self.off if before else self.on)
