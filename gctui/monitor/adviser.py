"""Asks the rules once a second, and keeps what they say from flickering."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from gctui.monitor.advice import Advice, AdviceTotal
from gctui.monitor.model import Snapshot
from gctui.monitor.rules.recent import Recent
from gctui.monitor.rules.rule import Found, Rule
from gctui.monitor.rules.table import RULES


@dataclass(slots=True)
class _State:
    """What is known of one rule."""

    found: Found | None = None
    """As it was when it was last true."""
    true_since: int | None = None
    """It has been true without a break since then."""
    true_until: int = 0
    """When it was last seen true."""
    said_since: int | None = None
    held: int = 0


class Adviser:
    """Folds snapshots of one program, tick by tick."""

    def __init__(self, silenced: Collection[str] = (), rules: tuple[Rule, ...] = RULES) -> None:
        """`silenced`: names of rules that are listed but not said, as it is at each fold."""
        self._silenced = silenced
        self._rules = rules
        self._recent = Recent()
        self._states = {rule.name: _State() for rule in rules}
        self._asked_ns = 0

    def fold(self, snapshot: Snapshot) -> tuple[Advice, ...]:
        """What is true now, longest first, and then what is silenced besides. After the program's end: what was true
        then."""
        if snapshot.program.state != "ended" and self._recent.fold(snapshot) and not self._recent.is_quiet:
            passed = min(snapshot.taken_ns - self._asked_ns, 2_000_000_000) if self._asked_ns else 0
            self._asked_ns = snapshot.taken_ns
            for rule in self._rules:
                self._ask(rule, self._states[rule.name], snapshot.taken_ns, passed)
        advice = [self._advice(rule) for rule in self._rules]
        shown = [one for one in advice if one.since_ns is not None or one.silenced]
        return tuple(sorted(shown, key=lambda one: (one.since_ns is None, one.since_ns or 0)))

    def _ask(self, rule: Rule, state: _State, now_ns: int, passed_ns: int) -> None:
        found = rule.find(self._recent, state.true_since is not None or state.said_since is not None)
        if found is not None:
            state.found, state.true_until = found, now_ns
            if state.true_since is None:
                state.true_since = now_ns
            if state.said_since is None and now_ns - state.true_since >= rule.after_s * 1e9:
                state.said_since = now_ns
        else:
            state.true_since = None
            if state.said_since is not None and now_ns - state.true_until >= rule.lasts_s * 1e9:
                state.said_since = None
        if state.said_since is not None:
            state.held += passed_ns

    def _advice(self, rule: Rule) -> Advice:
        state = self._states[rule.name]
        is_said = state.said_since is not None and state.found is not None
        text, remedy = state.found if is_said and state.found is not None else ("", "")
        silenced = rule.name in self._silenced
        return Advice(rule.name, rule.title, text, remedy, rule.source, state.said_since, silenced)

    def totals(self) -> tuple[AdviceTotal, ...]:
        """What was said at any time, in the order of the rules; silenced rules are left out."""
        found = []
        for rule in self._rules:
            state = self._states[rule.name]
            if (
                (state.held or state.said_since is not None)
                and state.found is not None
                and rule.name not in self._silenced
            ):
                text, remedy = state.found
                latest = Advice(rule.name, rule.title, text, remedy, rule.source, state.said_since)
                found.append(AdviceTotal(latest, state.held, at_end=state.said_since is not None))
        return tuple(found)
