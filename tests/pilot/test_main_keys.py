"""Every key of the main screen does what the footer says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.binding import Binding
from textual.events import Key

from gctui.monitor.model import Pauses, Snapshot
from gctui.ui.screens.help import HelpScreen
from gctui.ui.screens.main import MainScreen
from gctui.ui.screens.main_keys import BINDINGS
from gctui.ui.screens.traceback import TracebackScreen
from gctui.ui.widgets.key_line import KeyLine
from tests.fakes import FakeSession, make_snapshot
from tests.pilot.main_screen import main, opened, panes
from tests.pilot.waiting import screen_text, until

PRESSED = [
    (key, binding.action)
    for binding in BINDINGS
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
    if not binding.action.startswith("app.")
]


def all_offered() -> Snapshot:
    """Two interpreters, two processes, and a program that has cleared gc.callbacks."""
    snapshot = make_snapshot(interpreters=(0, 3), processes=2)
    assert snapshot.gauges is not None
    return replace(snapshot, gauges=replace(snapshot.gauges, recording=False))


async def test_keys_that_only_some_programs_need_are_offered_when_they_do() -> None:
    session = FakeSession()
    async with opened(session, size=(160, 48)) as pilot:
        assert not {"Record", "Process"} & set(screen_text(pilot).split())
        session.snapshots = [all_offered()]
        await until(pilot, lambda: {"Record", "Process"} <= set(screen_text(pilot).split()), "both keys")
        assert "interpreter 0 (1 of 2)" in screen_text(pilot)
        await pilot.press("r", ">")
        assert session.calls[-2:] == [("record_again",), ("show_interpreter", 1)]


async def test_each_declared_key_reaches_its_action(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[str] = []
    for name in {action.partition("(")[0] for _, action in PRESSED}:
        monkeypatch.setattr(MainScreen, f"action_{name}", lambda self, *_, name=name: reached.append(name))
    async with opened(FakeSession(all_offered())) as pilot:
        main(pilot)._pane("allocations").focus()
        for key, action in PRESSED:
            await pilot.press(key)
            assert reached[-1:] == [action.partition("(")[0]], key
            reached.clear()


def test_keys_of_later_work_are_still_free() -> None:
    assert not {key for key, _ in PRESSED} & set("w")


async def test_every_key_in_the_footer_does_something() -> None:
    """What the footer offers is pressed, as a user would who reads it; none may fail or change nothing at all."""
    async with opened(size=(140, 40)) as pilot:
        hints = [hint for hint in pilot.app.screen.query_one(KeyLine).hints() if hint.is_enabled]
    assert len(hints) > 8
    for hint in hints:
        for _, key in hint.keys:
            await press_and_see(key)


async def press_and_see(key: str) -> None:
    async with opened(size=(140, 40)) as pilot:
        before = screen_text(pilot)
        await pilot.press(key)
        await until(pilot, lambda: screen_text(pilot) != before, f"something that {key} changes")


async def test_the_footer_keeps_help_and_quit_at_80_columns() -> None:
    async with opened() as pilot:
        last = screen_text(pilot).splitlines()[-1]
        assert len(last) == 80
        for part in ("0 1 2 Collect", "? Help", "q Quit"):
            assert part in last


async def test_a_click_in_the_footer_is_the_key() -> None:
    async with opened() as pilot:
        column = screen_text(pilot).splitlines()[-1].index("Freeze")
        await pilot.click(KeyLine, offset=(column, 0))
        await until(pilot, lambda: main(pilot).is_frozen, "the frozen display")


# -- panes, filter, help


async def test_tab_goes_round_and_back() -> None:
    async with opened(size=(160, 48)) as pilot:
        await pilot.press("f2")
        seen = []
        for key in ["tab"] * 5 + ["shift+tab"]:
            focused = main(pilot).focused
            assert focused is not None
            seen.append(focused.id)
            await pilot.press(key)
        assert seen == ["generations", "timeline", "log", "allocations", "output", "generations"]
        assert main(pilot).focused is main(pilot)._pane("output")


async def test_zoom_shows_one_pane_and_tab_takes_it_along() -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        await pilot.press("f5", "z")
        await until(pilot, lambda: panes(pilot) == {"log"}, "the zoomed log")
        assert session.calls[-1] == ("want_allocations", False)
        await pilot.press("tab")
        await until(pilot, lambda: panes(pilot) == {"allocations"}, "the zoomed allocations")
        assert session.calls[-1] == ("want_allocations", True)
        await pilot.press("escape")
        await until(pilot, lambda: len(panes(pilot)) == 4, "all panes")


async def test_output_is_shown_and_put_away() -> None:
    async with opened() as pilot:
        await pilot.press("o")
        await until(pilot, lambda: "output" in panes(pilot), "the output")
        assert main(pilot).focused is main(pilot)._pane("output")
        await pilot.press("o")
        await until(pilot, lambda: "output" not in panes(pilot), "the panes without it")


async def test_a_filter_is_typed_kept_and_cleared() -> None:
    async with opened() as pilot:
        pane = main(pilot)._pane("allocations")
        await pilot.press("f6", "slash")
        assert pane.filter_hint in screen_text(pilot)
        await pilot.press(*"module3")
        await until(pilot, lambda: pane.filter_text == "module3", "the filter")
        assert "module1" not in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: main(pilot).focused is pane, "the pane")
        assert pane.filter_text == "module3"
        await pilot.press("escape")
        await until(pilot, lambda: not pane.filter_text, "all rows")
        await pilot.press("slash", "x", "escape")
        await until(pilot, lambda: main(pilot).focused is pane, "the pane")
        assert not pane.filter_text


async def test_letters_typed_right_after_the_slash_are_no_keys_of_a_busy_pane() -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        pane = main(pilot)._pane("log")
        await pilot.press("f5")
        for key, character in (("slash", "/"), *((letter, letter) for letter in "gen"), ("colon", ":"), ("0", "0")):
            pilot.app.post_message(Key(key, character))
        await until(pilot, lambda: pane.filter_text == "gen:0", "the filter")
        assert not [call for call in session.calls if call[0] == "collect"]


async def test_while_typing_to_the_program_only_the_way_back_is_offered() -> None:
    async with opened() as pilot:
        await pilot.press("f7", "enter")
        await pilot.pause()
        assert [hint.description for hint in pilot.app.screen.query_one(KeyLine).hints()] == ["Stop typing"]
        await pilot.press("escape")
        await pilot.pause()
        assert "Collect" in screen_text(pilot)


async def test_after_the_end_nothing_is_offered_that_needs_the_program() -> None:
    running = make_snapshot()
    ended = replace(running, program=replace(running.program, state="ended", exit_code=0))
    session = FakeSession(running, ended)
    async with opened(session) as pilot:
        await until(pilot, lambda: "Collect" not in screen_text(pilot).splitlines()[-1], "the footer")
        await pilot.press("2", "a", "m")
        assert not {"collect", "trace", "mark"} & {call[0] for call in session.calls}


async def test_a_bad_filter_says_why_and_leaves_the_old_one() -> None:
    async with opened() as pilot:
        pane = main(pilot)._pane("log")
        await pilot.press("f5", "slash", *"gen:7")
        await until(pilot, lambda: pane.filter_problem("gen:7")[:20] in screen_text(pilot), "the problem")
        assert pane.filter_text != "gen:7"


async def test_panes_without_a_filter_do_not_offer_one() -> None:
    async with opened() as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: "Filter" not in screen_text(pilot), "the footer of the generations")
        await pilot.press("slash")
        assert main(pilot).focused is main(pilot)._pane("generations")


@pytest.mark.parametrize(
    ("key", "word"),
    [("f2", "threshold"), ("f3", "logarithmic"), ("f5", "trigger"), ("f6", "growth"), ("f7", "typing")],
)
async def test_help_explains_the_focused_pane(key: str, word: str) -> None:
    async with opened(size=(100, 120)) as pilot:
        await pilot.press(key, "question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen), "the help")
        await until(pilot, lambda: word in screen_text(pilot), f"'{word}'")
        for part in ("Collect generation 2", "Freeze the display", "Suspend", "Quit", "paused"):
            assert part in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the main screen")


async def test_help_names_each_key_of_an_action_and_none_that_does_nothing() -> None:
    async with opened(size=(120, 80)) as pilot:
        await pilot.press("f6", "question_mark")
        await until(pilot, lambda: "space p  Freeze" in screen_text(pilot), "the keys")
        assert "Freeze the display" in screen_text(pilot)
        assert "Scroll" not in screen_text(pilot)


async def test_enter_opens_the_traceback_and_escape_comes_back() -> None:
    async with opened() as pilot:
        await pilot.press("f6", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TracebackScreen), "the traceback")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the main screen")


async def test_the_command_palette_offers_what_the_keys_do() -> None:
    async with opened() as pilot:
        titles = {command.title for command in pilot.app.get_system_commands(pilot.app.screen)}
        assert {"Collect generation 2", "Freeze", "Mark", "Sort", "Quit", "Theme"} <= titles


async def test_no_pauses_on_record_is_said_with_a_dash() -> None:
    none = Pauses(0, 0, 0, 0, 0, 0, 0)
    generations = tuple(replace(one, pauses=none) for one in make_snapshot().generations)
    async with opened(FakeSession(replace(make_snapshot(), generations=generations))) as pilot:  # type: ignore[arg-type]
        row = next(line for line in screen_text(pilot).splitlines() if "431/700" in line)
        assert row.rstrip().endswith("-")
