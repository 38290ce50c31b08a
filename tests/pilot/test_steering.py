"""The collector's settings, from the key to the sentence that says what came of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Checkbox, Input, Label

from gctui.agent import wire
from gctui.monitor.model import Answer, Snapshot
from gctui.monitor.settings import CollectorSettings
from gctui.ui.screens.debug_flags import DebugFlagsScreen
from gctui.ui.screens.freeze import FreezeScreen
from gctui.ui.screens.quit import QuitScreen
from gctui.ui.screens.thresholds import ThresholdsScreen
from tests.fakes import SETTINGS, FakeLog, FakeSession, make_collection, make_of_collector, make_snapshot
from tests.pilot.main_screen import main, opened
from tests.pilot.waiting import screen_text, until


def with_settings(**changes: Any) -> Snapshot:
    return make_snapshot(settings=replace(SETTINGS, **changes))


def answering(after: CollectorSettings, before: CollectorSettings = SETTINGS, **changes: Any) -> FakeSession:
    session = FakeSession()
    session.answer = lambda number: Answer(number, "steer", "", before=before, after=after, **changes)
    return session


def said(pilot: Pilot[Any], text: str) -> Any:
    return until(pilot, lambda: text in main(pilot).note.text, f"'{text}'")


def label(pilot: Pilot[Any], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector, Label).content)


# -- on and off


async def test_d_switches_off_and_on_again_and_says_before_and_after() -> None:
    session = answering(replace(SETTINGS, enabled=False))
    async with opened(session) as pilot:
        await pilot.press("d")
        assert session.calls[-1] == ("set_enabled", False)
        await said(pilot, "Automatic collection on → off")
        session.snapshots = [with_settings(enabled=False)]
        await until(pilot, lambda: main(pilot).latest is not None and not main(pilot).latest.settings.enabled, "off")  # type: ignore[union-attr]
        await pilot.press("d")
        assert session.calls[-1] == ("set_enabled", True)


async def test_switching_off_says_what_that_means() -> None:
    calm = make_snapshot(log=FakeLog([make_collection(n, n % 3) for n in range(500)]))
    session = FakeSession(calm)
    off = replace(SETTINGS, enabled=False)
    session.answer = lambda number: Answer(number, "steer", "", before=SETTINGS, after=off)
    async with opened(session) as pilot:
        await pilot.press("d")
        await said(pilot, "per minute, and about")
        assert "of garbage more" in main(pilot).note.text


async def test_an_order_that_fails_says_why() -> None:
    session = FakeSession()
    session.answer = lambda number: Answer(number, "steer", "no agent is there to do it")
    async with opened(session) as pilot:
        await pilot.press("F")
        assert session.calls[-1] == ("unfreeze",)
        await said(pilot, "Settings not changed: no agent is there to do it")
        assert main(pilot).note.kind == "warning"


async def test_what_an_option_did_is_said_unasked() -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        done = Answer(0, "steer", "", before=SETTINGS, after=replace(SETTINGS, frozen=1234), pause_ns=5_000_000)
        session.snapshots = [make_snapshot(answers=(done,)), make_snapshot()]
        await said(pilot, "Collected in 5.00 ms, 0 objects freed; frozen objects 0 → 1,234")


# -- thresholds


async def thresholds(pilot: Pilot[Any]) -> list[Input]:
    await pilot.press("t")
    await until(pilot, lambda: isinstance(pilot.app.screen, ThresholdsScreen), "the dialog")
    return [pilot.app.screen.query_one(f"#threshold{number}", Input) for number in range(3)]


async def test_thresholds_are_typed_and_set() -> None:
    session = answering(replace(SETTINGS, thresholds=(50000, 20, 10)))
    async with opened(session) as pilot:
        fields = await thresholds(pilot)
        assert [field.value for field in fields] == ["700", "10", "10"]
        assert [label(pilot, f"#count{number}") for number in range(3)] == ["431", "3", "14"]
        await pilot.press(*"50000", "tab", *"20", "enter")
        await said(pilot, "Thresholds 700, 10, 10 → 50000, 20, 10")
        assert ("set_thresholds", (50000, 20, 10)) in session.calls
        assert pilot.app.screen is main(pilot)


@pytest.mark.parametrize("text", ["50000, 20, 30", "(50000, 20, 30)", "50000 20 30\n"])
async def test_three_numbers_are_pasted_at_once(text: str) -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        fields = await thresholds(pilot)
        fields[0].post_message(events.Paste(text))
        await until(pilot, lambda: [field.value for field in fields] == ["50000", "20", "30"], "the numbers")
        await pilot.press("enter")
        assert session.calls[-1] == ("set_thresholds", (50000, 20, 30))


@pytest.mark.parametrize("typed", ["", "x", "-1", "2147483648", "1.5", "９"])
async def test_what_is_no_threshold_is_said_and_not_set(typed: str) -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        fields = await thresholds(pilot)
        fields[1].value = typed
        await until(pilot, lambda: "The second is no whole number" in label(pilot, "#problem"), "the sentence")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.focused is fields[1], "the field")
        assert not [call for call in session.calls if call[0] == "set_thresholds"]
        fields[1].value = "2147483647"
        await until(pilot, lambda: not label(pilot, "#problem"), "no sentence")


async def test_reset_is_what_the_program_had_and_escape_leaves_all() -> None:
    session = FakeSession(replace(with_settings(thresholds=(5, 5, 5)), settings_without_gctui=SETTINGS))
    async with opened(session) as pilot:
        fields = await thresholds(pilot)
        assert fields[0].value == "5"
        await pilot.press("ctrl+r")
        assert [field.value for field in fields] == ["700", "10", "10"]
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the main screen")
        assert not [call for call in session.calls if call[0] == "set_thresholds"]


@pytest.mark.parametrize(
    ("collector", "words"),
    [("generational", "quarter of it is new"), ("incremental", "Third: ignored"), ("free-threaded", "of the heap")],
)
async def test_the_dialog_says_what_they_mean_here(collector: str, words: str) -> None:
    async with opened(FakeSession(make_of_collector(collector)), size=(160, 48)) as pilot:
        await thresholds(pilot)
        assert words in label(pilot, "#meaning") and "0: never by itself" in label(pilot, "#meaning")


async def test_the_estimate_follows_what_is_typed() -> None:
    log = FakeLog([make_collection(n, (2 if n % 100 == 99 else 1 if n % 10 == 9 else 0)) for n in range(600)])
    async with opened(FakeSession(make_snapshot(log=log)), size=(160, 48)) as pilot:
        fields = await thresholds(pilot)
        before = label(pilot, "#rate0")
        assert "→" in before and "per minute" in label(pilot, "#estimate")
        fields[0].value = "70000"
        await until(pilot, lambda: label(pilot, "#rate0") not in ("", before), "another estimate")
        fields[0].value = "0"
        await until(pilot, lambda: label(pilot, "#rate0").endswith("→ 0.0"), "no collections")


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (160, 48)])
@pytest.mark.parametrize("key", ["t", "f", "D"])
async def test_dialogs_begin_where_the_eye_does_at_any_size(key: str, size: tuple[int, int]) -> None:
    titles = {"t": "Thresholds", "f": "Freeze the heap", "D": "Debug flags"}
    async with opened(size=size) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: f"─ {titles[key]} ─" in screen_text(pilot), "the dialog")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the main screen")


# -- freezing


@pytest.mark.parametrize(("key", "collect_first"), [("c", True), ("n", False), ("enter", True)])
async def test_freezing_offers_to_collect_first(key: str, collect_first: bool) -> None:
    session = answering(replace(SETTINGS, frozen=1_500_231), pause_ns=12_300_000, freed=4812)
    async with opened(session) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, FreezeScreen), "the dialog")
        text = " ".join(str(one.content) for one in pilot.app.screen.query(".dialog Label").results(Label))
        assert "0 objects are frozen now" in text and "collect first" in text and "about 120 ms" in text
        await pilot.press(key)
        await said(pilot, "Collected in 12.3 ms, 4,812 objects freed; frozen objects 0 → 1,500,231")
        assert ("freeze", collect_first) in session.calls


async def test_freezing_can_be_left() -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, FreezeScreen), "the dialog")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the main screen")
        assert "freeze" not in {call[0] for call in session.calls}


# -- debug flags


async def test_debug_flags_are_chosen_with_their_warning() -> None:
    session = answering(replace(SETTINGS, debug_flags=38))
    async with opened(session, size=(80, 30)) as pilot:
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, DebugFlagsScreen), "the dialog")
        assert "into the program's stderr" in screen_text(pilot)
        await pilot.press("1", "space", "l")  # the first is chosen and left again
        boxes = list(pilot.app.screen.query(Checkbox))
        await until(pilot, lambda: [box.value for box in boxes] == [False, True, True, True], "the flags of LEAK")
        await pilot.press("enter")
        await said(pilot, "Debug flags none → COLLECTABLE, UNCOLLECTABLE, SAVEALL")
        assert ("set_debug_flags", 38) in session.calls


async def test_flags_without_a_name_are_kept() -> None:
    session = FakeSession(with_settings(debug_flags=64 | 1))
    async with opened(session) as pilot:
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, DebugFlagsScreen), "the dialog")
        await pilot.press("1", "enter")
        assert session.calls[-1] == ("set_debug_flags", 64)


# -- leaving


async def test_leaving_says_what_gctui_has_changed_and_restores_it() -> None:
    session = FakeSession(with_settings(enabled=False, frozen=99))
    async with opened(session) as pilot:
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, QuitScreen), "the dialog")
        text = "gctui has changed: automatic collection on → off; frozen objects 0 → 99."
        assert text in label(pilot, "#settings")
        for key in ("Restore (r)", "Cancel (esc)", "Terminate (t)", "Kill (k)"):
            assert key in screen_text(pilot)
        await pilot.press("r")
        assert session.calls[-1] == ("restore_settings",)
        session.snapshots = [make_snapshot()]
        await until(pilot, lambda: not label(pilot, "#settings"), "nothing left to restore")
        assert "Restore" not in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the main screen")


async def test_leaving_says_in_how_many_other_processes_gctui_has_set_something() -> None:
    session = FakeSession(make_snapshot(set_elsewhere=3))
    async with opened(session) as pilot:
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, QuitScreen), "the dialog")
        assert "gctui has changed: the settings of 3 other processes." in label(pilot, "#settings")
        await pilot.press("r")
        assert session.calls[-1] == ("restore_settings",)


async def test_leaving_says_nothing_of_what_the_program_itself_has_set() -> None:
    changed = replace(SETTINGS, enabled=False)
    session = FakeSession(make_snapshot(settings=changed, settings_without_gctui=changed))
    async with opened(session) as pilot:
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, QuitScreen), "the dialog")
        assert "gctui has changed" not in screen_text(pilot) and "Restore" not in screen_text(pilot)
        await pilot.press("r")
        assert ("restore_settings",) not in session.calls


async def test_several_answers_of_one_restoring_are_one_sentence() -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        first = Answer(0, "steer", "", before=replace(SETTINGS, enabled=False), after=SETTINGS)
        second = Answer(0, "steer", "", before=replace(SETTINGS, frozen=9), after=SETTINGS)
        session.snapshots = [make_snapshot(answers=(first, second, first)), make_snapshot()]
        await said(pilot, "Automatic collection off → on; frozen objects 9 → 0")


@pytest.mark.parametrize("key", ["d", "t", "f", "F", "D"])
@pytest.mark.parametrize(("interpreter", "words"), [(0, "'true' is not Python"), (3, "only watches")])
async def test_where_nothing_can_be_set_each_key_says_why(key: str, interpreter: int, words: str) -> None:
    snapshot = make_snapshot(settings=None, interpreters=(0, 3))
    agent = replace(snapshot.agent, state="absent", reason="'true' is not Python.", interpreter=interpreter)
    async with opened(FakeSession(replace(snapshot, agent=agent))) as pilot:
        await pilot.press(key)
        assert "Nothing to set" in main(pilot).note.text and words in main(pilot).note.text


async def test_what_is_so_already_is_said() -> None:
    session = answering(SETTINGS, order=wire.SET_THRESHOLDS)
    async with opened(session) as pilot:
        await pilot.press("t", "enter")
        await said(pilot, "Thresholds were 700, 10, 10 already")
