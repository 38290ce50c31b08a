"""What is left of a run when it is over: the figures that the text summary and the JSON summary are made from."""

from __future__ import annotations

from dataclasses import dataclass

from gctui.monitor.advice import AdviceTotal
from gctui.monitor.model import ProcessTotals, Snapshot
from gctui.monitor.settings import CollectorSettings, SettingsChange
from gctui.monitor.top_allocations import TopAllocations, is_higher, top_allocations


@dataclass(frozen=True, slots=True)
class SettingsSummary:
    """The settings of the observed collector from start to end."""

    at_start: CollectorSettings
    """Before gctui set anything."""
    at_end: CollectorSettings
    """As the agent said them last."""
    changes: tuple[tuple[float, SettingsChange], ...]
    """Each with the seconds since the program began, oldest first."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One run of a program under gctui."""

    exit_code: int | None
    signal: int | None
    """Number of the signal that ended it; both are None when it was still running when gctui left."""
    wall_s: float
    paused_share: float
    """Share of wall time that the observed interpreter spent in the collector, 0 to 1."""
    processes: tuple[ProcessTotals, ...]
    remarks: tuple[str, ...]
    """Sentences on what was not seen or was lost."""
    settings: SettingsSummary | None
    """Of the observed process; None when no agent said any."""
    observed: int = 0
    """Its pid; 0: there was none."""
    advice: tuple[AdviceTotal, ...] = ()
    """What the rules said of the observed program at any time."""
    allocations: TopAllocations | None = None
    """Of the observed program, in the last snapshot: at its end, where it ended by itself and could say them in time.
    None where there was none."""
    peak: TopAllocations | None = None
    """Those of the snapshot with most in it, where that was more."""


def summarise(
    snapshot: Snapshot, processes: tuple[ProcessTotals, ...], advice: tuple[AdviceTotal, ...] = ()
) -> Summary:
    """The summary as of one snapshot, which should be the last one."""
    program, losses = snapshot.program, snapshot.losses
    remarks = [snapshot.agent.reason] if snapshot.agent.reason else []
    if losses.collections:
        remarks.append(
            f"{losses.collections} collections came too fast to be recorded; they are in the counts, not in the pauses."
        )
    ended = program.ended_ns if program.ended_ns is not None else snapshot.taken_ns
    last, peak = snapshot.allocations, snapshot.peak
    return Summary(
        exit_code=program.exit_code,
        signal=program.signal,
        wall_s=(ended - program.started_ns) / 1e9,
        paused_share=snapshot.paused_share_total,
        processes=processes,
        remarks=(*remarks, *snapshot.notices),
        settings=_settings(snapshot),
        observed=snapshot.agent.pid,
        advice=advice,
        allocations=None if last is None else top_allocations(last, program.started_ns),
        peak=top_allocations(peak, program.started_ns) if last and peak and is_higher(peak, last) else None,
    )


def _settings(snapshot: Snapshot) -> SettingsSummary | None:
    if snapshot.settings is None or snapshot.settings_at_start is None:
        return None
    began = snapshot.program.started_ns
    changes = tuple((max(0, one.made_ns - began) / 1e9, one) for one in snapshot.changes)
    return SettingsSummary(snapshot.settings_at_start, snapshot.settings, changes)
