"""The objects screen: census, growth, filter, instances, verdict, and what is said when nothing can be had."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Label

from gctui.monitor.model import Answer, Frame, ProcessFigures, Program
from gctui.monitor.objects import Census, Instance, Instances, NotDone, ObjectsRead, Referrers, TypeCount
from gctui.ui.screens.confirm import ConfirmScreen
from gctui.ui.screens.instances import InstancesScreen
from gctui.ui.screens.objects import ObjectsScreen
from tests.fakes import FakeSession, make_snapshot
from tests.pilot.main_screen import opened
from tests.pilot.waiting import screen_text, until

SMALL = make_snapshot(figures=ProcessFigures(rss=20 << 20, uss=None, cpu_percent=None, threads=None, open_files=None))


class ObjectsSession(FakeSession):
    """Answers questions about objects as if there were so many nodes."""

    def __init__(self, *snapshots: Any) -> None:
        super().__init__(*(snapshots or (SMALL,)))
        self.nodes = [2000]
        self.objects: list[ObjectsRead] = []

    def tick(self) -> Any:
        objects, self.objects = tuple(self.objects), []
        return replace(super().tick(), objects=objects)

    def count_objects(self) -> int:
        command = super().count_objects()
        nodes = self.nodes.pop(0) if len(self.nodes) > 1 else self.nodes[0]
        types = (TypeCount(7, "app", "Node", nodes, nodes << 10), TypeCount(8, "builtins", "dict", 10, 1000))
        self.objects.append(Census(command, 0, 5_000_000, 6_000_000, types, (0, 0, 0)))
        return command

    def list_instances(self, kind: TypeCount) -> int:
        command = super().list_instances(kind)
        rows = (Instance(0xABC, 48, 2, True, (Frame("/srv/app.py", 12),), ""), Instance(0xDEF, 40, 0, False, (), ""))
        self.objects.append(Instances(command, kind.id, False, 2, 88, 5_000_000, rows))
        return command

    def find_referrers(self, object_id: int, kind: TypeCount) -> int:
        command = super().find_referrers(object_id, kind)
        steps = ((".first", "app.Tree"), (".tree", "module app"))
        self.objects.append(Referrers(command, object_id, False, 1, "module", steps, 0))
        return command


async def shows(pilot: Pilot[Any], text: str) -> None:
    await until(pilot, lambda: text in screen_text(pilot), text)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_from_the_census_to_what_keeps_an_object_alive(size: tuple[int, int]) -> None:
    async with opened(ObjectsSession(), size) as pilot:
        await pilot.press("i")
        await shows(pilot, "app.Node")
        assert "2,010 objects" in screen_text(pilot)
        await pilot.press("enter")
        await shows(pilot, "0xabc")
        assert isinstance(pilot.app.screen, InstancesScreen)
        assert "Allocated here" in screen_text(pilot)
        await pilot.press("enter")
        await shows(pilot, ".tree of module app")
        await pilot.press("down")
        await shows(pilot, "No traceback: allocated before tracing began")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ObjectsScreen), "the types again")


async def test_growth_is_since_the_mark_and_the_filter_holds() -> None:
    session = ObjectsSession()
    session.nodes = [2000, 2500]
    async with opened(session) as pilot:
        await pilot.press("i")
        await shows(pilot, "app.Node")
        await pilot.press("m", "c")
        await shows(pilot, "+500")
        await pilot.press("slash", *"node", "enter")
        await until(pilot, lambda: "builtins.dict" not in screen_text(pilot), "the filter")
        await pilot.press("escape")
        await shows(pilot, "builtins.dict")


async def test_the_verdict_is_in_words_with_its_figures() -> None:
    session = ObjectsSession()
    session.nodes = [2000, 14_000, 2000]
    session.answer = lambda number: Answer(number, "collect", "", generation=2, freed=12_000)
    async with opened(session) as pilot:
        await pilot.press("i")
        await shows(pilot, "app.Node")
        await pilot.press("v")
        await until(pilot, lambda: ("collect", 2) in session.calls or pilot.app.screen.is_modal, "the collection")
        await shows(pilot, "Not yet collected: 12,000 objects and 11.7 MiB went away")


async def test_what_may_take_long_is_asked_first() -> None:
    session = ObjectsSession(make_snapshot(figures=replace(SMALL.figures, rss=4 << 30)))
    async with opened(session) as pilot:
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen), "the question")
        question = pilot.app.screen.query_one(Label)
        assert "will stop the program for about 6.14 s" in str(question.content)
        await pilot.press("n")
        await shows(pilot, "press c to take a census")
        assert ("count_objects",) not in session.calls
        await pilot.press("c", "y")
        await shows(pilot, "app.Node")


async def test_an_error_and_the_end_of_the_program_are_said() -> None:
    session = ObjectsSession()
    session.count_objects = lambda: session.objects.append(NotDone(77, "no agent is there")) or 77  # type: ignore
    async with opened(session) as pilot:
        await pilot.press("i")
        await shows(pilot, "No census: no agent is there.")
    ended = make_snapshot(program=Program(("python",), 1, "ended", 0, 5, 0, None))
    async with opened(ObjectsSession(ended)) as pilot:
        await pilot.press("i")
        await shows(pilot, "The program has ended")


@pytest.mark.parametrize(
    ("size", "objects", "instances"),
    [
        ((40, 10), "2,010 objects, 1.95 MiB · as of 0m00s", "2 objects, 88 B · stall 5.00 ms"),
        (
            (80, 24),
            "2,010 objects, 1.95 MiB · as of 0m00s · stall 5.00 ms · 2 types",
            "2 objects, 88 B · stall 5.00 ms · these are the largest and the newest",
        ),
    ],
)
async def test_headings_leave_out_what_there_is_no_room_for(
    size: tuple[int, int], objects: str, instances: str
) -> None:
    async with opened(ObjectsSession(), size) as pilot:
        await pilot.press("i")
        await shows(pilot, "app.Node")
        assert screen_text(pilot).splitlines()[0].strip() == objects
        await pilot.press("enter")
        await shows(pilot, "app.py:12")
        assert [line.strip() for line in screen_text(pilot).splitlines()[:2]] == ["app.Node", instances]
