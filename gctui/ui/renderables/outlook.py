"""What the collector costs and would cost, in words. The figures are those of `monitor/what_if.py`."""

from __future__ import annotations

from gctui.monitor import units, what_if
from gctui.monitor.model import Snapshot
from gctui.monitor.what_if import Outlook
from gctui.monitor.what_if_basis import gather, why_not


def change(now: Outlook, then: Outlook) -> str:
    """'Paused 1.20 s → about 0.40 s per minute, longest 120 ms → about 12.0 ms.'"""
    return (
        f"Paused {units.duration(now.total_ns)} → about {units.duration(then.total_ns)} per minute, "
        f"longest {units.duration(now.longest_ns)} → about {units.duration(then.longest_ns)}."
    )


def after_freezing(snapshot: Snapshot) -> str:
    """What freezing the heap now would change, with the reason to doubt it or why it cannot be told."""
    basis = gather(snapshot)
    if basis is None:
        return why_not(snapshot)
    then = what_if.frozen(basis)
    return f"{change(what_if.present(basis), then)} {then.caveat}".strip()


def when_off(snapshot: Snapshot) -> str:
    """What it would mean that nothing is collected any more; empty where nothing is known."""
    basis = gather(snapshot)
    if basis is None:
        return ""
    now, off = what_if.present(basis), what_if.switched_off(basis)
    if off.growth is None:
        return off.caveat
    saved = f"about {units.duration(now.total_ns)} of pauses less per minute"
    garbage = f"about {units.size(off.growth)} of garbage more" if off.growth else "no garbage more, as far as was seen"
    return f"{saved}, and {garbage}"


def rates(now: Outlook | None, then: Outlook | None, generation: int) -> str:
    """Collections per minute: '1,234 → 49'."""
    parts = [one.collections[generation] for one in (now, then) if one is not None]
    return " → ".join(_rate(part) for part in parts)


def _rate(per_minute: float) -> str:
    return units.count(per_minute) if per_minute >= 9.95 else f"{per_minute:.1f}"
