"""Orders to several processes: chosen in their pane, asked once, followed until all have answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from gctui.agent import wire
from gctui.monitor.model import Answer
from gctui.monitor.relatives import Order, Reply
from gctui.ui.screens.confirm import ConfirmScreen
from gctui.ui.screens.round import RoundScreen
from gctui.ui.widgets.processes import ProcessesPane
from tests.fakes import SETTINGS, FakeSession, make_of_family, make_relative, make_relatives
from tests.pilot.main_screen import main, opened
from tests.pilot.waiting import screen_text, until


@asynccontextmanager
async def in_the_pane(session: FakeSession, size: tuple[int, int] = (120, 48)) -> AsyncIterator[Pilot[Any]]:
    async with opened(session, size) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: main(pilot).query_one(ProcessesPane).rows, "the processes")
        yield pilot


def ordered(session: FakeSession) -> list[tuple[Any, ...]]:
    return [call[1:] for call in session.calls if call[0] == "order_each"]


async def shows(pilot: Pilot[Any], *texts: str) -> None:
    await until(pilot, lambda: all(text in " ".join(screen_text(pilot).split()) for text in texts), repr(texts))


async def test_a_marked_process_and_the_next_are_collected_after_one_question() -> None:
    session = FakeSession(make_of_family())
    async with in_the_pane(session) as pilot:
        await pilot.press("v", "insert")  # the cursor begins on the process shown, and goes on
        await shows(pilot, "Processes · 2 marked", "●▸")
        await pilot.press("2")
        await shows(pilot, "Collect generation 2 in 2 processes, one after the other?", "so far is 10.0 ms")
        assert not ordered(session)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(pilot.app.screen, RoundScreen), "its progress")
        assert ordered(session) == [(Order("collect", 2), (1, 2))]


async def test_no_is_no() -> None:
    session = FakeSession(make_of_family())
    async with in_the_pane(session) as pilot:
        await pilot.press("v", "2")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen), "the question")
        await pilot.press("n")
        assert not ordered(session)


async def test_all_that_take_orders_are_marked_and_unmarked() -> None:
    async with in_the_pane(FakeSession(make_of_family())) as pilot:
        pane = main(pilot).query_one(ProcessesPane)
        await pilot.press("*")
        assert [one.pid for one in pane.chosen() or ()] == [4242, 4243, 4244]
        await pilot.press("*")
        assert pane.chosen() is None


@pytest.mark.parametrize(
    ("keys", "order"),
    [
        (("d", "y"), Order("disable")),
        (("F", "y"), Order("unfreeze")),
        (("0", "y"), Order("collect", 0)),
        (("f", "c"), Order("freeze", collect_first=True)),
        (("f", "n"), Order("freeze", collect_first=False)),
        (("t", "enter"), Order("thresholds", thresholds=(700, 10, 10))),
    ],
)
async def test_the_first_line_stands_for_all_that_take_orders(keys: tuple[str, ...], order: Order) -> None:
    session = FakeSession(make_of_family())
    async with in_the_pane(session) as pilot:
        await pilot.press("home", keys[0])
        await shows(pilot, "3 processes")
        await pilot.press(keys[1])
        await until(pilot, lambda: ordered(session), "the order")
        assert ordered(session) == [(order, (1, 2, 3))]


async def test_who_takes_no_orders_is_named() -> None:
    async with in_the_pane(FakeSession(make_of_family())) as pilot:
        await pilot.press("home", "d")
        await shows(pilot, "2 more take no")


@pytest.mark.parametrize("key", ["0", "d", "t", "f", "F"])
async def test_where_none_takes_orders_the_message_line_says_so(key: str) -> None:
    mute = make_relatives(make_relative(0, speaks=False), make_relative(1, speaks=False))
    session = FakeSession(make_of_family(mute))
    async with in_the_pane(session) as pilot:
        await pilot.press("home", key)
        await shows(pilot, "None of these processes takes orders")
        assert not ordered(session)


async def test_without_marks_and_from_other_panes_an_order_goes_to_the_process_shown() -> None:
    session = FakeSession(make_of_family())
    async with in_the_pane(session) as pilot:
        await pilot.press("0", "*", "f5", "1")
        assert [call for call in session.calls if call[0] in ("collect", "order_each")] == [
            ("collect", 0),
            ("collect", 1),
        ]


async def test_progress_is_shown_per_process_with_a_total_and_the_end_is_said_after_leaving() -> None:
    session = FakeSession(make_of_family())
    async with in_the_pane(session) as pilot:
        await pilot.press("home", "f", "c")
        await shows(pilot, "Collect, then freeze the heap · 0 of 3 done, 3 waiting")
        done = Answer(
            9, "steer", "", freed=12_345, pause_ns=250_000_000, order=wire.FREEZE,
            before=SETTINGS, after=replace(SETTINGS, frozen=70_000),
        )  # fmt: skip
        go_on(session, Reply(1, 4242, "done", done), Reply(2, 4243, "asked"), Reply(3, 4244, "waiting"))
        await shows(
            pilot, "1 of 3 done, 1 asked, 1 waiting", "✓ done 250 ms 12.3k frozen objects 0 → 70,000", "▶ asked",
            "12,345 objects freed, paused 250 ms together, 250 ms at most, frozen objects 0 → 70,000",
        )  # fmt: skip
        await pilot.press("escape")
        failed = Reply(3, 4244, "failed", error="it has ended")
        go_on(session, Reply(1, 4242, "done", done), Reply(2, 4243, "late"), failed)
        await shows(pilot, "1 of 3 done, 1 failed, 1 late; 12,345 objects freed")


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (160, 48)])
async def test_progress_fits(size: tuple[int, int]) -> None:
    session = FakeSession(make_of_family())
    async with in_the_pane(session, size) as pilot:
        await pilot.press("home", "F", "y")
        failed = Reply(1, 4242, "failed", error="\x1b[31mno such order")
        go_on(session, failed, Reply(2, 4243, "late"), Reply(3, 4244, "waiting"))
        await shows(pilot, "4242 ✗ failed", "4243 ✗ late", "no such")
        assert "\x1b" not in screen_text(pilot)
        assert all(len(line) <= size[0] for line in screen_text(pilot).splitlines())
        await pilot.press("question_mark")
        await shows(pilot, "An order on its way")


def go_on(session: FakeSession, *replies: Reply) -> None:
    session.snapshots = [
        replace(one, round=replace(one.round, replies=replies)) for one in session.snapshots if one.round is not None
    ]
