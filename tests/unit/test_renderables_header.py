"""The header: the most important figures stay, words never change, alarms do without colour."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gctui.monitor.model import Losses, ProcessFigures, Program
from gctui.ui.renderables.header import alert, lines
from tests.fakes import NOW, SECOND, make_snapshot


def words(width: int, is_frozen: bool = False, **changes: object) -> str:
    return "\n".join(str(line) for line in lines(make_snapshot(**changes), width, is_frozen))


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 160, 300])
@pytest.mark.parametrize("is_frozen", [False, True])
def test_two_lines_that_fit(width: int, is_frozen: bool) -> None:
    long = Program(("python", "x" * 500), 1, "ended", NOW - SECOND, NOW, 127, None)
    for changes in ({}, {"program": long}, {"processes": 12}):
        drawn = lines(make_snapshot(**changes), width, is_frozen)
        assert len(drawn) == 2
        assert all(line.cell_length <= width for line in drawn)


def test_wider_headers_say_the_same_and_more() -> None:
    narrow = set(words(80).split("  "))
    wide = words(200)
    assert all(part.strip() in wide for part in narrow)
    for part in ("USS 96.0 MiB", "threads 3", "open files 17", "since start 4.00 %"):
        assert part in wide


def test_much_time_paused_is_an_alarm_with_a_sign() -> None:
    assert "paused 12.0 % of time !" in words(80)
    assert "!" not in words(80, paused_share=0.049)


def test_frozen_is_said_in_the_narrowest_window() -> None:
    assert "FROZEN display" in words(40, is_frozen=True)


def test_a_disabled_collector_is_said_aloud() -> None:
    gauges = make_snapshot().gauges
    assert gauges is not None
    assert "collector OFF" in words(80, gauges=replace(gauges, enabled=False))


def test_what_the_system_does_not_say_is_left_out() -> None:
    unknown = ProcessFigures(None, None, None, None, None)
    drawn = words(300, figures=unknown, gauges=None)
    assert not any(name in drawn for name in ("RSS", "CPU", "USS", "threads", "open files", "collector on"))


def test_uptime_stops_at_the_end() -> None:
    ended = Program(("python",), 1, "ended", NOW - 50 * SECOND, NOW - 20 * SECOND, 0, None)
    assert "up 0m30s" in words(160, program=ended)


def test_no_alert_when_all_is_well_and_each_loss_is_counted() -> None:
    assert not alert(make_snapshot())
    text = str(alert(make_snapshot(losses=Losses(collections=1, frames=2))))
    assert text == "lost: 1 collection (still in the totals), 2 reports of the agent"


def test_where_there_are_several_interpreters_a_small_window_names_the_one_that_it_shows() -> None:
    shown = replace(make_snapshot().agent, interpreter=4)

    assert "interpreter 4 (2 of 3)" in words(80, agent=shown, interpreters=(0, 4, 9))
    assert "interpreter" not in words(200)
