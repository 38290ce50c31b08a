"""Keys that come all at once, as over a slow link, do what they do one by one."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from textual.events import Key
from textual.pilot import Pilot

from gctui.ui.screens.notices import NoticesScreen
from gctui.ui.screens.objects import ObjectsScreen
from gctui.ui.screens.pauses import PausesScreen
from gctui.ui.screens.thresholds import ThresholdsScreen
from tests.pilot.main_screen import main, opened
from tests.pilot.waiting import until

NAMES = {"/": "slash", ":": "colon", "!": "exclamation_mark", " ": "space", ",": "comma"}


def type_at_once(pilot: Pilot[Any], *keys: str) -> None:
    """Single characters type themselves; longer words are names of keys."""
    for key in keys:
        pilot.app.post_message(Key(NAMES.get(key, key), key if len(key) == 1 else None))


@pytest.mark.parametrize(("key", "pane"), [("f5", "log"), ("f6", "allocations")])
async def test_a_pane_chosen_and_filtered(key: str, pane: Literal["log", "allocations"]) -> None:
    async with opened() as pilot:
        main(pilot)._pane("generations").focus()
        await pilot.pause()
        text = "gen:2" if pane == "log" else "!nope"
        type_at_once(pilot, key, "/", *text, "enter", "z")
        await until(pilot, lambda: main(pilot)._is_zoomed, "the last key")
        assert main(pilot)._pane(pane).filter_text == text
        assert main(pilot)._focused_pane == pane


@pytest.mark.parametrize(("key", "screen"), [("i", ObjectsScreen), ("x", PausesScreen)])
async def test_a_screen_opened_and_filtered(key: str, screen: type[ObjectsScreen | PausesScreen]) -> None:
    async with opened() as pilot:
        type_at_once(pilot, key, "/", *"dict n", "enter")
        await until(pilot, lambda: getattr(pilot.app.screen, "filter_text", "") == "dict n", "the filter")
        assert isinstance(pilot.app.screen, screen)
        assert main(pilot)._pane(main(pilot)._focused_pane).filter_text == ""
        type_at_once(pilot, "escape", "escape", "n", "escape", "f5", "/", *"gen:1", "enter")
        await until(pilot, lambda: main(pilot)._pane("log").filter_text == "gen:1", "the filter of the log")
        assert len(pilot.app.screen_stack) == 2


async def test_a_dialog_opened_and_filled_in() -> None:
    async with opened(size=(120, 40)) as pilot:
        type_at_once(pilot, "t", *"700")
        await until(pilot, lambda: isinstance(pilot.app.screen, ThresholdsScreen), "the dialog")
        await until(pilot, lambda: pilot.app.screen.focused is not None, "a field")
        await until(pilot, lambda: getattr(pilot.app.screen.focused, "value", "").endswith("700"), "the number")


async def test_a_list_opened_and_left() -> None:
    async with opened() as pilot:
        type_at_once(pilot, "n", "escape", "n", "escape", "n")
        await until(pilot, lambda: isinstance(pilot.app.screen, NoticesScreen), "the notices")
        assert len(pilot.app.screen_stack) == 3
