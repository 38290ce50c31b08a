"""The cycle probe's screen: the question first, then types, a loop and a traceback, and what is said without any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Label

from gctui.monitor.cycles import Cycles, GarbageType, LoopStep, Stuck
from gctui.monitor.model import Agent, Frame, Program, Snapshot
from gctui.monitor.objects import NotDone, ObjectsRead
from gctui.ui.screens.confirm import ConfirmScreen
from gctui.ui.screens.cycles import CyclesScreen
from gctui.ui.screens.main import MainScreen
from tests.fakes import FakeSession, make_snapshot
from tests.pilot.main_screen import opened
from tests.pilot.waiting import screen_text, until

LOOP = (LoopStep("app.Node", ".children"), LoopStep("builtins.list", "[3]"), LoopStep("app.Node", ".parent"))
NODE = GarbageType("app", "Node", 2000, 96_000, 50, 50, 48, (Frame("/srv/app.py", 12),), "", 1, LOOP)
BYTES = GarbageType("app", "Row", 10, 4000, 10, 0, 0, (), "", 5, ())


def garbage(command: int, *types: GarbageType, **changes: Any) -> Cycles:
    made = Cycles(command, 0, (30_000_000, 40_000_000), 120_000_000, types, (0, 0, 0), 0, 0, ())
    return replace(made, **changes)


class ProbedSession(FakeSession):
    """Answers a probe with what `answer_with` makes of its number."""

    def __init__(self, *snapshots: Snapshot) -> None:
        super().__init__(*snapshots)
        self.objects: list[ObjectsRead] = []
        self.answer_with: Callable[[int], ObjectsRead | None] = lambda number: garbage(number, NODE, BYTES)

    def tick(self) -> Snapshot:
        objects, self.objects = tuple(self.objects), []
        return replace(super().tick(), objects=objects)

    def probe_cycles(self) -> int:
        number = super().probe_cycles()
        answer = self.answer_with(number)
        if answer is not None:
            self.objects.append(answer)
        return number


async def shows(pilot: Pilot[Any], text: str) -> None:
    await until(pilot, lambda: text in screen_text(pilot), text)


async def asked(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen), "the question")


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (40, 10)])
async def test_from_the_question_to_the_loop_and_its_source(size: tuple[int, int]) -> None:
    session = ProbedSession()
    async with opened(session, size) as pilot:
        await pilot.press("c")
        await asked(pilot)
        question = str(pilot.app.screen.query_one(Label).content)
        assert "for about 240 ms" in question and "finalizers" in question
        assert ("probe_cycles",) not in session.calls
        await pilot.press("y")
        await shows(pilot, "2,010 objects" if size[0] > 40 else "2,010")
        await shows(pilot, "app.Node")
        if size[1] > 10:
            await shows(pilot, "Node.children → list[3] → Node.parent → Node")
            for line in (".children", "[3]", ".parent", "the first app.Node again"):
                assert line in screen_text(pilot)
            assert "stopped for 30.0 ms and 40.0 ms, longest 40.0 ms" in screen_text(pilot)
            assert "all freed" in screen_text(pilot)
        await pilot.press("enter")
        await shows(pilot, "/srv/app.py:12" if size[0] > 40 else "app.py:12")
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, CyclesScreen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, MainScreen), "the main screen")


async def test_a_type_without_a_loop_or_a_site_says_so() -> None:
    async with opened(ProbedSession()) as pilot:
        await pilot.press("c", "y")
        await shows(pilot, "app.Row")
        await pilot.press("down")
        await shows(pilot, "No loop was found through any of the 5")
        await pilot.press("enter")
        await shows(pilot, "No traceback: not known to tracemalloc")


async def test_hostile_names_are_shown_as_they_are_and_do_nothing() -> None:
    name = "[red]N[/]\x1b[31m"
    steps = (LoopStep(f"app.{name}", "['[bold]']"), LoopStep("builtins.list", "[3]\n"))
    hostile = replace(NODE, name=name, through=name, loop=steps)
    session = ProbedSession()
    session.answer_with = lambda number: garbage(number, hostile)
    async with opened(session, (160, 48)) as pilot:
        await pilot.press("c", "y")
        await shows(pilot, "app.[red]N[/]")
        await shows(pilot, "['[bold]']")
        await shows(pilot, "Its [red]N[/]")
        assert "\x1b" not in screen_text(pilot) and screen_text(pilot).count("[bold]") == 2


async def test_what_was_found_is_there_again_and_c_probes_anew() -> None:
    session = ProbedSession()
    async with opened(session) as pilot:
        await pilot.press("c", "y")
        await shows(pilot, "2,010 objects")
        await pilot.press("escape", "c")
        await shows(pilot, "2,010 objects")
        assert session.calls.count(("probe_cycles",)) == 1
        session.answer_with = garbage
        await pilot.press("c")
        await asked(pilot)
        assert "for about 70.0 ms" in str(pilot.app.screen.query_one(Label).content)  # as long as the last one
        await pilot.press("y")
        await shows(pilot, "No garbage: nothing unreachable was found.")
        assert session.calls.count(("probe_cycles",)) == 2
        assert "app.Node" not in screen_text(pilot) and "list[3]" not in screen_text(pilot)


async def test_no_is_no() -> None:
    session = ProbedSession()
    async with opened(session) as pilot:
        await pilot.press("c")
        await asked(pilot)
        await pilot.press("n")
        await shows(pilot, "Not probed: press c to do it.")
        assert ("probe_cycles",) not in session.calls


async def test_waiting_and_refusal_are_said() -> None:
    session = ProbedSession()
    session.answer_with = lambda number: None
    async with opened(session) as pilot:
        await pilot.press("c", "y")
        await shows(pilot, "Probing: two full collections")
        await pilot.press("c")
        assert isinstance(pilot.app.screen, CyclesScreen) and session.calls.count(("probe_cycles",)) == 1
        session.objects.append(NotDone(session.calls.index(("probe_cycles",)) + 1, "the program has \x1b[31mit"))
        await shows(pilot, "No probe: the program has")
        assert "\x1b" not in screen_text(pilot)


async def test_what_is_stuck_is_listed_with_why() -> None:
    session = ProbedSession()
    stuck = (Stuck("app", "Old", 2, True), Stuck("app", "Mine", 1, False))
    session.answer_with = lambda number: garbage(number, NODE, uncollectable=3, stuck=stuck)
    async with opened(session, (160, 48)) as pilot:
        await pilot.press("c", "y")
        await shows(pilot, "1,997 freed, 3 uncollectable")
        await shows(pilot, "In gc.garbage: 2 app.Old: its type, in C, has a finalizer from before Python 3.4")
        await shows(pilot, "1 app.Mine: was there before")


async def test_an_ended_program_and_a_subinterpreter_are_not_asked() -> None:
    ended = make_snapshot(program=Program(("python",), 1, "ended", 0, 5, 0, None))
    async with opened(ProbedSession(ended)) as pilot:
        await pilot.press("c")
        await shows(pilot, "The program has ended")
    other = ProbedSession(make_snapshot(agent=Agent("connected", "", 4242, 1, "3.12.1", "generational", False)))
    other.answer_with = lambda number: NotDone(number, "gctui has no thread in a subinterpreter, it only watches it")
    async with opened(other) as pilot:
        await pilot.press("c")
        await shows(pilot, "No probe: gctui has no thread in a subinterpreter")
