"""What the rules say of a program, as the snapshot and the summary hold it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    """A rule that is true now, or that the user has silenced."""

    name: str
    """The rule's, by which it is silenced."""
    title: str
    text: str
    """One sentence with the figures; empty while it is not true. May quote the program: file names, functions."""
    remedy: str
    """What to do, with the key."""
    source: str
    """Where the rule comes from."""
    since_ns: int | None
    """Since when it has been true, `monotonic_ns`; None: it is not, and is listed because it is silenced."""
    silenced: bool = False

    @property
    def is_said(self) -> bool:
        """It is true, and nobody has silenced it."""
        return self.since_ns is not None and not self.silenced


@dataclass(frozen=True, slots=True)
class AdviceTotal:
    """What a rule came to over the whole run."""

    latest: Advice
    """As it was when it was last true."""
    held_ns: int
    """For how long it was true, nanoseconds."""
    at_end: bool
    """It was true when the program ended, or gctui left."""
