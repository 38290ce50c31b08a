"""The rows of the table of triggers: what set pauses off, and how much of all paused time that makes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gctui.monitor.filter_words import filter_words
from gctui.monitor.pauses import Trigger


@dataclass(frozen=True, slots=True)
class TriggerRow:
    """One trigger."""

    trigger: Trigger
    share: float
    """Of the paused time of all triggers, 0 to 1."""

    @property
    def collections(self) -> int:
        return sum(self.trigger.collections)

    @property
    def average_ns(self) -> int:
        return self.trigger.total_ns // max(1, self.collections)


def trigger_rows(triggers: Sequence[Trigger]) -> tuple[TriggerRow, ...]:
    """In the order of `triggers`."""
    total = max(1, sum(one.total_ns for one in triggers))
    return tuple(TriggerRow(one, one.total_ns / total) for one in triggers)


def matching_triggers(rows: Iterable[TriggerRow], text: str) -> tuple[TriggerRow, ...]:
    """The rows whose file or function contains every word of `text` and no `!word`, case ignored."""
    wanted, unwanted = filter_words(text)

    def matches(row: TriggerRow) -> bool:
        site = str(row.trigger.site).casefold()
        return all(word in site for word in wanted) and not any(word in site for word in unwanted)

    return tuple(row for row in rows if matches(row)) if wanted or unwanted else tuple(rows)
