"""Every key of the main screen does what the footer says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import Label

from gctui.monitor.model import Agent, Answer, Generation, Pauses
from gctui.ui.screens.help import HelpScreen
from gctui.ui.screens.main import MainScreen
from gctui.ui.screens.main_keys import BINDINGS
from gctui.ui.screens.traceback import TracebackScreen
from gctui.ui.widgets.key_line import KeyLine
from tests.fakes import FakeSession, make_generation, make_snapshot
from tests.pilot.main_screen import main, opened, panes
from tests.pilot.waiting import screen_text, until

PRESSED = [
    (key, binding.action)
    for binding in BINDINGS
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
    if not binding.action.startswith("app.")
]


async def test_each_declared_key_reaches_its_action(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[str] = []
    for name in {action.partition("(")[0] for _, action in PRESSED}:
        monkeypatch.setattr(MainScreen, f"action_{name}", lambda self, *_, name=name: reached.append(name))
    async with opened() as pilot:
        main(pilot)._pane("allocations").focus()
        for key, action in PRESSED:
            await pilot.press(key)
            assert reached[-1:] == [action.partition("(")[0]], key
            reached.clear()


def test_keys_of_later_work_are_still_free() -> None:
    assert not {key for key, _ in PRESSED} & set("dtfFc<>w")


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


async def test_tracing_says_its_cost_and_is_switched_off_and_on() -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        await pilot.press("a")
        assert session.calls[-1] == ("trace", 0)
        gauges = make_snapshot().gauges
        assert gauges is not None
        session.snapshots = [make_snapshot(gauges=replace(gauges, trace_frames=0))]
        await until(
            pilot, lambda: main(pilot).snapshot is session.snapshots[0] or _frames(pilot) == 0, "tracing to be off"
        )
        await pilot.press("a")
        assert session.calls[-1] == ("trace", 5)
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
    async with opened(size=(100, 100)) as pilot:
        await pilot.press(key, "question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen), "the help")
        await until(pilot, lambda: word in screen_text(pilot), f"'{word}'")
        for part in ("Collect generation 2", "Freeze the display", "Suspend", "Quit", "paused"):
            assert part in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the main screen")


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
