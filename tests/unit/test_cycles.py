"""The probe on the monitor's side: its figures, what is said before, and which statistics leave it out."""

from __future__ import annotations

import pytest

from gctui.agent import wire
from gctui.monitor.cycles import Cycles, GarbageType, LoopStep, Stuck, loop_text, why_stuck
from gctui.monitor.estimates import probe_estimate
from gctui.monitor.history import InterpreterHistory
from gctui.monitor.messages import RingFound, RingRead
from gctui.monitor.objects import NotDone
from gctui.monitor.watch import WatchSession
from tests.fakes import FOUND, HELLO, NOBODY, FakeSource, make_snapshot

SECOND = 1_000_000_000


def made(**changes: object) -> Cycles:
    node = GarbageType("app", "Node", 12, 600, 0, 0, 0, (), "", 1, (LoopStep("app.Node", ".me"),))
    base: dict[str, object] = {
        "command": 1,
        "taken_ns": 0,
        "stalls_ns": (30_000_000, 40_000_000),
        "work_ns": 100_000_000,
        "types": (node,),
        "others": (2, 5, 100),
        "left": 0,
        "uncollectable": 0,
        "stuck": (),
    }
    return Cycles(**{**base, **changes})  # type: ignore[arg-type]


def test_what_was_freed_is_the_rest() -> None:
    assert (made().count, made().size, made().freed) == (17, 700, 17)
    assert made(left=2, uncollectable=5).freed == 10
    assert made(uncollectable=1000).freed == 0


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (LoopStep("app.models.Node", ".children"), "Node.children"),
        (LoopStep("builtins.list", "[3]"), "list[3]"),
        (LoopStep("builtins.set", "a member"), "set (a member)"),
        (LoopStep("load() at /srv/app.py:7", "variable failure"), "load().failure"),
        (LoopStep("class app.models.Base", ".registry"), "class Base.registry"),
        (LoopStep("module app", ".__dict__"), "module app.__dict__"),
        (LoopStep("", ""), ""),
    ],
)
def test_a_step_is_short_and_readable(step: LoopStep, text: str) -> None:
    assert step.short == text


def test_a_loop_ends_where_it_began() -> None:
    steps = (LoopStep("app.Node", ".children"), LoopStep("builtins.list", "[3]"), LoopStep("app.Node", ".parent"))

    assert loop_text(steps) == "Node.children → list[3] → Node.parent → Node"
    assert loop_text(()) == ""


def test_why_something_is_stuck_says_no_more_than_is_known() -> None:
    assert "tp_del" in why_stuck(Stuck("app", "Old", 1, True))
    assert "before" in why_stuck(Stuck("app", "Old", 1, False))


def test_the_estimate_is_that_of_two_full_collections_or_the_last_probe() -> None:
    snapshot = make_snapshot()

    assert probe_estimate(snapshot, None) == 2 * snapshot.generations[2].pauses.maximum
    assert probe_estimate(snapshot, made()) == 70_000_000


def test_the_figures_of_generations_leave_a_probe_out_and_log_and_time_line_have_it() -> None:
    history = InterpreterHistory(0, 0)
    records = [
        (number * SECOND, 1000, 2, 7, 0, 1, site, number + 1)
        for number, site in enumerate((wire.FIRST_SITE, wire.PROBE_SITE, wire.PROBE_SITE, wire.FORCED_SITE))
    ]
    history.fold_ring(RingRead(1, records, 0, None, {}))

    assert history.generation(2, 4 * SECOND, "generational").rate == 2 / 4
    totals = history.totals(2)
    assert (totals.collections, totals.collected) == (2, 14)
    assert history.summed_up(4 * SECOND, "generational").events_received == 4
    assert [(one.forced, one.is_probe) for one in map(history.log.__getitem__, range(4))] == [
        (False, False), (True, True), (True, True), (True, False),
    ]  # fmt: skip
    assert sum(bucket.collections[2] for bucket in history.timeline(4 * SECOND)) == 4
    assert history.log.after(0)[0] == [0, 0, 2]


def test_an_interpreter_without_an_agent_cannot_be_probed() -> None:
    source = FakeSource(FOUND, HELLO, RingFound(2, NOBODY, 1, 1, "3.12.1", 0, ("python", "app.py")))
    session = WatchSession(source, source.clock)
    session.tick()
    session.show_interpreter(1)

    number = session.probe_cycles()

    assert session.tick().objects == (NotDone(number, "gctui has no thread in a subinterpreter, it only watches it"),)
    assert not [command for command in source.commands if command[0] == wire.PROBE]
    session.show_interpreter(1)
    session.probe_cycles()
    assert [command for command in source.commands if command[0] == wire.PROBE]
