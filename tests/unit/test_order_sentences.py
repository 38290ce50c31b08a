"""What the answers of several processes come to, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gctui.agent import wire
from gctui.monitor.model import Answer
from gctui.monitor.relatives import Order, Reply, Round
from gctui.ui.order_sentences import total
from tests.fakes import SETTINGS

OFF = replace(SETTINGS, enabled=False)
DISABLED = Answer(9, "steer", "", order=wire.SET_ENABLED, before=SETTINGS, after=OFF)
OFF_BEFORE = replace(DISABLED, before=OFF)
COLLECTED = Answer(9, "collect", "", generation=2, freed=1_200, pause_ns=5_000_000)


@pytest.mark.parametrize(
    ("order", "replies", "said"),
    [
        (Order("disable"), [Reply(1, 10, "asked"), Reply(2, 11, "waiting")], "no answer yet"),
        (Order("disable"), [Reply(1, 10, "late"), Reply(2, 11, "failed", error="gone")], "no answer"),
        (
            Order("disable"),
            [Reply(1, 10, "done", DISABLED), Reply(2, 11, "done", OFF_BEFORE), Reply(3, 12, "asked")],
            "1 changed, 1 as before",
        ),
        (
            Order("collect", 2),
            [Reply(1, 10, "done", COLLECTED), Reply(2, 11, "done", COLLECTED)],
            "2,400 objects freed, paused 10.0 ms together, 5.00 ms at most",
        ),
    ],
)
def test_the_total_of_an_order(order: Order, replies: list[Reply], said: str) -> None:
    assert total(Round(1, order, tuple(replies))) == said
