"""The screen names the collector in front of it, and its labels follow."""

from __future__ import annotations

import pytest

from tests.fakes import FakeSession, make_of_collector
from tests.pilot.main_screen import main, opened
from tests.pilot.waiting import screen_text, until


async def test_the_incremental_collector_has_its_own_words_everywhere() -> None:
    async with opened(FakeSession(make_of_collector("incremental"))) as pilot:
        text = screen_text(pilot)
        for part in ("incremental collector", "incremental: a step at a time", "young", "increment", "yng", "█ ful"):
            assert part in text
        await pilot.press("1")
        await until(pilot, lambda: main(pilot).note.text == "collecting an increment…", "the words of the command")
        await pilot.press("f5", "slash", *"gen:ful", "enter")
        await until(pilot, lambda: "2 of 100 match" in screen_text(pilot), "the filter by that label")


async def test_a_free_threaded_build_says_that_each_collection_is_full() -> None:
    async with opened(FakeSession(make_of_collector("free-threaded"))) as pilot:
        text = screen_text(pilot)
        for part in ("free-threaded collector", "in name only, each collection is full", "0 full"):
            assert part in text


async def test_triggers_are_counted_under_the_same_words() -> None:
    async with opened(FakeSession(make_of_collector("incremental")), (160, 48)) as pilot:
        await pilot.press("x")
        await until(pilot, lambda: {"yng", "inc", "ful"} <= set(screen_text(pilot).split()), "the columns")


@pytest.mark.parametrize("collector", ["incremental", "free-threaded"])
@pytest.mark.parametrize("size", [(40, 10), (160, 48)])
async def test_its_words_fit_any_window(collector: str, size: tuple[int, int]) -> None:
    async with opened(FakeSession(make_of_collector(collector)), size) as pilot:
        assert "Generations" in screen_text(pilot) or size == (40, 10)
