"""The columns in which the triggers of pauses are shown."""

from __future__ import annotations

from gctui.monitor import units
from gctui.monitor.collectors import words
from gctui.monitor.trigger_rows import TriggerRow
from gctui.ui.renderables.columns import Column
from gctui.ui.renderables.log_columns import pause_tone
from gctui.ui.renderables.shortened import trigger


def columns(collector: str) -> tuple[Column[TriggerRow], ...]:
    """Those of all triggers, with the generations called as that collector has them."""
    return (*_BEFORE, *(_of_generation(number, collector) for number in range(3)), *_AFTER)


def _of_generation(number: int, collector: str) -> Column[TriggerRow]:
    called = words(collector)
    label = called.short[number]
    return Column(
        f"generation{number}", f"gen {label}" if label.isdecimal() else label, f"collections of {called.names[number]}",
        lambda row, _: units.count(row.trigger.collections[number]), width=6, shown_from=130,
        value=lambda row: row.trigger.collections[number],
        tone=lambda row: "" if row.trigger.collections[number] else "muted",
    )  # fmt: skip


_BEFORE: tuple[Column[TriggerRow], ...] = (
    Column(
        "total", "total", "time in its collections, in µs, ms or s",
        lambda row, _: units.duration(row.trigger.total_ns), width=8, value=lambda row: row.trigger.total_ns,
    ),
    Column(
        "share", "share", "part of all paused time, in percent",
        lambda row, _: units.percent(row.share), width=6, shown_from=70, value=lambda row: row.share,
    ),
    Column(
        "longest", "longest", "its longest pause",
        lambda row, _: units.duration(row.trigger.longest_ns), width=8, value=lambda row: row.trigger.longest_ns,
        tone=lambda row: pause_tone(row.trigger.longest_ns),
    ),
    Column(
        "average", "average", "its average pause",
        lambda row, _: units.duration(row.average_ns), width=8, shown_from=90, value=lambda row: row.average_ns,
    ),
    Column(
        "collections", "collections", "how many it set off",
        lambda row, _: units.count(row.collections), width=11, shown_from=56, value=lambda row: row.collections,
    ),
)  # fmt: skip
_AFTER: tuple[Column[TriggerRow], ...] = (
    Column(
        "collected", "collected", "unreachable objects that they freed",
        lambda row, _: units.count(row.trigger.collected), width=9, shown_from=80,
        value=lambda row: row.trigger.collected, tone=lambda row: "" if row.trigger.collected else "muted",
    ),
    Column(
        "asked", "asked", "full collections that the program asked for itself, with gc.collect()",
        lambda row, _: units.count(row.trigger.by_program), width=6, shown_from=120,
        value=lambda row: row.trigger.by_program, tone=lambda row: "raised" if row.trigger.by_program else "muted",
    ),
    Column(
        "trigger", "trigger", "where the program was when the collector stopped it",
        lambda row, width: trigger(row.trigger.site, width), left=True, ascending=True,
        value=lambda row: str(row.trigger.site),
    ),
)  # fmt: skip
