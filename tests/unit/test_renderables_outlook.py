"""What the collector costs and would cost, in words."""

from __future__ import annotations

from dataclasses import replace

from gctui.monitor.what_if import Outlook
from gctui.ui.renderables import outlook
from tests.fakes import SECOND, FakeLog, make_collection, make_of_collector, make_snapshot

NOW = Outlook(
    collections=(1234.0, 49.0, 0.5),
    pauses_ns=(400_000_000, 400_000_000, 400_000_000),
    total_ns=1_200_000_000,
    share=0.02,
    longest_ns=120_000_000,
    growth=None,
    span_s=60.0,
    caveat="",
)
THEN = replace(NOW, collections=(49.0, 4.0, 0.0), total_ns=400_000_000, longest_ns=12_000_000)


def test_a_change_has_both_figures() -> None:
    assert outlook.change(NOW, THEN) == ("Paused 1.20 s → about 400 ms per minute, longest 120 ms → about 12.0 ms.")
    assert [outlook.rates(NOW, THEN, number) for number in range(3)] == ["1.23k → 49", "49 → 4.0", "0.5 → 0.0"]
    assert outlook.rates(None, None, 0) == ""


def test_where_nothing_is_known_it_says_why_or_nothing() -> None:
    incremental = make_of_collector("incremental")
    assert "incremental" in outlook.after_freezing(incremental)
    assert outlook.when_off(incremental) == ""


def test_switched_off_is_pauses_less_and_garbage_more() -> None:
    base = make_snapshot()
    began = base.taken_ns - 50 * SECOND
    garbage = [
        make_collection(n, 2 if n % 20 == 19 else 0, started_ns=began + n * SECOND // 10, collected=100)
        for n in range(400)
    ]
    none = [replace(one, collected=0) for one in garbage]

    assert "of pauses less per minute, and about" in outlook.when_off(replace(base, log=FakeLog(garbage)))
    assert "no garbage more, as far as was seen" in outlook.when_off(replace(base, log=FakeLog(none)))
    assert "per minute, longest" in outlook.after_freezing(replace(base, log=FakeLog(garbage)))
