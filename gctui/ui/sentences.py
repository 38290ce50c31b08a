"""What the screen says in words: states, and what came of a command. Program text is made harmless."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence

from gctui.monitor import units
from gctui.monitor.collectors import words
from gctui.monitor.model import Allocations, Answer, Losses, Program, Running, Snapshot
from gctui.monitor.settings import differences, unchanged
from gctui.monitor.terminal_text import printable
from gctui.monitor.tracing import Tracing

_RUNNING_SHOWN_NS = 100_000_000
"""Shorter collections are over before the eye has found them; showing them would only flicker."""


def command(argv: Sequence[str]) -> str:
    """A command as it was typed, on one line."""
    return printable(" ".join(argv))


def short_command(argv: Sequence[str]) -> str:
    """The same without the folders: 'python app.py' of '/usr/bin/python /srv/app.py'."""
    return printable(" ".join(word if " " in word else os.path.basename(word) or word for word in argv))


def signal_name(number: int) -> str:
    """'SIGKILL', or 'signal 99' for one without a name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def state(program: Program) -> str:
    """The program's state: 'running', 'ended with exit status 3', 'killed by SIGKILL'."""
    if program.state != "ended":
        return program.state
    if program.signal is not None:
        return f"killed by {signal_name(program.signal)}"
    return "ended" if program.exit_code is None else f"ended with exit status {program.exit_code}"


def running_for(snapshot: Snapshot) -> tuple[Running, int] | None:
    """The collection that is running for long enough to be shown, and its nanoseconds so far."""
    if snapshot.running is None:
        return None
    elapsed = snapshot.taken_ns - snapshot.running.started_ns
    return (snapshot.running, elapsed) if elapsed >= _RUNNING_SHOWN_NS else None


def running(snapshot: Snapshot) -> str:
    """'generation 2 running for 3.20 s'; empty when no collection is running."""
    found = running_for(snapshot)
    name = words(snapshot.agent.collector).names[found[0].generation] if found else ""
    return f"{name} running for {units.duration(found[1])}" if found else ""


def collected(answer: Answer, collector: str) -> str:
    """What a forced collection changed."""
    if answer.error:
        return f"Collection failed: {printable(answer.error)}"
    name = words(collector).names[answer.generation]
    text = f"{name[0].upper()}{name[1:]} collected in {units.duration(answer.pause_ns)}: "
    text += f"{answer.freed:,} object{'s' * (answer.freed != 1)} freed"
    if answer.uncollectable:
        text += f", {answer.uncollectable:,} uncollectable"
    if answer.rss_before is not None and answer.rss_after is not None:
        change = answer.rss_after - answer.rss_before
        sign = "+" if change > 0 else ""
        text += f", RSS {units.size(answer.rss_before)} → {units.size(answer.rss_after)}"
        text += f" ({sign}{units.size(change)})"
    return text


def tracing(answer: Answer) -> str:
    """What a change of allocation tracing came to, and what it goes on costing."""
    if answer.error:
        return f"Allocation tracing not changed: {printable(answer.error)}"
    if not answer.trace_frames:
        return "Allocation tracing is off: the program runs at full speed again"
    if answer.burst_ms:
        return (
            f"Every allocation is traced for {answer.burst_ms / 1000:g} s, {frames(answer.trace_frames)}; then "
            "all goes on as before, and what was found stays on the screen"
        )
    how = way_of_tracing(Tracing(answer.trace_frames, answer.sample_bytes))
    return f"{how[0].upper()}{how[1:]}"


def steered(answer: Answer) -> str:
    """What a change of the collector's settings came to."""
    if answer.error:
        return f"Settings not changed: {printable(answer.error)}"
    if answer.before is None or answer.after is None:
        return "Settings changed, but not told how"
    text = "; ".join(differences(answer.before, answer.after)) or unchanged(answer.after, answer.order)
    if answer.pause_ns:
        freed = f"{answer.freed:,} object{'s' * (answer.freed != 1)}"
        text = f"collected in {units.duration(answer.pause_ns)}, {freed} freed; {text}"
    return f"{text[0].upper()}{text[1:]}"


def after_burst(allocations: Allocations) -> str:
    """What is on the screen from then on."""
    found = f"{units.size(allocations.total_size)} in {units.count(allocations.total_count)} blocks"
    return f"Every allocation was traced, {found} are left; b shows the present again, or begins anew"


def way_of_tracing(tracing: Tracing) -> str:
    """What it is and what it costs."""
    if tracing.sample_bytes:
        return (
            f"sampled allocation tracing, one in {units.size(tracing.sample_bytes)}, {frames(tracing.frames)}: "
            "sizes and counts are estimates"
        )
    return f"exact allocation tracing, {frames(tracing.frames)}: allocation-heavy code runs 3 to 60 times slower"


def frames_question(then: Tracing) -> str:
    """What tracing with another number of frames loses and costs."""
    cost = (
        "Samples are few, so that more frames cost little."
        if then.sample_bytes
        else "Allocation-heavy code runs 3 to 16 times slower with 1 frame, and up to 65 times with 25."
    )
    return (
        f"Trace with {frames(then.frames)} per traceback? Tracing starts anew: what was allocated before is not seen "
        f"any more, and mark and peak are forgotten. {cost}"
    )


def frames(number: int) -> str:
    """'1 frame', '5 frames'."""
    return f"{number} frame{'s' * (number != 1)}"


def losses(lost: Losses) -> str:
    """What was lost, counted; empty when nothing was."""
    parts = []
    if lost.collections:
        parts.append(f"{lost.collections:,} collection{'s' * (lost.collections != 1)} (still in the totals)")
    if lost.frames:
        parts.append(f"{lost.frames:,} report{'s' * (lost.frames != 1)} of the agent")
    return "lost: " + ", ".join(parts) if parts else ""
