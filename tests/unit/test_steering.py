"""Orders about the collector's settings, from the session to the snapshot and the summary."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import msgspec

from gctui.agent import wire
from gctui.export import summary_json, summary_text
from gctui.monitor.messages import (
    AnswerRead,
    ChannelClosed,
    GaugesRead,
    Message,
    RingFound,
    Said,
    SettingsRead,
)
from gctui.monitor.relatives import Order
from gctui.monitor.source import ProgramStatus
from gctui.monitor.summary import summarise
from gctui.monitor.watch import WatchSession
from tests.fakes import FOUND, HELLO, SECOND, FakeSource
from tests.unit.test_watch import GAUGES, make

BEFORE = SettingsRead(True, (700, 10, 10), 0, 0)


def but(**changes: Any) -> SettingsRead:
    return msgspec.structs.replace(BEFORE, **changes)


def answer(number: int, after: SettingsRead, ts: int = 5, before: SettingsRead = BEFORE, error: str = "") -> AnswerRead:
    return AnswerRead(number, "steer", error, order=wire.SET_ENABLED, ts=ts, before=before, after=after)


def gauges(ts: int, **changes: Any) -> GaugesRead:
    return msgspec.structs.replace(GAUGES, ts=ts, **changes)


class WholeCommands(FakeSource):
    """Keeps the second argument as well."""

    def __init__(self, *messages: Message) -> None:
        super().__init__(*messages)
        self.whole: list[tuple[int, int, int]] = []

    def command(self, kind: int, number: int, first: int, second: int = 0, channel: int = 0) -> bool:
        self.whole.append((kind, first, second))
        return True


def test_each_order_is_its_command() -> None:
    source = WholeCommands(FOUND, HELLO, GAUGES)
    session = WatchSession(source, source.clock)
    session.tick()

    session.set_enabled(False)
    session.set_thresholds((50000, 20, 30))
    session.freeze(collect_first=True)
    session.unfreeze()
    session.set_debug_flags(38)

    assert source.whole == [
        (wire.SET_ENABLED, 0, 0),
        (wire.SET_THRESHOLDS, 50000, 20 << 32 | 30),
        (wire.FREEZE, 1, 0),
        (wire.UNFREEZE, 0, 0),
        (wire.SET_DEBUG, 38, 0),
    ]


def test_an_answer_has_before_and_after_and_is_a_change_by_gctui() -> None:
    source, session = make(FOUND, HELLO, GAUGES)
    session.tick()
    number = session.set_enabled(False)
    source.messages = [answer(number, but(enabled=False))]

    snapshot = session.tick()

    (got,) = snapshot.answers
    assert got.before is not None and got.after is not None
    assert (got.command, got.before.enabled, got.after.enabled) == (number, True, False)
    assert [(str(one), one.made_ns) for one in snapshot.changes] == [("automatic collection on → off (gctui)", 5)]
    assert snapshot.settings == got.after and snapshot.settings_at_start == got.before


def test_what_the_program_sets_is_seen_in_the_gauges_and_just_before_an_order() -> None:
    source, session = make(FOUND, HELLO, gauges(1), gauges(9, thresholds=(1, 1, 1)))
    session.tick()
    number = session.set_enabled(False)
    theirs = but(thresholds=(1, 1, 1), debug=4)
    source.messages = [answer(number, msgspec.structs.replace(theirs, enabled=False), 12, theirs)]

    assert [str(one) for one in session.tick().changes] == [
        "thresholds 700, 10, 10 → 1, 1, 1 (program)",
        "debug flags none → UNCOLLECTABLE (program)",
        "automatic collection on → off (gctui)",
    ]


def test_what_was_set_at_the_start_is_no_start_of_the_programs() -> None:
    _, session = make(FOUND, HELLO, answer(0, but(enabled=False)), gauges(9, enabled=False))

    snapshot = session.tick()

    assert snapshot.settings_at_start is not None and snapshot.settings_at_start.enabled
    assert len(snapshot.changes) == 1


def test_restoring_takes_back_what_gctui_set_alone() -> None:
    source, session = make(FOUND, HELLO, gauges(1), gauges(2, debug=4))
    session.tick()
    changed = but(enabled=False, thresholds=(1, 2, 3), debug=4, frozen=99)
    source.messages = [answer(0, changed, before=but(debug=4))]
    session.tick()

    session.restore_settings()

    assert [kind for kind, _, _ in source.commands] == [wire.SET_ENABLED, wire.SET_THRESHOLDS, wire.UNFREEZE]
    assert [first for _, _, first in source.commands] == [1, 700, 0]


def test_restoring_takes_back_what_gctui_set_in_other_processes_too() -> None:
    child = RingFound(2, 200, 100, 0, "3.12.1", 9, ("worker",))
    hello = msgspec.structs.replace(HELLO, pid=200)
    source, session = make(FOUND, HELLO, gauges(1), child, Said(7, hello), Said(7, gauges(1)))
    session.tick()
    source.messages = [Said(7, answer(0, but(enabled=False, frozen=5)))]
    assert session.tick().set_elsewhere == 1

    assert len(session.restore_settings()) == 2
    assert [(kind, first) for kind, _, first in source.commands] == [(wire.SET_ENABLED, 1), (wire.UNFREEZE, 0)]

    source.messages = [Said(7, answer(0, but(), before=but(enabled=False, frozen=5)))]
    assert session.tick().set_elsewhere == 0 and session.restore_settings() == ()


def test_there_is_nothing_to_restore_before_anything_is_known() -> None:
    source, session = make(FOUND, HELLO)
    session.tick()

    assert session.restore_settings() == () and not source.commands


def test_an_order_nobody_takes_or_that_stays_open_is_answered() -> None:
    source, session = make(FOUND, HELLO, GAUGES)
    session.tick()
    session.unfreeze()
    source.messages = [ChannelClosed("")]
    assert ["ended before" in one.error for one in session.tick().answers] == [True]
    source.has_agent = False
    session.unfreeze()
    assert ["no agent" in one.error for one in session.tick().answers] == [True]


def test_a_subinterpreter_is_only_watched() -> None:
    source, session = make(FOUND, HELLO, GAUGES, replace(FOUND, ring=2, interpreter=3))
    session.tick()
    session.show_interpreter(1)
    session.set_enabled(False)

    (got,) = session.tick().answers

    assert "only watches" in got.error and not source.commands


def test_an_order_to_several_goes_to_main_interpreters_whichever_is_shown() -> None:
    source, session = make(FOUND, HELLO, GAUGES, replace(FOUND, ring=2, interpreter=3))
    session.tick()
    session.show_interpreter(1)
    session.order_each(Order("unfreeze"), [1])
    assert session.tick().round is not None
    assert [kind for kind, _, _ in source.commands] == [wire.UNFREEZE]


def test_an_error_is_an_answer_and_no_change() -> None:
    source, session = make(FOUND, HELLO, GAUGES)
    session.tick()
    source.messages = [answer(session.set_enabled(False), BEFORE, error="OverflowError: too large")]

    snapshot = session.tick()

    assert snapshot.answers[0].error and snapshot.changes == ()


def test_the_summary_names_what_was_set_and_what_is_left() -> None:
    frozen = but(frozen=1_500_000)
    source, session = make(FOUND, HELLO, answer(0, frozen, ts=3 * SECOND), gauges(4 * SECOND, frozen=1_499_000))
    source.ended = ProgramStatus(ended_ns=10 * SECOND, exit_code=0)
    summary = summarise(session.tick(), session.processes())

    text = summary_text.render(summary)
    assert "  gctui set after 3.00 s: frozen objects 0 → 1,500,000\n" in text
    assert "  at the end not as at the start: frozen objects 0 → 1,499,000\n" in text
    settings = json.loads(summary_json.render(summary))["settings"]
    start = {"enabled": True, "thresholds": [700, 10, 10], "debug_flags": 0, "frozen": 0}
    assert settings == {
        "at_start": start,
        "at_end": {**start, "frozen": 1_499_000},
        "changes": [{"time_s": 3.0, "by": "gctui", "before": start, "after": {**start, "frozen": 1_500_000}}],
    }


def test_a_summary_without_an_agent_has_no_settings() -> None:
    source, session = make()
    source.ended = ProgramStatus(ended_ns=10 * SECOND, exit_code=0)
    summary = summarise(session.tick(), session.processes())

    assert json.loads(summary_json.render(summary))["settings"] is None
    assert "gctui set" not in summary_text.render(summary)


def test_many_changes_are_counted_in_the_text() -> None:
    answers = [answer(0, but(debug=n + 1), n, but(debug=n)) for n in range(9)]
    source, session = make(FOUND, HELLO, *answers)
    source.ended = ProgramStatus(ended_ns=10 * SECOND, exit_code=0)
    text = summary_text.render(summarise(session.tick(), session.processes()))

    assert text.count("gctui set after") == 5 and "gctui set 4 other things before" in text
