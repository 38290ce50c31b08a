"""The program's objects, as a census and what follows from it has them. Sizes are shallow, in bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gctui.agent import wire
from gctui.monitor.cycles import Cycles
from gctui.monitor.filter_words import filter_words
from gctui.monitor.model import Frame


@dataclass(frozen=True, slots=True)
class TypeCount:
    """All live objects of exactly one type that the collector tracks."""

    id: int
    """By which the agent finds the type again, if it is still there."""
    module: str
    name: str
    count: int
    size: int
    """Without what the objects refer to."""

    @property
    def full_name(self) -> str:
        return f"{self.module}.{self.name}"

    @property
    def checksum(self) -> int:
        return wire.checksum(self.full_name)


@dataclass(frozen=True, slots=True)
class Census:
    """Live objects by type at one moment."""

    command: int
    taken_ns: int
    stall_ns: int
    """How long it stopped the program, in one piece."""
    work_ns: int
    """How long it took in all."""
    types: tuple[TypeCount, ...]
    """Largest first."""
    others: tuple[int, int, int]
    """(types, objects, bytes) that were too many to be named."""

    @property
    def count(self) -> int:
        return sum(one.count for one in self.types) + self.others[1]

    @property
    def size(self) -> int:
        return sum(one.size for one in self.types) + self.others[2]


@dataclass(frozen=True, slots=True)
class Instance:
    """One object, as it was."""

    id: int
    size: int
    generation: int
    newest: bool
    """Among the newest of its type, not only among the largest."""
    frames: tuple[Frame, ...]
    """Where it was allocated, most recent call first; empty when tracemalloc has not seen that."""
    through: str
    """The type of the part whose allocation that is, where its own is not known (CPython 3.11); else empty."""


@dataclass(frozen=True, slots=True)
class Instances:
    """The largest and the newest objects of one type."""

    command: int
    type_id: int
    gone: bool
    """There is no such type any more."""
    count: int
    size: int
    stall_ns: int
    instances: tuple[Instance, ...]


@dataclass(frozen=True, slots=True)
class Referrers:
    """The shortest way from an object to what keeps it alive."""

    command: int
    object_id: int
    gone: bool
    direct: int
    """Objects that refer to it themselves."""
    end: str
    """'module', 'frame', 'limit' (too far or too slow to follow) or 'none' (nothing the collector tracks)."""
    steps: tuple[tuple[str, str], ...]
    """(edge, holder), from the object outwards."""
    stall_ns: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What the program's own `__repr__` says of an object."""

    command: int
    object_id: int
    gone: bool
    text: str
    cut: bool
    error: str


@dataclass(frozen=True, slots=True)
class NotDone:
    """Why a command about objects was not answered."""

    command: int
    error: str


ObjectsRead = Census | Instances | Referrers | Shown | Cycles | NotDone


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One row of the types: what there is, and how much more than before."""

    type: TypeCount
    count_growth: int | None
    """None without a census before."""
    size_growth: int | None


def type_rows(census: Census, before: Census | None) -> tuple[TypeRow, ...]:
    """Largest first. Types of which nothing is left have a row too, so that the growths add up."""
    if before is None:
        return tuple(TypeRow(one, None, None) for one in census.types)
    earlier: Mapping[tuple[int, str], TypeCount] = {(one.id, one.full_name): one for one in before.types}
    present = {(one.id, one.full_name) for one in census.types}
    rows = []
    for one in census.types:
        was = earlier.get((one.id, one.full_name))
        count, size = (was.count, was.size) if was is not None else (0, 0)
        rows.append(TypeRow(one, one.count - count, one.size - size))
    for key, was in earlier.items():
        if key not in present:
            rows.append(TypeRow(TypeCount(was.id, was.module, was.name, 0, 0), -was.count, -was.size))
    return tuple(rows)


def matching_types(rows: Iterable[TypeRow], text: str) -> tuple[TypeRow, ...]:
    """The rows whose names contain every word of `text` and no `!word`, case ignored."""
    wanted, unwanted = filter_words(text)

    def matches(row: TypeRow) -> bool:
        name = row.type.full_name.casefold()
        return all(word in name for word in wanted) and not any(word in name for word in unwanted)

    return tuple(row for row in rows if matches(row))
