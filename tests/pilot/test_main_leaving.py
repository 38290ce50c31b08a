"""Leaving: at once when the program has ended, by the dialog while it runs, and by a signal or a failure."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from textual.pilot import Pilot

from gctui.monitor.errors import GctuiError
from gctui.monitor.model import Program, Snapshot
from gctui.ui.app import GctuiApp
from gctui.ui.screens import quit as quit_module
from gctui.ui.screens.quit import QuitScreen
from tests.fakes import NOW, SECOND, FakeSession, make_snapshot
from tests.pilot.main_screen import main, opened
from tests.pilot.waiting import screen_text, until

RUNNING = make_snapshot()
ENDED = make_snapshot(program=Program(("python", "app.py"), 4242, "ended", NOW - SECOND, NOW, 0, None))


class Mortal(FakeSession):
    """Ends when one of the signals in `deadly` comes."""

    def __init__(self, *deadly: int, snapshot: Snapshot = RUNNING) -> None:
        super().__init__(snapshot)
        self._deadly = deadly

    def signal(self, number: int) -> None:
        super().signal(number)
        if number in self._deadly:
            self.snapshots = [ENDED]

    @property
    def signals(self) -> list[Any]:
        return [call[1] for call in self.calls if call[0] == "signal"]


async def left(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: pilot.app._exit, "the app to leave")


@pytest.mark.parametrize("key", ["q", "f10", "ctrl+c", "ctrl+q"])
async def test_after_the_end_one_key_leaves(key: str) -> None:
    async with opened(FakeSession(ENDED)) as pilot:
        assert "ended with exit status 0" in screen_text(pilot)
        await pilot.press(key)
        await left(pilot)
    assert pilot.app.return_value == "ended"
    assert pilot.app.return_code == 0


@pytest.mark.parametrize("key", ["q", "f10", "ctrl+c", "ctrl+q"])
async def test_while_it_runs_the_same_keys_ask(key: str) -> None:
    session = Mortal()
    async with opened(session) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, QuitScreen), "the dialog")
        assert "python app.py --serve (pid 4242) is running" in str(pilot.app.screen.query_one("#question").render())
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the main screen")
    assert session.signals == []


@pytest.mark.parametrize("keys", [["t"], ["enter"]])
async def test_terminate_leaves_when_the_program_has_gone(keys: list[str]) -> None:
    session = Mortal(signal.SIGTERM)
    async with opened(session) as pilot:
        await pilot.press("q", *keys)
        await left(pilot)
    assert session.signals == [signal.SIGTERM]
    assert pilot.app.return_value == "terminated"


async def test_who_does_not_heed_sigterm_is_killed_after_the_grace_period(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quit_module, "GRACE_S", 0.3)
    session = Mortal(signal.SIGKILL)
    async with opened(session) as pilot:
        await pilot.press("q", "t")
        await until(pilot, lambda: "it is killed in 1 s" in _question(pilot), "the countdown")
        await left(pilot)
    assert session.signals == [signal.SIGTERM, signal.SIGKILL]
    assert pilot.app.return_value == "killed"


async def test_cancel_calls_the_kill_off(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Mortal(signal.SIGKILL)
    async with opened(session) as pilot:
        await pilot.press("q", "t", "escape")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the main screen")
    assert session.signals == [signal.SIGTERM]


async def test_kill_is_at_once() -> None:
    session = Mortal(signal.SIGKILL)
    async with opened(session) as pilot:
        await pilot.press("q", "k")
        await left(pilot)
    assert session.signals == [signal.SIGKILL]
    assert pilot.app.return_value == "killed"


async def test_what_even_sigkill_does_not_end_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quit_module, "_GIVE_UP_S", 0.2)
    async with opened(Mortal()) as pilot:
        await pilot.press("q", "k")
        await left(pilot)
    assert pilot.app.return_value == "killed"


async def test_a_stopped_program_is_woken_to_terminate() -> None:
    stopped = make_snapshot(program=Program(("python",), 1, "stopped", NOW, None, None, None))
    session = Mortal(signal.SIGCONT, snapshot=stopped)
    async with opened(session) as pilot:
        await pilot.press("q", "t")
        await left(pilot)
    assert session.signals == [signal.SIGTERM, signal.SIGCONT]


async def test_a_program_that_ends_by_itself_takes_the_dialog_along() -> None:
    session = Mortal()
    async with opened(session) as pilot:
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, QuitScreen), "the dialog")
        session.snapshots = [ENDED]
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the main screen")
        assert not pilot.app._exit


async def test_the_dialog_says_its_keys_in_a_tiny_window() -> None:
    async with opened(size=(20, 5)) as pilot:
        await pilot.press("q")
        await until(
            pilot, lambda: "t terminate, k kill" in " ".join(screen_text(pilot).split()), "the keys of the dialog"
        )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_a_signal_goes_on_to_the_program_and_is_the_exit_code(number: int) -> None:
    session = Mortal()
    async with opened(session) as pilot:
        os.kill(os.getpid(), number)
        await left(pilot)
    app = pilot.app
    assert isinstance(app, GctuiApp)
    app.forget_deadline()
    assert session.signals == [number]
    assert app.return_value == "signalled"
    assert app.return_code == 128 + number
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


class Failing(FakeSession):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def tick(self) -> Snapshot:
        raise self._error


@pytest.mark.parametrize("error", [ZeroDivisionError("boom"), GctuiError("The recorder is gone.")])
async def test_a_failure_is_exit_code_125(error: Exception) -> None:
    app = GctuiApp(Failing(error))
    with pytest.raises(type(error)):
        async with app.run_test():
            pass
    assert app.return_code == 125


def _question(pilot: Pilot[Any]) -> str:
    return str(pilot.app.screen.query_one("#question").render())
