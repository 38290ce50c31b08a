"""The session over a fake source: what messages make of the snapshot."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from gctui.agent import wire
from gctui.export import summary_text
from gctui.monitor.family import ENDED, ENDED_KEPT_NS, NO_GOODBYE
from gctui.monitor.messages import (
    AnswerRead,
    ChannelClosed,
    Failure,
    GaugesRead,
    Goodbye,
    Message,
    Notice,
    RingEnded,
    RingRead,
    Said,
    SettingsRead,
)
from gctui.monitor.model import Site
from gctui.monitor.source import ProgramStatus
from gctui.monitor.summary import summarise
from gctui.monitor.watch import WatchSession
from tests.fakes import FOUND, HELLO, FakeSource, make_allocations

SECOND = 1_000_000_000
GAUGES = GaugesRead(
    1, (1, 2, 3), (700, 10, 10), True, 0, 0, ((5, 4, 0), (1, 0, 0), (0, 0, 0)), 5, 100, 200, 50, 0, 0, 0, dropped=3
)


def make(*messages: Message) -> tuple[FakeSource, WatchSession]:
    source = FakeSource(*messages)
    return source, WatchSession(source, source.clock)


def ring(*collections: int, missed: int = 0) -> RingRead:
    records = [(n, 1000, generation, 2, 0, 1, 8, n + 1) for n, generation in enumerate(collections)]
    return RingRead(1, records, missed, None, {8: Site("app.py", 1, "work")})


def test_hello_before_or_after_the_ring_is_one_process() -> None:
    for order in ((HELLO, FOUND), (FOUND, HELLO)):
        _, session = make(*order, ring(0, 0, 2))
        snapshot = session.tick()

        assert (snapshot.processes, snapshot.log.end) == (1, 3)
        assert (snapshot.agent.state, snapshot.agent.python) == ("connected", "3.12.1")


def test_an_exec_in_the_same_process_is_another_program() -> None:
    _, session = make(FOUND, replace(FOUND, ring=2, started_ns=5))

    assert session.tick().processes == 2


def test_a_second_interpreter_belongs_to_its_process() -> None:
    _, session = make(FOUND, replace(FOUND, ring=2, interpreter=1))
    session.tick()

    (process,) = session.processes()
    assert [interpreter.id for interpreter in process.interpreters] == [0, 1]


def test_another_interpreter_is_shown_when_asked_for_and_takes_no_commands() -> None:
    source, session = make(FOUND, HELLO, GAUGES, replace(FOUND, ring=2, interpreter=3), replace(ring(1, 1), ring=2))
    assert (session.tick().interpreters, session.tick().agent.interpreter) == ((0, 3), 0)

    session.show_interpreter(1)

    snapshot = session.tick()
    assert (snapshot.agent.interpreter, snapshot.log.end, snapshot.gauges) == (3, 2, None)
    session.collect(2)
    assert "only watches" in session.tick().answers[0].error and not source.commands
    session.show_interpreter(1)
    assert session.tick().agent.interpreter == 0


def test_a_program_that_clears_the_callbacks_is_said_to_have_done_so_once() -> None:
    gone = msgspec.structs.replace(GAUGES, recording=False)
    running = replace(ring(0), running=(2, 5))
    source, session = make(FOUND, HELLO, GAUGES, running, gone, gone)

    snapshot = session.tick()

    (notice,) = snapshot.notices
    assert "gc.callbacks" in notice and snapshot.running is None
    session.record_again()
    assert source.commands == [(wire.RECORD_AGAIN, 1, 0)]
    source.messages = [GAUGES, gone]
    assert len(session.tick().notices) == 2


def test_gauges_become_figures_and_their_drops_are_counted() -> None:
    _, session = make(FOUND, HELLO, GAUGES)

    snapshot = session.tick()

    assert snapshot.gauges is not None and snapshot.gauges.thresholds == (700, 10, 10)
    assert [one.count for one in snapshot.generations] == [1, 2, 3]
    assert [one.collections for one in snapshot.generations] == [5, 1, 0]
    assert snapshot.losses.frames == 3


def test_a_command_is_answered_once() -> None:
    source, session = make(FOUND, HELLO)
    session.tick()
    number = session.collect(2)
    source.messages = [AnswerRead(number, "collect", "", 2, 42, 0, 1500)]

    (answer,) = session.tick().answers

    assert source.commands == [(wire.COLLECT, number, 2)]
    assert (answer.freed, answer.pause_ns, answer.error) == (42, 1500, "")
    assert session.tick().answers == ()


def test_a_command_nobody_takes_is_answered_with_the_reason() -> None:
    source, session = make()
    source.has_agent = False
    session.collect(0)

    (answer,) = session.tick().answers

    assert "no agent" in answer.error


def test_a_command_open_at_the_end_is_given_up() -> None:
    source, session = make(FOUND, HELLO)
    session.tick()
    session.collect(2)
    source.messages = [ChannelClosed("")]

    (answer,) = session.tick().answers

    assert "ended before" in answer.error


def test_allocations_are_asked_for_when_wanted_and_traced() -> None:
    source, session = make(FOUND, HELLO, GAUGES)
    session.tick()
    assert source.commands == []

    session.want_allocations(True)
    session.tick()
    assert source.commands == [(wire.UNASKED, 1, wire.MOST_TRACEBACKS)]  # not yet: the program has just started
    source.now += SECOND
    session.tick()
    session.tick()

    assert [kind for kind, _, _ in source.commands[1:]] == [wire.SNAPSHOT]


def test_a_snapshot_that_stalls_the_program_is_asked_for_less_often() -> None:
    source, session = make(FOUND, HELLO, GAUGES, replace(make_allocations(), stall_ns=SECOND // 2))
    session.want_allocations(True)
    session.tick()

    source.now += 40 * SECOND
    session.tick()
    assert wire.SNAPSHOT not in [kind for kind, _, _ in source.commands]
    source.now += 11 * SECOND
    session.tick()
    assert [kind for kind, _, _ in source.commands].count(wire.SNAPSHOT) == 1


def test_each_agent_is_told_whether_to_send_snapshots_unasked() -> None:
    source, session = make(FOUND)
    session.want_allocations(False)
    assert source.commands == []

    for _ in range(2):
        source.messages = [HELLO]
        session.tick()
    session.want_allocations(True)

    assert [(kind, most) for kind, _, most in source.commands] == [
        (wire.UNASKED, 0), (wire.UNASKED, 0), (wire.UNASKED, wire.MOST_TRACEBACKS),
    ]  # fmt: skip


def test_the_mark_is_the_present_allocations() -> None:
    _, session = make(FOUND, HELLO, GAUGES, make_allocations())
    session.tick()
    session.mark()

    assert session.tick().mark == make_allocations()


def test_absence_is_said_after_two_seconds() -> None:
    source, session = make()
    assert session.tick().agent.state == "waiting"

    source.now = 3 * SECOND
    agent = session.tick().agent

    assert agent.state == "absent" and agent.reason


def test_an_agent_of_another_version_is_refused_with_a_sentence() -> None:
    _, session = make(FOUND, msgspec.structs.replace(HELLO, protocol=99))

    agent = session.tick().agent

    assert agent.state == "absent" and "protocol 99" in agent.reason


def test_failures_and_notices_are_sentences_of_the_snapshot() -> None:
    _, session = make(Failure("ValueError: x"), Notice("Something was lost."))

    assert session.tick().notices == ("The agent reports: ValueError: x.", "Something was lost.")


def test_the_summary_of_an_ended_program() -> None:
    source, session = make(FOUND, HELLO, msgspec.structs.replace(GAUGES, last=True), ring(0, 2))
    source.ended = ProgramStatus(ended_ns=10 * SECOND, signal=9)

    snapshot = session.tick()
    summary = summarise(snapshot, session.processes())

    assert (summary.signal, summary.exit_code, summary.wall_s) == (9, None, 10.0)
    assert snapshot.program.state == "ended" and snapshot.agent.state == "gone"
    (process,) = summary.processes
    assert process.clean_exit
    assert [one.collections for one in process.interpreters[0].generations] == [6, 1, 1]


def test_what_a_folded_process_still_says_is_not_taken_in() -> None:
    """Of hundreds that are killed at once the totals are all that is kept, while their words are on the way."""
    child = replace(FOUND, ring=2, pid=FOUND.pid + 1)
    hello = msgspec.structs.replace(HELLO, pid=child.pid)
    source, session = make(FOUND, HELLO, child, Said(5, hello), RingEnded(2, 1, lives_on=False))
    session.tick()
    source.now = 2 * ENDED_KEPT_NS
    session.tick()
    assert session.family.processes[1].is_folded
    source.messages = [Said(5, GAUGES), Said(5, msgspec.structs.replace(GAUGES, last=True)), Said(5, ChannelClosed(""))]

    assert session.tick().processes == 2 and [one.pid for one in session.processes()] == [FOUND.pid, child.pid]
    session.show_process(2)
    assert session.tick().agent.pid == FOUND.pid and not session._channels.get(5)


def test_a_goodbye_that_is_read_after_the_end_counts() -> None:
    source, session = make(FOUND, HELLO, RingEnded(1, 1, lives_on=False))
    session.tick()
    (process,) = session.family.processes
    assert process.ending == NO_GOODBYE
    source.messages = [msgspec.structs.replace(GAUGES, last=True)]
    session.tick()
    assert process.ending == ENDED


def test_a_process_without_a_ring_ends_with_its_channel() -> None:
    _, session = make(HELLO, ChannelClosed(""))
    session.tick()
    (process,) = session.family.processes
    assert process.ended_ns is not None


def test_a_process_that_came_in_by_the_door_is_asked_for_its_figures_once_it_has_lived_a_while() -> None:
    children = [replace(FOUND, ring=n, pid=FOUND.pid + n, ppid=FOUND.pid) for n in (2, 3)]
    hellos = [Said(one.ring, msgspec.structs.replace(HELLO, pid=one.pid, ppid=FOUND.pid)) for one in children]
    source, session = make(FOUND, HELLO, GAUGES, *children, *hellos)
    session.want_relatives(True)
    session.tick()
    source.messages = [Said(2, Goodbye()), Said(2, ChannelClosed(""))]
    source.now += SECOND // 2
    session.tick()
    assert not source.commands

    for _ in range(2):
        source.now += SECOND
        session.tick()

    assert [(kind, first) for kind, _, first in source.commands] == [(wire.RATE, wire.VISITING["interval_ms"])]
    assert [process.clean_exit for process in session.family.processes] == [False, True, False]


def test_what_the_user_chose_is_shown_until_the_summary_is_about_the_usual_one() -> None:
    child = replace(FOUND, ring=2, pid=FOUND.pid + 1, ppid=FOUND.pid)
    hello = msgspec.structs.replace(HELLO, pid=child.pid, ppid=FOUND.pid)
    source, session = make(FOUND, HELLO, GAUGES, child, Said(1, hello), Said(1, GAUGES))
    assert session.tick().agent.pid == FOUND.pid

    session.show_process(2)
    assert session.tick().agent.pid == child.pid
    number = session.freeze(False)
    before, after = (SettingsRead(True, (700, 10, 10), 0, frozen) for frozen in (0, 9))
    source.messages = [Said(1, AnswerRead(number, "steer", "", order=wire.FREEZE, ts=5, before=before, after=after))]
    session.tick()
    session.show_usual()
    text = summary_text.render(summarise(session.tick(), session.processes()))

    assert session.tick().agent.pid == FOUND.pid
    assert f"gctui set in process {child.pid}: frozen objects 0 → 9" in text
