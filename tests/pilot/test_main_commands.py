"""What the user orders the program to do: collecting, tracing, the mark, the rate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Label

from gctui.monitor.model import Agent, Answer, Generation
from tests.fakes import NOW, FakeSession, make_allocations, make_generation, make_snapshot
from tests.pilot.main_screen import main, opened
from tests.pilot.waiting import screen_text, until

# -- collecting


def answered(**changes: Any) -> FakeSession:
    session = FakeSession()
    base = Answer(0, "collect", "", 2, 4812, 0, 12_300_000, 128 << 20, int(96.8 * (1 << 20)))
    session.answer = lambda number: replace(base, command=number, **changes)
    return session


async def test_a_collection_says_what_it_changed() -> None:
    session = answered()
    async with opened(session) as pilot:
        await pilot.press("2")
        line = "Generation 2 collected in 12.3 ms: 4,812 objects freed, RSS 128 MiB → 96.8 MiB (-31.2 MiB)"
        await until(pilot, lambda: main(pilot).note.text == line, "the result")
        assert ("collect", 2) in session.calls
        assert "Generation 2 collected in 12.3 ms" in screen_text(pilot)


async def test_while_it_waits_it_says_so_and_does_not_send_twice() -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        await pilot.press("1", "1")
        assert main(pilot).note.text == "collecting generation 1…"
        assert session.calls.count(("collect", 1)) == 1


async def test_an_error_is_the_result() -> None:
    async with opened(answered(error="the program is stopped")) as pilot:
        await pilot.press("0")
        await until(pilot, lambda: "the program is stopped" in screen_text(pilot), "the error")


async def test_a_command_that_cannot_be_answered_any_more_is_given_up() -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        await pilot.press("0")
        gone = Agent("gone", "", 4242, 0, "3.12.1", "generational", True)
        session.snapshots = [make_snapshot(agent=gone)]
        await until(pilot, lambda: main(pilot).note.kind == "warning", "the end of waiting")


def slow() -> tuple[Generation, Generation, Generation]:
    return make_generation(0, 1, 700, 1000), make_generation(1, 1, 10, 1000), make_generation(2, 1, 10, 2_000_000_000)


def question(pilot: Pilot[Any]) -> str:
    """What the dialog on top asks; empty when there is none."""
    return "".join(str(label.content) for label in pilot.app.screen.query(".dialog Label").results(Label))


async def test_a_long_pause_is_asked_about_first() -> None:
    session = FakeSession(make_snapshot(generations=slow()))
    async with opened(session) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "for about 2.00 s" in question(pilot), "the question")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the answer no")
        assert ("collect", 2) not in session.calls
        await pilot.press("2")
        await pilot.press("y")
        await until(pilot, lambda: ("collect", 2) in session.calls, "the collection")


async def test_enter_in_the_question_is_no() -> None:
    session = FakeSession(make_snapshot(generations=slow()))
    async with opened(session) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen is not main(pilot), "the question")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the answer")
        assert ("collect", 2) not in session.calls


# -- tracing, mark, rate


async def test_tracing_goes_from_exact_to_off_to_sampled_and_says_its_cost() -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        await pilot.press("a")
        assert session.calls[-1] == ("trace", 0, 0)
        gauges = make_snapshot().gauges
        assert gauges is not None
        session.snapshots = [make_snapshot(gauges=replace(gauges, trace_frames=0))]
        await until(
            pilot, lambda: main(pilot).snapshot is session.snapshots[0] or _frames(pilot) == 0, "tracing to be off"
        )
        await pilot.press("a")
        assert session.calls[-1] == ("trace", 25, 512 << 10)
        assert "estimates" in main(pilot).note.text
        session.snapshots = [make_snapshot(gauges=replace(gauges, sample_bytes=512 << 10))]
        await until(pilot, lambda: main(pilot).snapshot is session.snapshots[0] or _frames(pilot) == 5, "sampling")
        await pilot.press("a")
        assert session.calls[-1] == ("trace", 5, 0)
        assert "3 to 60 times slower" in main(pilot).note.text


def _frames(pilot: Pilot[Any]) -> int:
    snapshot = main(pilot).snapshot
    return snapshot.gauges.trace_frames if snapshot is not None and snapshot.gauges is not None else -1


async def test_the_mark_is_set_and_refused_without_allocations() -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        await pilot.press("m")
        assert ("mark",) in session.calls
        assert "Marked" in screen_text(pilot)
    session = FakeSession(make_snapshot(allocations=None))
    async with opened(session) as pilot:
        await pilot.press("m")
        assert ("mark",) not in session.calls
        assert main(pilot).note.kind == "warning"


async def test_the_rate_goes_down_and_up_in_steps() -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        await pilot.press("minus", "minus", "plus")
        assert [call for call in session.calls if call[0] == "set_rate"] == [
            ("set_rate", 10.0),
            ("set_rate", 4.0),
            ("set_rate", 10.0),
        ]
        assert "Display rate 10 Hz" in screen_text(pilot)


async def test_a_burst_is_ordered_and_left_again() -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        await pilot.press("b")
        assert session.calls[-1] == ("burst", 5, 10.0)
        shown = replace(make_allocations(), after_burst=True)
        session.snapshots = [make_snapshot(allocations=shown)]
        await until(pilot, lambda: "Every allocation was traced" in main(pilot).note.text, "the burst to be over")
        await pilot.press("b")
        assert ("resume_allocations",) in session.calls


async def test_after_a_burst_there_is_no_present_where_nothing_is_traced() -> None:
    snapshot = make_snapshot(allocations=replace(make_allocations(), after_burst=True))
    assert snapshot.gauges is not None
    session = FakeSession(replace(snapshot, gauges=replace(snapshot.gauges, trace_frames=0)))
    async with opened(session) as pilot:
        await until(pilot, lambda: "Every allocation was traced" in main(pilot).note.text, "the burst to be over")
        await pilot.press("b")
        assert session.calls[-1] == ("burst", 5, 10.0)


# -- frames


async def test_more_frames_are_asked_for_and_begin_anew() -> None:
    session = FakeSession()
    async with opened(session, (100, 30)) as pilot:
        await pilot.press("f6", "right_square_bracket")
        await until(pilot, lambda: "Tracing starts anew" in screen_text(pilot), "the question")
        assert "up to 65" in screen_text(pilot)
        await pilot.press("n")
        assert not [call for call in session.calls if call[0] == "trace"]
        await pilot.press("right_square_bracket", "y")
        await until(pilot, lambda: ("trace", 10, 0) in session.calls, "the command")
        assert main(pilot).note.text.startswith("starting exact allocation tracing, 10 frames")


@pytest.mark.parametrize(
    ("changes", "key", "says"),
    [
        ({"trace_frames": 0}, "right_square_bracket", "tracing is off"),
        ({"tracing_since_ns": 0}, "right_square_bracket", "traces its allocations itself"),
        ({"burst_until_ns": NOW + 1}, "left_square_bracket", "when the burst is over"),
        ({"trace_frames": 1}, "left_square_bracket", "1 frame; it ends there"),
        ({"trace_frames": 80}, "right_square_bracket", "80 frames; it ends there"),
    ],
)
async def test_why_the_number_of_frames_stays(changes: dict[str, Any], key: str, says: str) -> None:
    snapshot = make_snapshot()
    assert snapshot.gauges is not None
    session = FakeSession(replace(snapshot, gauges=replace(snapshot.gauges, **changes)))
    async with opened(session, (100, 30)) as pilot:
        await pilot.press("f6", key)
        await until(pilot, lambda: says in main(pilot).note.text, says)
        assert not [call for call in session.calls if call[0] == "trace"]
