"""The main screen shows what a snapshot says, in every size of window, and keeps to it while it is frozen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widget import Widget

from gctui.monitor.model import Agent, Losses, Program, Running
from gctui.ui.widgets.output import OutputPane
from tests.fakes import NOW, SECOND, FakeSession, make_snapshot
from tests.pilot.main_screen import main, opened, panes
from tests.pilot.waiting import screen_text, until

ENDED = Program(("python", "app.py"), 4242, "ended", NOW - 60 * SECOND, NOW, 3, None)


async def test_the_smallest_usual_terminal_shows_everything_that_matters() -> None:
    async with opened() as pilot:
        text = screen_text(pilot)
        for part in (
            "python app.py --serve",
            "pid 4242",
            "Python 3.12.1",
            "running",
            "RSS 128 MiB",
            "CPU 38 %",
            "paused 12.0 % of time !",
            "collector on",
            "Generations",
            "Pauses",
            "Collection log",
            "allocations",
            "Help",
            "Quit",
        ):
            assert part in text
        assert panes(pilot) == {"generations", "timeline", "log", "allocations"}
        assert all(main(pilot)._pane(name).size.height >= 4 for name in ("log", "allocations"))


async def test_a_wide_terminal_has_two_columns_and_the_output_below() -> None:
    async with opened(size=(160, 48)) as pilot:
        log, allocations, output = (main(pilot)._pane(name).region for name in ("log", "allocations", "output"))
        assert allocations.x >= log.right
        assert output.y >= log.bottom
        assert output.width == 160
        assert "USS 96.0 MiB" in screen_text(pilot)


async def test_without_a_terminal_of_the_program_there_is_no_output_pane() -> None:
    session = FakeSession()
    session.has_terminal = False
    async with opened(session, size=(160, 48)) as pilot:
        assert "output" not in panes(pilot)
        assert "Output" not in screen_text(pilot)


@pytest.mark.parametrize("size", [(20, 5), (39, 24), (80, 9)])
async def test_a_tiny_window_gets_one_sentence(size: tuple[int, int]) -> None:
    width, height = size
    async with opened(size=size) as pilot:
        words = " ".join(screen_text(pilot).split())
        assert words == f"Window too small: {width}x{height}, gctui needs 40x10"
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "Generations" in screen_text(pilot), "the screen in a larger window")


@pytest.mark.parametrize("size", [(40, 10), (50, 16), (80, 20), (100, 30), (120, 32), (200, 60), (300, 100)])
async def test_every_size_keeps_header_message_and_keys(size: tuple[int, int]) -> None:
    async with opened(size=size) as pilot:
        lines = screen_text(pilot).splitlines()
        assert len(lines) == size[1]
        assert "running" in lines[1]
        assert "Quit" in lines[-1]
        for pane in panes(pilot):
            region = main(pilot).query_one(f"#{pane}").region
            assert region.height >= 3
            assert region.bottom <= size[1] - 2


async def test_the_focus_stays_in_view_when_the_window_shrinks() -> None:
    async with opened(size=(160, 48)) as pilot:
        await pilot.press("f3")
        await pilot.resize_terminal(80, 20)
        await until(pilot, lambda: "timeline" not in panes(pilot), "the smaller arrangement")
        focused = main(pilot).focused
        assert focused is not None
        assert focused.id in panes(pilot)


async def test_a_frozen_display_stands_still_while_ticks_go_on() -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        await pilot.press("space")
        await until(pilot, lambda: "FROZEN display" in screen_text(pilot), "the sign of a frozen display")
        session.snapshots = [make_snapshot(program=ENDED)]
        await until(pilot, lambda: main(pilot).program == ENDED, "a tick behind the frozen display")
        assert "running" in screen_text(pilot).splitlines()[1]
        assert "Program ended with exit status 3: o shows its output" in screen_text(pilot)
        await pilot.press("space")
        await until(pilot, lambda: "ended" in screen_text(pilot).splitlines()[1], "the present")
        assert "FROZEN" not in screen_text(pilot)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (ENDED, "ended with exit status 3"),
        (replace(ENDED, exit_code=None, signal=9), "killed by SIGKILL"),
        (replace(ENDED, state="stopped", ended_ns=None, exit_code=None), "stopped"),
        (replace(ENDED, state="starting", ended_ns=None, exit_code=None), "starting"),
    ],
)
async def test_the_header_says_the_state(program: Program, words: str) -> None:
    async with opened(FakeSession(make_snapshot(program=program))) as pilot:
        assert words in screen_text(pilot).splitlines()[1]


async def test_why_there_is_no_agent_and_what_was_lost_cannot_be_overlooked() -> None:
    reason = "No agent answered: python -S leaves out what starts it. Leave out -S."
    absent = Agent("absent", reason, 0, 0, "", "", False)
    snapshot = make_snapshot(agent=absent, losses=Losses(collections=1204), gauges=None)
    async with opened(FakeSession(snapshot)) as pilot:
        await until(pilot, lambda: reason in screen_text(pilot), "the reason")
        assert "lost: 1,204 collections" in screen_text(pilot)
        await until(pilot, lambda: "timeline" not in panes(pilot), "an arrangement that leaves it room")


async def test_a_notice_comes_to_the_message_line_and_to_the_help() -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        session.snapshots = [make_snapshot(notices=("the recorder's file vanished",))]
        await until(pilot, lambda: "the recorder's file vanished" in screen_text(pilot), "the notice")
        await pilot.press("question_mark")
        await until(pilot, lambda: "Help:" in screen_text(pilot), "the help")
        await pilot.press("end")
        await until(pilot, lambda: "What went wrong so far" in screen_text(pilot), "the list of notices")


async def test_a_running_collection_is_shown_as_running() -> None:
    snapshot = make_snapshot(running=Running(2, NOW - 3_200_000_000))
    async with opened(FakeSession(snapshot)) as pilot:
        text = screen_text(pilot)
        assert "Generations · generation 2 running for 3.20 s" in text
        assert "▶2" in text


async def test_text_of_the_program_is_neither_markup_nor_an_escape_sequence() -> None:
    hostile = "[red]a[/red]\x1b]0;title\x07\x1b[2J\n[@click=app.bell]x"
    program = replace(make_snapshot().program, argv=("python", hostile))
    snapshot = make_snapshot(program=program, notices=(hostile,), agent=replace(make_snapshot().agent, reason=hostile))
    async with opened(FakeSession(snapshot), size=(120, 32)) as pilot:
        await until(pilot, lambda: screen_text(pilot).count("[red]a[/red]") == 3, "the text as it is")
        assert "\x1b" not in screen_text(pilot)
        await pilot.press("q")
        await until(pilot, lambda: "Leave gctui" in screen_text(pilot), "the dialog")
        assert "[red]a[/red]" in screen_text(pilot)


async def test_an_unchanged_tick_paints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    session = FakeSession()
    async with opened(session) as pilot:
        painted: list[Widget] = []

        def note(widget: Widget, *_: object, **__: object) -> Widget:
            painted.append(widget)
            return widget

        monkeypatch.setattr(Widget, "refresh", note)
        before = main(pilot).snapshot
        await until(pilot, lambda: main(pilot).snapshot is not before, "a further tick")
        assert {type(widget) for widget in painted} <= {OutputPane}
