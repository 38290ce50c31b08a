"""A trigger in words: its figures, and the text that is copied."""

from __future__ import annotations

from collections.abc import Sequence

from gctui.monitor import units
from gctui.monitor.source_text import SourceText
from gctui.monitor.terminal_text import printable
from gctui.monitor.trigger_rows import TriggerRow


def figures(row: TriggerRow, labels: Sequence[str]) -> str:
    """All of them, with the generations called by their `labels`."""
    one = row.trigger
    each = ", ".join(f"{label}: {number:,}" for label, number in zip(labels, one.collections, strict=True) if number)
    parts = [
        f"{_many(row.collections, 'collection')} (gen {each})",
        f"{units.duration(one.total_ns)} in all, {units.percent(row.share)} of all paused time",
        f"longest {units.duration(one.longest_ns)}",
        f"average {units.duration(row.average_ns)}",
        f"{_many(one.collected, 'object')} collected",
    ]
    return " · ".join(parts)


def asked(row: TriggerRow) -> str:
    """Of which of its collections it is known that the program wanted them; empty where of none."""
    number = row.trigger.by_program
    return f"The program asked for {_many(number, 'full collection')} here itself, with gc.collect()." if number else ""


def copied_text(row: TriggerRow, labels: Sequence[str], text: SourceText | None, note: str) -> str:
    """Place, source line as far as it is known, figures and notes."""
    site = row.trigger.site
    lines = [printable(str(site))]
    if text is not None and text.lines:
        lines.append(f"    {printable(text.lines[site.line - text.first].strip())}")
    lines += [figures(row, labels), asked(row), note]
    return "\n".join(filter(None, lines)) + "\n"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
