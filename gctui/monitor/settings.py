"""The settings of a collector, who changed them and when, and what they would be if gctui had not."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Literal

from gctui.agent import wire

#: Changes that are remembered. A program that switches its collector all the time pushes the older ones out.
MOST_CHANGES = 500

FLAGS = {"STATS": 1, "COLLECTABLE": 2, "UNCOLLECTABLE": 4, "SAVEALL": 32}
"""The debug flags of the gc module, without `DEBUG_`. LEAK is the last three."""
LEAK = 38
MOST_THRESHOLD = (1 << 31) - 1

Setting = Literal["enabled", "thresholds", "debug_flags", "frozen"]
Author = Literal["gctui", "program"]


@dataclass(frozen=True, slots=True)
class CollectorSettings:
    """What can be set of a collector, as it was at one moment."""

    enabled: bool
    """It runs by itself."""
    thresholds: tuple[int, int, int]
    debug_flags: int
    frozen: int
    """Objects in the permanent generation. The agent counts them now and then; they also get fewer by dying."""


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """Something that was set."""

    made_ns: int
    """When, `monotonic_ns`; of a change that the program made, when it was seen."""
    before: CollectorSettings
    after: CollectorSettings
    by: Author

    def __str__(self) -> str:
        return f"{'; '.join(differences(self.before, self.after))} ({self.by})"


@dataclass(frozen=True, slots=True)
class StartSettings:
    """What the program's collector is started with. It may set them again itself: then its own are in force."""

    disable: bool = False
    thresholds: tuple[int, ...] = ()
    """The first, the first two, or all three; empty: as they are."""
    freeze_after_ms: int = 0
    """When to collect and freeze, milliseconds after the agent began; 0: not at all."""

    def numbers(self) -> dict[str, int]:
        """As the agent reads them. What is not wanted is left out, and then nothing is done about it."""
        found = dict(zip(wire.THRESHOLDS, self.thresholds, strict=False))
        if self.disable:
            found["gc_disable"] = 1
        if self.freeze_after_ms:
            found["freeze_after_ms"] = self.freeze_after_ms
        return found


UNCHANGED = StartSettings()


def changed(before: CollectorSettings, after: CollectorSettings) -> tuple[Setting, ...]:
    """What was set in between. Fewer frozen objects have died; none at all were unfrozen."""
    names: list[Setting] = []
    if before.enabled != after.enabled:
        names.append("enabled")
    if before.thresholds != after.thresholds:
        names.append("thresholds")
    if before.debug_flags != after.debug_flags:
        names.append("debug_flags")
    if after.frozen > before.frozen or (before.frozen and not after.frozen):
        names.append("frozen")
    return tuple(names)


def differences(before: CollectorSettings, after: CollectorSettings) -> tuple[str, ...]:
    """The same in words: 'thresholds 2000, 10, 10 → 50000, 20, 20'."""
    words = {
        "enabled": ("automatic collection", on_off(before.enabled), on_off(after.enabled)),
        "thresholds": ("thresholds", numbers(before.thresholds), numbers(after.thresholds)),
        "debug_flags": ("debug flags", flags(before.debug_flags), flags(after.debug_flags)),
        "frozen": ("frozen objects", f"{before.frozen:,}", f"{after.frozen:,}"),
    }
    return tuple("{} {} → {}".format(*words[name]) for name in changed(before, after))


def unchanged(settings: CollectorSettings, order: int) -> str:
    """In words, that one of `wire.STEERING` found nothing to change: 'thresholds were 2000, 10, 10 already'."""
    return {
        wire.SET_ENABLED: f"automatic collection was {on_off(settings.enabled)} already",
        wire.SET_THRESHOLDS: f"thresholds were {numbers(settings.thresholds)} already",
        wire.SET_DEBUG: f"debug flags were {flags(settings.debug_flags)} already",
    }.get(order, f"{settings.frozen:,} objects are frozen, as before")


def on_off(enabled: bool) -> str:
    return "on" if enabled else "off"


def numbers(thresholds: tuple[int, int, int]) -> str:
    """'2000, 10, 10'."""
    return ", ".join(map(str, thresholds))


def flags(number: int) -> str:
    """'STATS, SAVEALL'; bits without a name as a number; 'none'."""
    names = [name for name, bit in FLAGS.items() if number & bit]
    rest = number & ~sum(FLAGS.values())
    return ", ".join(names + [str(rest)] * bool(rest)) or "none"


class SettingsHistory:
    """The settings of one interpreter over time, from its gauges and from what gctui's commands were answered with."""

    def __init__(self) -> None:
        self.at_start: CollectorSettings | None = None
        """Before gctui set anything. None until the agent said it."""
        self.now: CollectorSettings | None = None
        self.without_gctui: CollectorSettings | None = None
        """Those at the start with what the program itself has changed since."""
        self.changes: tuple[SettingsChange, ...] = ()
        """Oldest first."""
        self._changes: deque[SettingsChange] = deque(maxlen=MOST_CHANGES)

    def fold(self, settings: CollectorSettings, at_ns: int, by: Author) -> None:
        """What the settings are now, and who it was that set them, should they differ from those before."""
        before, self.now = self.now, settings
        if before is None or self.without_gctui is None:
            self.at_start = self.without_gctui = settings
            return
        names = changed(before, settings)
        if not names:
            return
        if by == "program":
            taken = {name: getattr(settings, name) for name in names}
            self.without_gctui = replace(self.without_gctui, **taken)
        at_ns = max(at_ns, self._changes[-1].made_ns if self._changes else 0)
        self._changes.append(SettingsChange(at_ns, before, settings, by))
        self.changes = tuple(self._changes)

    def to_restore(self) -> tuple[Setting, ...]:
        """What gctui has changed and can put back; nothing before the agent has said its settings."""
        return to_restore(self.now, self.without_gctui) if self.now and self.without_gctui else ()


def to_restore(now: CollectorSettings, without_gctui: CollectorSettings) -> tuple[Setting, ...]:
    """What gctui has changed and can put back. Of objects that it froze, all are unfrozen; of those that it unfroze,
    none can be frozen again as they were."""
    names = changed(without_gctui, now)
    return tuple(name for name in names if name != "frozen" or now.frozen > without_gctui.frozen)
