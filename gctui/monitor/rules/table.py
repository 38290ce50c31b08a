"""All rules, in the order of their names."""

from __future__ import annotations

from gctui.monitor.rules import NAMES, memory, pauses, state
from gctui.monitor.rules.rule import Rule

BY_NAME = {rule.name: rule for rule in (*pauses.RULES, *memory.RULES, *state.RULES)}
RULES: tuple[Rule, ...] = tuple(BY_NAME[name] for name in NAMES)
