"""The processes of the family, as the process pane lists them, and orders that go to several of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gctui.monitor.model import Answer, Running

RelativeState = Literal["running", "stopped", "zombie", "ended"]


@dataclass(frozen=True, slots=True)
class Subinterpreter:
    """An interpreter of a process beside the main one, with what it did alone; as in `Relative`."""

    id: int
    running: Running | None
    paused_share: float
    longest_ns: int
    collections: int
    rate: float


@dataclass(frozen=True, slots=True)
class Relative:
    """One program in one process that descends from the launched command, or is it. Times are `monotonic_ns`."""

    key: int
    """Stays with it; no two have the same, while a pid can come again. 0: gctui has no key for it, it is no Python."""
    pid: int
    ppid: int
    depth: int
    """Generations from the launched process, which is 0, as far as they are known."""
    argv: tuple[str, ...]
    python: str
    """Version; empty: it is not Python, or has not said so."""
    collector: str
    started_ns: int
    state: RelativeState
    ending: str
    """How it ended, in words; empty while it lives."""
    interpreters: int
    running: Running | None
    """A collection that has started and not stopped, in any of its interpreters."""
    paused_share: float
    """Share of the last 10 s in the collector, 0 to 1, of its main interpreter."""
    paused_ns: int
    """In all its collections."""
    longest_ns: int
    """Its longest pause."""
    collections: int
    rate: float
    """Collections per second over the last 10 s."""
    rss: int | None
    pss: int | None
    """Proportional set, bytes: of a page that four processes share, each has a quarter. None: not known (yet)."""
    uss: int | None
    cpu_percent: float | None
    speaks: bool
    """Its agent takes commands."""
    enabled: bool | None
    frozen: int | None
    thresholds: tuple[int, int, int] | None
    is_shown: bool
    """The other panes are about it."""
    subinterpreters: tuple[Subinterpreter, ...] = ()
    """While it lives. What they did is in the sums above."""


@dataclass(frozen=True, slots=True)
class Relatives:
    """All of them, those that live first in the order of a tree: parents before their children."""

    rows: tuple[Relative, ...] = ()
    folded: int = 0
    """Ended ones that are in the totals and no longer in `rows`."""
    processes: int = 0
    """Python processes seen in all."""
    living: int = 0
    """Python processes that run or are stopped."""
    paused_ns: int = 0
    """In all collections of all processes ever, as are the next two."""
    longest_ns: int = 0
    collections: int = 0
    rss: int | None = None
    """Of the living, and of what lives between them and is no Python, added up; shared pages count in each."""
    pss: int | None = None
    """Likewise, of those of which it is known: what they take together."""
    cpu_percent: float | None = None


OrderKind = Literal["collect", "enable", "disable", "thresholds", "freeze", "unfreeze"]


@dataclass(frozen=True, slots=True)
class Order:
    """What every one of several processes is told to do."""

    kind: OrderKind
    generation: int = 2
    """Of `collect`."""
    thresholds: tuple[int, int, int] = (0, 0, 0)
    collect_first: bool = True
    """Of `freeze`."""


ReplyState = Literal["waiting", "asked", "done", "failed", "late"]


@dataclass(frozen=True, slots=True)
class Reply:
    """How one process stands to an order."""

    key: int
    pid: int
    state: ReplyState
    """waiting: its turn has not come; late: it has not answered within the time limit, and the next was asked."""
    answer: Answer | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """An order on its way through several processes, one after the other, so that they do not all stop at once."""

    number: int
    order: Order
    replies: tuple[Reply, ...]

    @property
    def is_over(self) -> bool:
        return all(reply.state in ("done", "failed", "late") for reply in self.replies)
