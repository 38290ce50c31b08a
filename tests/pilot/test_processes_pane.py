"""The processes of the family in their pane: which are there, in which order, and which one the other panes show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from gctui.monitor.model import Answer
from gctui.monitor.relatives import Subinterpreter
from gctui.ui.screens.objects import ObjectsMemory
from gctui.ui.widgets.processes import ProcessesPane
from tests.fakes import FakeSession, make_of_family, make_relative, make_relatives, make_snapshot
from tests.pilot.main_screen import main, opened, panes
from tests.pilot.waiting import screen_text, until

WIDE = (160, 48)


def pane(pilot: Pilot[Any]) -> ProcessesPane:
    return main(pilot).query_one(ProcessesPane)


def pids(pilot: Pilot[Any]) -> list[int]:
    """In the order shown; 0 is the line of all."""
    return [line.one.pid for line in pane(pilot).rows]


def family() -> FakeSession:
    return FakeSession(make_of_family())


async def test_with_one_process_it_never_appears_and_costs_nothing() -> None:
    session = FakeSession()
    async with opened(session, WIDE) as pilot:
        await pilot.press("f8")
        assert "processes" not in panes(pilot)
        assert not [call for call in session.calls if call[0] == "want_relatives"]


async def test_it_comes_by_itself_where_there_is_room() -> None:
    session = FakeSession()
    async with opened(session, WIDE) as pilot:
        session.snapshots = [make_of_family()]
        await until(pilot, lambda: "processes" in panes(pilot) and pids(pilot), "the processes")
        assert ("want_relatives", True) in session.calls
        text = screen_text(pilot)
        for part in ("5 living", "▸     4242", "├─python worker.py 1", "▶ gen 2 3.20 s", "killed by SIGKILL"):
            assert part in text, part
        await pilot.press("f8", "f8")
        assert "processes" not in panes(pilot)
        assert [call for call in session.calls if call[0] == "want_relatives"][-1] == ("want_relatives", False)


async def test_in_a_small_window_its_key_puts_it_in_the_place_of_others() -> None:
    async with opened(family()) as pilot:
        assert "processes" not in panes(pilot)
        await pilot.press("f8")
        await until(pilot, lambda: panes(pilot) == {"processes", "generations", "log"}, "the processes")
        assert main(pilot).focused is pane(pilot)
        await pilot.press("f8")
        await until(pilot, lambda: "allocations" in panes(pilot), "the allocations again")


@pytest.mark.parametrize("size", [(40, 10), (80, 24), WIDE])
async def test_every_line_fits(size: tuple[int, int]) -> None:
    async with opened(family(), size) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: "4243" in screen_text(pilot), "a worker")
        assert all(len(line) <= size[0] for line in screen_text(pilot).splitlines())


async def test_the_first_line_adds_up() -> None:
    async with opened(family(), (200, 48)) as pilot:
        await until(pilot, lambda: pids(pilot), "the processes")
        first = pane(pilot).rows[0]
        assert first.is_all and first.one.collections == 2100
        assert first.one.pss == sum((40 + number) << 20 for number in (0, 1, 2, 3, 5))
        assert "all: 5 living, 1 ended" in screen_text(pilot)


async def test_sorting_keeps_children_under_their_parents_and_a_list_does_not() -> None:
    async with opened(family(), WIDE) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: pids(pilot), "the processes")
        assert pids(pilot) == [0, 4242, 4243, 4244, 4245, 4247, 4246]
        pane(pilot).sort_by("paused")
        assert pids(pilot) == [0, 4242, 4247, 4245, 4244, 4243, 4246]
        await pilot.press("l")
        assert pids(pilot) == [0, 4247, 4245, 4244, 4243, 4242, 4246]
        assert "├─" not in screen_text(pilot)


async def test_the_cursor_stays_with_its_process() -> None:
    session = family()
    async with opened(session, WIDE) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: pids(pilot), "the processes")
        await pilot.press("down", "down")
        rows = make_relatives().rows
        session.snapshots = [
            make_of_family(make_relatives(*rows[:1], make_relative(9, pid=4100, ppid=4242), *rows[1:]))
        ]
        await until(pilot, lambda: 4100 in pids(pilot), "another worker")
        row = pane(pilot).cursor_row
        assert row is not None and row.one.pid == 4244


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("worker", [0, 4243, 4244, 4245, 4246]),
        ("worker !4243", [0, 4244, 4245, 4246]),
        ("state:ended", [0, 4246]),
        ("state:collecting", [0, 4243]),
        ("py:3.12 state:stopped", [0, 4244]),
        ("py:3.8", []),
    ],
)
async def test_filter(text: str, found: list[int]) -> None:
    async with opened(family(), WIDE) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: pids(pilot), "the processes")
        pane(pilot).filter_text = text
        assert pids(pilot) == found


async def test_a_filter_that_is_none_is_said() -> None:
    async with opened(family(), WIDE) as pilot:
        await pilot.press("f8", "slash", *"state:odd")
        await until(pilot, lambda: "state: takes running" in screen_text(pilot), "the problem")


async def test_enter_shows_a_process_and_the_header_names_the_child() -> None:
    session = family()
    async with opened(session, WIDE) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: pids(pilot), "the processes")
        await pilot.press("down", "enter")
        assert ("show_process", 2) in session.calls
        await until(pilot, lambda: "child 4243 of 4242" in screen_text(pilot), "the child in the header")
        assert "python app.py --serve ▸ python worker.py 1" in screen_text(pilot).splitlines()[0]
        assert "Process 4243 is shown" in screen_text(pilot)


async def test_what_is_no_python_cannot_be_shown() -> None:
    session = family()
    async with opened(session, WIDE) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: pids(pilot), "the processes")
        pane(pilot).put_cursor(next(line.key for line in pane(pilot).rows if line.one.pid == 4247))
        await pilot.press("enter")
        await until(pilot, lambda: "Process 4247 is no Python" in screen_text(pilot), "the reason")
        assert "show_process" not in {call[0] for call in session.calls}


async def test_angle_brackets_go_through_those_that_live_from_any_pane() -> None:
    session = family()
    async with opened(session) as pilot:
        await pilot.press(">", ">", ">", ">", "<", "<")
        assert [call[1] for call in session.calls if call[0] == "show_process"] == [2, 3, 4, 1, 4, 3]


async def test_angle_brackets_go_through_the_interpreters_of_a_process_first() -> None:
    session = FakeSession(make_of_family(interpreters=(0, 3)))
    async with opened(session) as pilot:
        await pilot.press(">")
        assert session.calls[-1] == ("show_interpreter", 1)
        session.snapshots = [replace(one, agent=replace(one.agent, interpreter=3)) for one in session.snapshots]
        await until(pilot, lambda: "interpreter 3" in screen_text(pilot), "the other interpreter")
        await pilot.press(">")
        assert ("show_process", 2) in session.calls
        assert session.calls[-1] == ("show_interpreter", -1)  # to the first of the other


async def test_hostile_names_are_harmless() -> None:
    rows = (make_relative(0), make_relative(1, argv=("\x1b[31mred", "[bold]x"), python="\x1b]0;x"))
    async with opened(FakeSession(make_of_family(make_relatives(*rows))), WIDE) as pilot:
        await until(pilot, lambda: "[bold]x" in screen_text(pilot), "the command as it is")
        assert "\x1b" not in screen_text(pilot)


async def test_a_parent_loop_hides_nobody() -> None:
    rows = (make_relative(0), make_relative(1, ppid=4244), make_relative(2, ppid=4243), make_relative(3, ppid=4245))
    async with opened(FakeSession(make_of_family(make_relatives(*rows))), WIDE) as pilot:
        await until(pilot, lambda: pids(pilot), "the processes")
        assert sorted(pids(pilot)) == [0, 4242, 4243, 4244, 4245]


async def test_an_end_of_the_family_is_no_end_of_the_pane() -> None:
    ended = make_relatives(*(replace(one, state="ended", ending="exit status 0") for one in make_relatives().rows))
    session = FakeSession(make_of_family(ended))
    async with opened(session, WIDE) as pilot:
        await until(pilot, lambda: "all: 0 living, 6 ended" in screen_text(pilot), "all of them ended")
        session.snapshots = [make_snapshot(processes=6)]  # nobody has read the relatives
        await pilot.pause()
        assert "all: 0 living, 6 ended" in screen_text(pilot)


async def test_what_is_known_of_one_process_is_not_said_of_another() -> None:
    session = family()
    async with opened(session, WIDE) as pilot:
        await pilot.press("0")
        main(pilot)._objects = ObjectsMemory()
        await pilot.press(">")
        await until(pilot, lambda: "child 4243" in screen_text(pilot), "the other process")
        assert main(pilot)._objects is None
        session.snapshots = [
            replace(one, agent=replace(one.agent, state="gone"), answers=()) for one in session.snapshots
        ]  # fmt: skip
        await pilot.pause(0.2)
        assert "ended before it answered" not in screen_text(pilot)
        answer = Answer(session.calls.index(("collect", 0)) + 1, "collect", "", freed=77, pause_ns=1_000_000)
        session.snapshots = [replace(session.snapshots[0], answers=(answer,)), session.snapshots[0]]
        await until(pilot, lambda: "77 objects freed" in screen_text(pilot), "the answer of the one before")


async def test_subinterpreters_stand_under_their_process_and_can_be_shown() -> None:
    sub = Subinterpreter(3, None, 0.25, 7_000_000, 55, 2.5)
    rows = (make_relative(0), make_relative(1, subinterpreters=(sub,), interpreters=2), make_relative(2, ppid=4243))
    session = FakeSession(make_of_family(make_relatives(*rows), interpreters=(0, 3)))
    async with opened(session, WIDE) as pilot:
        await pilot.press("f8")
        await until(
            pilot, lambda: "└─interpreter 3" in screen_text(pilot) or "├─interpreter 3" in screen_text(pilot), "it"
        )
        assert [(line.one.pid, line.interpreter) for line in pane(pilot).rows[1:]] == [
            (4242, 0), (4243, 0), (4243, 3), (4244, 0),
        ]  # fmt: skip
        assert "25.0 %" in next(line for line in screen_text(pilot).splitlines() if "interpreter 3" in line)
        await pilot.press("l")
        assert [line.interpreter for line in pane(pilot).rows] == [0, 0, 0, 3, 0]
        await pilot.press("down", "down", "enter")
        assert session.calls[-1] == ("show_interpreter", 1) and ("show_process", 2) in session.calls
