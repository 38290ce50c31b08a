"""Orders to several processes in words: what is asked first, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence

from gctui.monitor import units
from gctui.monitor.relatives import Order, Relative, Reply, Round
from gctui.monitor.settings import changed, differences, numbers, unchanged
from gctui.monitor.terminal_text import printable

ONE_AFTER_THE_OTHER = ("collect", "freeze")
"""Kinds of orders that the monitor sends so."""


def title(order: Order) -> str:
    return {
        "collect": f"Collect generation {order.generation}",
        "enable": "Automatic collection on",
        "disable": "Automatic collection off",
        "thresholds": f"Thresholds {numbers(order.thresholds)}",
        "freeze": "Collect, then freeze the heap" if order.collect_first else "Freeze the heap",
        "unfreeze": "Unfreeze the heap",
    }[order.kind]


def processes(number: int) -> str:
    """'1 process', '4 processes'."""
    return f"{number} process{'es' * (number != 1)}"


def to_whom(chosen: Sequence[Relative] | None) -> str:
    """For the title of a dialog; empty where it is about the process shown."""
    return "" if chosen is None else processes(len(chosen))


def question(order: Order, chosen: Sequence[Relative], left_out: int) -> str:
    """Names how many, whether one after the other, and what it costs."""
    text = f"{title(order)} in {processes(len(chosen))}"
    if len(chosen) == 1:
        text += f", pid {chosen[0].pid}"
    elif order.kind in ONE_AFTER_THE_OTHER:
        text += ", one after the other"
    cost = cost_of_collecting(chosen) if order.kind == "collect" else ""
    others = f"{left_out} more take{'s' * (left_out == 1)} no orders." if left_out else ""
    return " ".join(filter(None, (f"{text}?", cost, others)))


def cost_of_collecting(chosen: Sequence[Relative]) -> str:
    longest = max((one.longest_ns for one in chosen), default=0)
    return f"The longest pause among them so far is {units.duration(longest)}." if longest else ""


def frozen_now(chosen: Sequence[Relative]) -> str:
    """Before freezing."""
    frozen = sum(one.frozen or 0 for one in chosen)
    one_by_one = ", one after the other" if len(chosen) > 1 else ""
    return f"{processes(len(chosen))}{one_by_one}; {frozen:,} objects are frozen there now."


def outcome(reply: Reply) -> str:
    """What one process answered; program text is made harmless."""
    if reply.error:
        return printable(reply.error)
    if reply.state == "late":
        return "no answer yet; it is not waited for"
    answer = reply.answer
    if answer is None:
        return ""
    if answer.kind == "collect":
        if answer.rss_before is None or answer.rss_after is None:
            return ""
        return f"RSS {units.size(answer.rss_before)} → {units.size(answer.rss_after)}"
    if answer.before is None or answer.after is None:
        return "done, but not told how"
    return "; ".join(differences(answer.before, answer.after)) or unchanged(answer.after, answer.order)


def tally(shown: Round) -> str:
    """'3 of 4 done, 1 waiting'."""
    states = [reply.state for reply in shown.replies]
    parts = [f"{states.count('done')} of {len(states)} done"]
    parts += [f"{states.count(state)} {state}" for state in ("asked", "waiting", "failed", "late") if state in states]
    return ", ".join(parts)


def total(shown: Round) -> str:
    """What the answers so far come to together."""
    answers = [reply.answer for reply in shown.replies if reply.state == "done" and reply.answer is not None]
    if not answers:
        return "no answer" if shown.is_over else "no answer yet"
    parts = []
    if any(answer.kind == "collect" or answer.pause_ns for answer in answers):
        parts.append(f"{sum(answer.freed for answer in answers):,} objects freed")
        pauses = [answer.pause_ns for answer in answers]
        parts.append(f"paused {units.duration(sum(pauses))} together, {units.duration(max(pauses))} at most")
    if shown.order.kind in ("freeze", "unfreeze"):
        pairs = [(answer.before.frozen, answer.after.frozen) for answer in answers if answer.before and answer.after]
        parts.append(f"frozen objects {sum(one for one, _ in pairs):,} → {sum(one for _, one in pairs):,}")
    if not parts:
        new = sum(bool(one.before and one.after and changed(one.before, one.after)) for one in answers)
        parts.append(f"{new} changed, {len(answers) - new} as before")
    return ", ".join(parts)
