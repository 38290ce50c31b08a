"""Leak, or garbage that was not collected yet? Two censuses with a full collection between them tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gctui.monitor import units
from gctui.monitor.model import Answer
from gctui.monitor.objects import Census, TypeRow, type_rows
from gctui.monitor.terminal_text import printable

#: Of what has grown, or else of all there was: the share that went away from which it was garbage, and up to which it
#: is kept.
MOSTLY, HARDLY = 0.5, 0.1
#: What is no more than this part of the heap is nothing.
TRIFLE = 0.001


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a forced collection shows of the memory."""

    kind: Literal["not yet collected", "kept", "both", "nothing grew"]
    text: str
    """With its figures, a sentence or two."""


def verdict(
    since: Census | None, before: Census, after: Census, collected: Answer, traced: tuple[int, int] = (0, 0)
) -> Verdict:
    """`since`: the census that growth is measured from; `traced`: bytes that tracemalloc had before and after."""
    growth = None if since is None else before.size - since.size
    freed = before.size - after.size
    trifle = before.size * TRIFLE
    if growth is not None and growth <= trifle and freed <= trifle:
        kind: Literal["not yet collected", "kept", "both", "nothing grew"] = "nothing grew"
        there = f"{_objects(after.count)}, {units.size(after.size)}"
        return Verdict(kind, f"Nothing grew: {there}, next to no more than at the mark or last census.")
    share = freed / max(growth if growth is not None and growth > 0 else before.size, 1)
    kind = "not yet collected" if share >= MOSTLY else "kept" if share <= HARDLY else "both"
    away, stay = _away(before, after), _stay(since, after)
    opening = {"not yet collected": "Not yet collected", "kept": "Kept", "both": "Both"}[kind]
    sentences = [f"{opening}: {away if kind != 'kept' else stay}"]
    if kind == "both":
        sentences.append(f"Kept: {stay}")
    elif kind == "kept":
        gone = max(before.count - after.count, 0)
        sentences.append(f"The collection freed {_objects(gone)}, {units.size(max(freed, 0))}.")
    if any(traced):
        sentences.append(f"Traced memory {units.size(traced[0])} → {units.size(traced[1])}.")
    if collected.rss_before is not None and collected.rss_after is not None:
        sentences.append(f"RSS {units.size(collected.rss_before)} → {units.size(collected.rss_after)}.")
    if collected.uncollectable:
        sentences.append(f"{_objects(collected.uncollectable)} uncollectable.")
    return Verdict(kind, " ".join(sentences))


def _away(before: Census, after: Census) -> str:
    rows = type_rows(after, before)
    most = min(rows, key=lambda row: row.size_growth or 0, default=None)
    total = f"{_objects(max(before.count - after.count, 0))} and {units.size(max(before.size - after.size, 0))}"
    if most is None or not most.size_growth or most.size_growth > 0 or most.count_growth is None:
        return f"{total} went away with the collection."
    there = most.type.count - most.count_growth
    mostly = f"{-most.count_growth:,} of {there:,} {printable(most.type.name)} objects"
    return f"{total} went away with the collection, most of it {mostly}."


def _stay(since: Census | None, after: Census) -> str:
    if since is None:
        return f"{_objects(after.count)}, {units.size(after.size)}, are still referenced."
    grown = [row for row in type_rows(after, since) if (row.size_growth or 0) > 0]
    grown.sort(key=lambda row: row.size_growth or 0, reverse=True)
    most = ", ".join(_growth(row) for row in grown[:3])
    total = after.size - since.size
    if total > 0:
        stay = f"+{units.size(total)} since the mark or last census are still referenced"
    else:
        there = f"{_objects(after.count)}, {units.size(after.size)}, are still referenced"
        less = f"{units.size(-total)} less than" if total else "as much as"
        stay = f"{there}, {less} at the mark or last census" + (", but more of some types" if most else "")
    return f"{stay}: {most}." if most else f"{stay}."


def _growth(row: TypeRow) -> str:
    count, size = row.count_growth or 0, row.size_growth or 0
    return f"{count:+,} {printable(row.type.name)} (+{units.size(size)})"


def _objects(number: int) -> str:
    return f"{number:,} object{'s' * (number != 1)}"
