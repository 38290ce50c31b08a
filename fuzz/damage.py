"""Damage that is still JSON: libFuzzer's own changes of bytes nearly always leave something that is none."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from fuzz.lies import BETWEEN, PAYLOADS

#: How often a payload is damaged as JSON and not as bytes.
SHARE = 0.8

LIES: tuple[Any, ...] = (
    -1, 0, 1, 1 << 31, 1 << 53, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, 1 << 64, 10**400, -(1 << 64), 1.5, 1e308,
    float("nan"), float("inf"), None, True, False, "", "collect", "\x1b]0;x\x07", "\x9b2J\u202e\n", "\ud800", "\0",
    "x" * 2000, [], [0] * 3, [[0] * 3] * 3, [[[[[[[[]]]]]]]], {}, {"error": {}},
)  # fmt: skip


def damaged(data: bytes, most: int, seed: int, bytewise: Callable[[bytes, int], bytes]) -> bytes:
    """Another input made from `data`, no longer than `most` bytes."""
    chance = random.Random(seed)
    if not data or data[0] % 3 != PAYLOADS or chance.random() > SHARE:
        return bytewise(data, most)
    payloads = data[1:].split(BETWEEN)
    at = chance.randrange(len(payloads))
    try:
        value = json.loads(payloads[at][1:])
    except (ValueError, RecursionError):
        return bytewise(data, most)
    payloads[at] = payloads[at][:1] + json.dumps(_with_a_lie(value, chance)).encode()
    if chance.random() < 0.2:
        payloads.insert(chance.randrange(len(payloads) + 1), chance.choice(payloads))
    return (data[:1] + BETWEEN.join(payloads))[:most]


def _with_a_lie(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict) and value:
        name = chance.choice(list(value))
        changed = {**value, name: _with_a_lie(value[name], chance)}
        if chance.random() < 0.05:
            del changed[name]
        return changed
    if isinstance(value, list) and value and chance.random() < 0.7:
        at = chance.randrange(len(value))
        return [*value[:at], _with_a_lie(value[at], chance), *value[at + 1 :]]
    return chance.choice(LIES)
