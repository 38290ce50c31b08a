"""What a probe found out about the program's garbage. Sizes are shallow, in bytes."""

from __future__ import annotations

from dataclasses import dataclass

from gctui.monitor.model import Frame


@dataclass(frozen=True, slots=True)
class LoopStep:
    """One reference of a loop."""

    holder: str
    """What has it: 'module.type', or a frame, module or class by its name."""
    edge: str
    """How it is called: '.children', '[3]', 'variable f'; empty where that could not be said."""

    @property
    def what(self) -> str:
        """The holder without the module that each program has."""
        return self.holder.removeprefix("builtins.")

    @property
    def short(self) -> str:
        """'Node.children', 'list[3]', 'load().failure'."""
        name, place, _ = self.holder.partition("() at ")
        kind, space, path = name.rpartition(" ")
        name = name + "()" if place else kind + space + path.rpartition(".")[2]
        edge = self.edge
        if edge.startswith("variable "):
            edge = "." + edge[len("variable ") :]
        elif edge[:1] not in (".", "[", ""):
            edge = f" ({edge})"
        return name + edge


@dataclass(frozen=True, slots=True)
class GarbageType:
    """All garbage of exactly one type."""

    module: str
    name: str
    count: int
    size: int
    """Without what the objects refer to."""
    sampled: int
    """How many of them tracemalloc was asked about."""
    traced: int
    """Of how many of those it knew the allocation."""
    here: int
    """How many of those were allocated at `frames`, more than anywhere else."""
    frames: tuple[Frame, ...]
    """Most recent call first; empty when no allocation is known."""
    through: str
    """The type of the part whose allocation that is, where the object's own is not known (CPython 3.11); else empty."""
    tries: int
    """Through how many of them a loop was looked for; 0: the time was up."""
    loop: tuple[LoopStep, ...]
    """A loop through one of them: the first reference is its, and the last leads back to it. Empty where none was
    found: it only hangs on a loop, or is in one that is too long."""

    @property
    def full_name(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True)
class Stuck:
    """Objects of one type that are in the program's `gc.garbage` now."""

    module: str
    name: str
    count: int
    is_new: bool
    """The probe's second collection put them there, as any collection would have."""

    @property
    def full_name(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True)
class Cycles:
    """The garbage that there was at one moment, and what became of it."""

    command: int
    taken_ns: int
    stalls_ns: tuple[int, int]
    """How long the two collections stopped the program: the one that found the garbage, and the one that freed it."""
    work_ns: int
    """How long the probe took in all."""
    types: tuple[GarbageType, ...]
    """Largest first."""
    others: tuple[int, int, int]
    """(types, objects, bytes) that were too many to be named."""
    left: int
    """Objects that were not freed, though nothing uncollectable held them."""
    uncollectable: int
    """Objects that the collector cannot free, and those they refer to."""
    stuck: tuple[Stuck, ...]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.types) + self.others[1]

    @property
    def size(self) -> int:
        return sum(one.size for one in self.types) + self.others[2]

    @property
    def freed(self) -> int:
        return max(0, self.count - self.left - self.uncollectable)


def why_stuck(one: Stuck) -> str:
    """Why an object is in `gc.garbage`, as far as that can be told from outside."""
    if one.is_new:
        return "its type, in C, has a finalizer from before Python 3.4 (tp_del), for which there is no right order"
    return "was there before: an earlier collection put it there, or the program did"


def loop_text(loop: tuple[LoopStep, ...]) -> str:
    """'Node.children → list[3] → Node.parent → Node'."""
    if not loop:
        return ""
    start = LoopStep(loop[0].holder, "").short
    return " → ".join([*(step.short for step in loop), start])
