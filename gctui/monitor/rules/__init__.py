"""All rules, those first that are to be read first where several become true together."""

from __future__ import annotations

from gctui.monitor.rules import memory, pauses, state
from gctui.monitor.rules.rule import Rule

RULES: tuple[Rule, ...] = (*pauses.RULES, *memory.RULES, *state.RULES)
BY_NAME = {rule.name: rule for rule in RULES}
