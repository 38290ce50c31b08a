"""What the rules find is said once it lasts, taken back once it has gone, and summed up at the end."""

from __future__ import annotations

from dataclasses import replace

from gctui.monitor.adviser import Adviser
from gctui.monitor.model import ProgramState, Snapshot
from gctui.monitor.rules.recent import Recent
from gctui.monitor.rules.rule import Found, Rule
from gctui.monitor.watch import WatchSession
from tests.fakes import FOUND, HELLO, SECOND, FakeSource, make_snapshot

RISES = Rule("much", "Much", "a test", lambda recent, _: _found(recent, 0.5), after_s=2.0, lasts_s=3.0)
ANY = Rule("any", "Any", "a test", lambda recent, _: _found(recent, 0.0), after_s=0.0, lasts_s=0.0)


def _found(recent: Recent, least: float) -> Found | None:
    share = recent.snapshot.paused_share
    return Found(f"share {share}", "do something") if share >= least else None


def at(second: float, share: float = 0.9, state: ProgramState = "running") -> Snapshot:
    base = make_snapshot(taken_ns=round(second * SECOND), paused_share=share)
    return replace(base, program=replace(base.program, started_ns=0, state=state))


def said(adviser: Adviser, *snapshots: Snapshot) -> list[tuple[str, ...]]:
    return [tuple(one.name for one in adviser.fold(snapshot) if one.is_said) for snapshot in snapshots]


def test_nothing_is_said_in_the_first_seconds() -> None:
    adviser = Adviser(rules=(ANY,))
    assert said(adviser, at(0), at(3), at(4.9), at(5.9)) == [(), (), (), ("any",)]


def test_it_has_to_last_before_it_is_said_and_before_it_is_taken_back() -> None:
    adviser = Adviser(rules=(RISES,))
    assert said(adviser, at(10), at(11), at(12)) == [(), (), ("much",)]
    assert said(adviser, at(13, 0.1), at(14), at(15, 0.1), at(16, 0.1)) == [("much",)] * 4
    assert said(adviser, at(17, 0.1)) == [()]
    assert said(adviser, at(18), at(19, 0.1), at(20), at(21)) == [()] * 4  # never for two seconds


def test_since_when_and_the_newest_figures() -> None:
    adviser = Adviser(rules=(ANY,))
    adviser.fold(at(10, 0.1))
    (advice,) = adviser.fold(at(20, 0.2))

    assert (advice.since_ns, advice.text, advice.remedy) == (10 * SECOND, "share 0.2", "do something")


def test_rules_are_asked_once_a_second_however_many_ticks_there_are() -> None:
    asked = []
    rule = Rule("count", "Count", "a test", lambda recent, _: asked.append(recent.snapshot.taken_ns))
    adviser = Adviser(rules=(rule,))
    for quarter in range(80):
        adviser.fold(at(10 + quarter / 4))

    assert len(asked) == 20


def test_a_silenced_rule_is_listed_and_not_said() -> None:
    silenced = {"any"}
    adviser = Adviser(silenced, rules=(RISES, ANY))
    (one,) = adviser.fold(at(10))
    assert (one.name, one.silenced, one.is_said, one.since_ns) == ("any", True, False, 10 * SECOND)

    silenced.add("much")
    assert [(one.name, one.since_ns is None) for one in adviser.fold(at(10.1, 0))] == [("any", False), ("much", True)]
    silenced.clear()
    assert said(adviser, at(10.2)) == [("any",)]


def test_what_was_true_at_the_end_stays() -> None:
    adviser = Adviser(rules=(ANY,))
    adviser.fold(at(10))
    assert said(adviser, at(11, -1.0, "ended"), at(60, -1.0, "ended")) == [("any",)] * 2


def test_totals_say_for_how_long_and_whether_at_the_end() -> None:
    silenced: set[str] = set()
    adviser = Adviser(silenced, rules=(RISES, ANY))
    for second in range(10, 21):
        adviser.fold(at(second))
    for second in range(21, 31):
        adviser.fold(at(second, 0.1))
    much, any_ = adviser.totals()

    assert (much.latest.name, much.at_end, any_.latest.name, any_.at_end) == ("much", False, "any", True)
    assert (much.held_ns, any_.held_ns) == (11 * SECOND, 20 * SECOND)
    silenced.add("any")
    assert [one.latest.name for one in adviser.totals()] == ["much"]


def test_a_program_that_was_stopped_meanwhile_counts_little() -> None:
    adviser = Adviser(rules=(ANY,))
    adviser.fold(at(10))
    adviser.fold(at(1000))
    assert adviser.totals()[0].held_ns == 2 * SECOND


def test_the_session_has_it_in_each_snapshot() -> None:
    source = FakeSource(FOUND, HELLO)
    session = WatchSession(source, source.clock, silenced=("share",))
    assert [(one.name, one.silenced) for one in session.tick().advice] == [("share", True)]

    session.silence("share", False)
    session.silence("uncollectable", True)
    assert [one.name for one in session.tick().advice] == ["uncollectable"]
    assert session.advice() == ()
