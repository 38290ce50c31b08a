"""Notices: the newest in the message line, a mark in the header, all of them on a screen of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from gctui.monitor.advice import Advice
from gctui.monitor.model import Answer, Program, Snapshot
from gctui.ui.screens.main import MainScreen
from gctui.ui.screens.notices import NoticesScreen
from tests.fakes import NOW, SECOND, FakeSession, make_snapshot
from tests.pilot.main_screen import main, opened, panes
from tests.pilot.waiting import screen_text, until

LONG = Advice(
    "long-full",
    "Full collections are long",
    "Each full collection stops the program for about 150 ms: 3 of them in the last 12.0 s.",
    "f collects and then freezes what stays (gc.freeze), t raises threshold 2.",
    "gc.freeze in CPython's documentation",
    NOW - 20 * SECOND,
)
SHARE = Advice("share", "The collector takes much time", "It took 12 %.", "t raises it.", "a test", NOW - 10 * SECOND)


def with_advice(*advice: Advice, **changes: Any) -> Snapshot:
    return make_snapshot(advice=advice, **changes)


async def shows(pilot: Pilot[Any], text: str) -> None:
    await until(pilot, lambda: text in screen_text(pilot), text)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_the_newest_is_seen_at_first_glance_and_no_pane_goes(size: tuple[int, int]) -> None:
    async with opened(FakeSession(make_snapshot()), size) as pilot:
        before = panes(pilot)
    async with opened(FakeSession(with_advice(LONG)), size) as pilot:
        await shows(pilot, "Each full collection stops the program for about 150 ms")
        text = screen_text(pilot)
        assert "! 1 notice (n)" in text
        assert "f collects and then freezes" in text
        assert "RSS" in text
        assert panes(pilot) == before


async def test_a_small_window_has_room_for_the_sentence_beside_the_first_question() -> None:
    async with opened(FakeSession(with_advice(LONG, SHARE)), (40, 10)) as pilot:
        await shows(pilot, "! It took 12 %.")
        assert "paused 12.0 % of time !" in screen_text(pilot)


async def test_the_newest_of_two_is_said_and_both_are_listed() -> None:
    async with opened(FakeSession(with_advice(LONG, SHARE))) as pilot:
        await until(pilot, lambda: main(pilot).note.text == "It took 12 %. t raises it.", "the newer one")
        await pilot.press("n")
        await shows(pilot, "Notices: 2 true, 0 silenced")
        text = screen_text(pilot)
        assert text.index("The collector takes much time") < text.index("Full collections are long")
        assert "0m50s" in text and "0m40s" in text
        assert "True for 10.0 s." in text and "Source: a test." in text
        await pilot.press("down")
        await shows(pilot, "Source: gc.freeze in CPython's documentation.")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, MainScreen), "the main screen")


async def test_a_notice_is_silenced_and_said_again() -> None:
    session = FakeSession(with_advice(LONG))
    async with opened(session) as pilot:
        await pilot.press("n")
        await shows(pilot, "Notices: 1 true, 0 silenced")
        await pilot.press("x")
        await shows(pilot, "Notices: 0 true, 1 silenced")
        assert session.calls[-1] == ("silence", "long-full", True)
        await pilot.press("escape")
        await until(pilot, lambda: "! 1 notice" not in screen_text(pilot), "no mark")
        await until(pilot, lambda: main(pilot).note.text.startswith("No longer true"), "the message line")
        await pilot.press("n", "x")
        await shows(pilot, "Notices: 1 true, 0 silenced")
        assert session.calls[-1] == ("silence", "long-full", False)


async def test_a_command_is_answered_over_a_notice_which_does_not_come_back() -> None:
    session = FakeSession(with_advice(LONG))
    session.answer = lambda number: Answer(number, "collect", "", generation=0, freed=3, pause_ns=1_000_000)
    async with opened(session) as pilot:
        await shows(pilot, "Each full collection")
        await pilot.press("0")
        await until(pilot, lambda: main(pilot).note.text.startswith("Generation 0 collected"), "the answer")
        await pilot.pause(0.2)
        assert main(pilot).note.text.startswith("Generation 0 collected")
        assert "! 1 notice (n)" in screen_text(pilot)


async def test_what_is_no_longer_true_does_not_stay_in_the_message_line() -> None:
    session = FakeSession(with_advice(LONG))
    async with opened(session) as pilot:
        await shows(pilot, "Each full collection")
        session.snapshots = [make_snapshot()]
        await until(pilot, lambda: main(pilot).note.text == "No longer true: full collections are long", "its end")
        session.snapshots = [with_advice(replace(LONG, since_ns=NOW))]
        await shows(pilot, "Each full collection")


async def test_after_the_end_nothing_can_be_done() -> None:
    ended = Program(("python", "app.py"), 4242, "ended", NOW - 60 * SECOND, NOW, 0, None)
    async with opened(FakeSession(with_advice(LONG, program=ended))) as pilot:
        assert "notice (n)" not in screen_text(pilot) and "Each full" not in screen_text(pilot)
        await pilot.press("n")
        await shows(pilot, "Notices: 1 true")


async def test_no_notice_is_a_sentence() -> None:
    async with opened() as pilot:
        await pilot.press("n")
        await shows(pilot, "No notice: no rule finds anything wrong.")
        await pilot.press("x", "question_mark")
        await shows(pilot, "Help: Notices")


async def test_a_silenced_rule_that_is_not_true_can_be_said_again() -> None:
    session = FakeSession(with_advice(replace(LONG, since_ns=None, text="", remedy="", silenced=True)))
    async with opened(session) as pilot:
        await pilot.press("n")
        await shows(pilot, "Not true now; silenced, it would not be said.")
        await pilot.press("x")
        await until(pilot, lambda: session.calls[-1:] == [("silence", "long-full", False)], "the order")


async def test_a_file_name_in_a_sentence_is_no_markup_and_no_escape() -> None:
    hostile = replace(LONG, text="50 of them at /srv/[red]x[/red]\x1b[31m.py:1", remedy="")
    async with opened(FakeSession(with_advice(hostile)), (160, 48)) as pilot:
        await shows(pilot, "/srv/[red]x[/red]")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, NoticesScreen), "the screen")
        await shows(pilot, "/srv/[red]x[/red]")
        assert "\x1b" not in screen_text(pilot)
