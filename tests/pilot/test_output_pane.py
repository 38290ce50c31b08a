"""The output pane, driven by keys: what it shows, how it follows, and what it sends to the program."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.reactive import reactive

from gctui.monitor.model import Snapshot
from gctui.monitor.output import MAX_LINES
from gctui.ui.widgets.output import OutputPane
from tests.fakes import FakeSession, make_snapshot
from tests.pilot.waiting import until


class PaneApp(App[None]):
    """An output pane and nothing else; `t` and `ctrl+c` stand for the keys of the screen around it."""

    BINDINGS = [("t", "note"), ("ctrl+c", "note")]
    snapshot: reactive[Snapshot | None] = reactive(None, always_update=True)

    def __init__(self, session: FakeSession) -> None:
        super().__init__()
        self.session = session
        self.noted = 0

    def compose(self) -> ComposeResult:
        yield OutputPane(self.session, id="output").data_bind(PaneApp.snapshot)

    def on_mount(self) -> None:
        self.pane.focus()
        self.snapshot = self.session.tick()

    @property
    def pane(self) -> OutputPane:
        return self.query_one(OutputPane)

    def action_note(self) -> None:
        self.noted += 1

    async def feed(self, pilot: Pilot[None], data: bytes) -> None:
        self.session.output.feed(data)
        self.snapshot = self.session.tick()
        await pilot.pause()

    def rows(self) -> list[str]:
        height = self.pane.scrollable_content_region.height
        return [self.pane.render_line(y).text.rstrip() for y in range(height)]

    @property
    def pane_title(self) -> str:
        return str(self.pane.border_title)


def typed_of(session: FakeSession) -> bytes:
    return b"".join(call[1] for call in session.calls if call[0] == "type")


def numbered(count: int, start: int = 0) -> bytes:
    return b"".join(b"line %d\r\n" % number for number in range(start, start + count))


@pytest.fixture
def app() -> PaneApp:
    return PaneApp(FakeSession())


async def test_before_anything_was_printed(app: PaneApp) -> None:
    async with app.run_test(size=(60, 11)):
        assert app.rows()[0] == " Nothing printed yet."
        assert app.pane_title == "Output"


async def test_without_a_terminal_it_says_where_the_output_goes(app: PaneApp) -> None:
    app.session.has_terminal = False
    async with app.run_test(size=(60, 11)):
        assert app.rows()[0] == " The program's output goes where you redirected it."


async def test_it_follows_and_stands_still_when_scrolled(app: PaneApp) -> None:
    async with app.run_test(size=(60, 11)) as pilot:
        await app.feed(pilot, numbered(100))
        assert app.rows() == [f"line {number}" for number in range(90, 100)]
        assert app.pane_title == "Output · following"

        await pilot.press("k")
        await app.feed(pilot, numbered(50, 100))
        assert app.rows() == [f"line {number}" for number in range(89, 99)]
        assert app.pane_title == "Output · 51 newer below"

        await pilot.press("home")
        assert app.rows()[0] == "line 0"
        await pilot.press("pagedown", "j")
        assert app.rows()[0] == "line 11"
        await pilot.press("pageup")
        assert app.rows()[0] == "line 1"
        await pilot.press("end")
        assert app.rows()[-1] == "line 149"
        await app.feed(pilot, numbered(1, 150))
        assert app.rows()[-1] == "line 150"


async def test_scrolling_down_to_the_end_follows_again(app: PaneApp) -> None:
    async with app.run_test(size=(60, 11)) as pilot:
        await app.feed(pilot, numbered(20))
        await pilot.press("k", "k", "j", "j")
        await app.feed(pilot, numbered(1, 20))

        assert app.rows()[-1] == "line 20"
        assert app.pane_title == "Output · following"


async def test_it_stays_on_its_line_while_old_ones_are_dropped(app: PaneApp) -> None:
    async with app.run_test(size=(60, 11)) as pilot:
        await app.feed(pilot, numbered(MAX_LINES))
        await pilot.press("home", *["pagedown"] * 3)
        assert app.rows()[0] == "line 30"

        await app.feed(pilot, numbered(20, MAX_LINES))
        assert app.rows()[0] == "line 30"
        assert "dropped" in app.pane_title
        await app.feed(pilot, numbered(100, MAX_LINES + 20))
        assert app.rows()[0] == "line 120"


async def test_lines_dropped_behind_a_frozen_display_say_so(app: PaneApp) -> None:
    async with app.run_test(size=(60, 11)) as pilot:
        await app.feed(pilot, numbered(MAX_LINES))
        app.session.output.feed(numbered(50, MAX_LINES))
        await pilot.press("home")

        assert app.rows()[0] == "no longer kept"


async def test_long_lines_are_wrapped_and_can_be_read_from_their_beginning(app: PaneApp) -> None:
    async with app.run_test(size=(42, 6)) as pilot:
        width = app.pane.scrollable_content_region.width
        await app.feed(pilot, b"first\r\n" + b"a" * width + b"b" * width + b"c\r\n" + "日本".encode() * width)
        assert len(app.rows()) == 5
        assert app.rows()[-1].startswith("日本")

        await pilot.press("home")
        assert app.rows()[:4] == ["first", "a" * width, "b" * width, "c"]
        await pilot.press("j", "j")
        assert app.rows()[0].startswith("日本")
        assert "".join(app.rows()).replace("日本", "") == ""


async def test_very_long_lines_say_how_much_is_left_out(app: PaneApp) -> None:
    async with app.run_test(size=(60, 40)) as pilot:
        await app.feed(pilot, b"before\r\n" + "é".encode() * 5_000_000 + b"\r\nafter")
        await pilot.press("home")
        for _ in range(3):
            await pilot.press("j")

        text = "".join(app.rows())
        assert text.endswith(" … 9.53 MiB moreafter")
        assert "�" not in text


async def test_colours_are_kept_and_nothing_else(app: PaneApp) -> None:
    async with app.run_test(size=(60, 11)) as pilot:
        await app.feed(pilot, b"\x1b]0;t\x07[b]\x1b[1;31mred\x1b[2J\x1b[0;38;2;1;2;3;48;5;17mrgb\x1b[m\r\n")

        strip = app.pane.render_line(0)
        assert strip.text.rstrip() == "[b]redrgb"
        styles = {segment.text: segment.style for segment in strip if segment.style is not None}
        assert styles["red"].bold and styles["red"].color is not None and styles["red"].color.number == 1
        assert styles["rgb"].color is not None and styles["rgb"].color.get_truecolor() == (1, 2, 3)
        assert styles["rgb"].bgcolor is not None and styles["rgb"].bgcolor.number == 17


async def test_a_progress_bar_is_one_line(app: PaneApp) -> None:
    async with app.run_test(size=(60, 11)) as pilot:
        for step in range(0, 101, 10):
            await app.feed(pilot, b"\r%3d%% %s" % (step, b"#" * (step // 10)))

        assert app.rows()[:2] == ["100% ##########", ""]


async def test_the_programs_terminal_has_the_size_of_the_pane(app: PaneApp) -> None:
    async with app.run_test(size=(60, 11)) as pilot:
        assert app.session.calls[-1] == ("resize", 59, 10)
        await app.feed(pilot, numbered(100))
        await pilot.resize_terminal(100, 30)
        await pilot.pause()

        assert app.session.calls[-1] == ("resize", 99, 29)
        assert app.rows()[-1] == "line 99"


async def test_the_filter_shows_the_lines_with_a_text(app: PaneApp) -> None:
    async with app.run_test(size=(60, 11)) as pilot:
        await app.feed(pilot, numbered(40) + b"\x1b[1mOd\x1b[0md one")
        app.pane.filter_text = "odd"
        await pilot.pause()
        assert app.rows()[:2] == ["Odd one", ""]
        assert app.pane_title == "Output · 1 of 41 lines match"

        app.pane.filter_text = "line 3"
        await pilot.pause()
        assert app.rows() == [f"line {number}" for number in range(30, 40)]
        app.pane.filter_text = "[nothing]"
        await pilot.pause()
        assert app.rows()[0] == ' No line contains "[nothing]".'
        app.pane.filter_text = ""
        await pilot.pause()
        assert app.rows()[-1] == "Odd one"


async def test_typing_sends_every_key_until_escape(app: PaneApp) -> None:
    async with app.run_test(size=(80, 11)) as pilot:
        await pilot.press("enter")
        assert app.pane_title.startswith("typing: keys go to the program, esc leaves")
        assert app.pane.has_class("-typing")

        await pilot.press("t", "ctrl+c", "tab", "up", "ctrl+d", "enter")
        app.pane.post_message(events.Paste("two\nlines"))
        await pilot.pause()
        assert typed_of(app.session) == b"t\x03\t\x1b[A\x04\rtwo\rlines"
        assert app.noted == 0

        await pilot.press("escape", "t")
        assert app.noted == 1
        assert typed_of(app.session) == b"t\x03\t\x1b[A\x04\rtwo\rlines"
        assert app.pane_title == "Output"


async def test_the_echo_of_what_is_typed_does_not_wait_for_a_snapshot(app: PaneApp) -> None:
    async with app.run_test(size=(80, 11)) as pilot:
        await app.feed(pilot, b"name? ")
        await pilot.press("i")
        assert app.pane.render_line(0).text.rstrip() == "name?"
        app.session.output.feed(b"Ada")
        while app.rows()[0] != "name? Ada":
            await pilot.pause(0.01)

        cursor = next(one for one in app.pane.render_line(0) if one.style is not None and one.style.reverse)
        assert cursor.text == " "


async def test_leaving_the_pane_ends_typing(app: PaneApp) -> None:
    async with app.run_test(size=(40, 11)) as pilot:
        await pilot.press("enter")
        assert app.pane_title == "typing, esc leaves"

        app.pane.blur()
        await pilot.pause()
        assert not app.pane.is_typing


async def test_it_says_why_typing_cannot_be(app: PaneApp) -> None:
    app.session.accepts_input = False
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.press("enter", "t")
        assert app.pane_title == "no typing: its stdin is redirected"
        assert (typed_of(app.session), app.noted) == (b"", 1)


async def test_typing_is_not_offered_once_the_program_has_ended(app: PaneApp) -> None:
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.pause()
        assert "enter" in app.screen.active_bindings
        running = make_snapshot()
        app.snapshot = replace(running, program=replace(running.program, state="ended", exit_code=0))
        await until(pilot, lambda: "enter" not in app.screen.active_bindings, "the key not offered")
        await pilot.press("enter", "t")
        assert not app.pane.is_typing
        assert (typed_of(app.session), app.noted) == (b"", 1)


async def test_while_typing_the_title_says_that_the_program_has_ended(app: PaneApp) -> None:
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.press("enter")
        running = make_snapshot()
        app.snapshot = replace(running, program=replace(running.program, state="ended", exit_code=0))
        await until(pilot, lambda: app.pane_title.startswith("typing: the program has ended"), "the title")


async def test_nothing_is_drawn_while_nothing_changes(app: PaneApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test(size=(60, 11)) as pilot:
        await app.feed(pilot, numbered(5) + b"open")
        drawn: list[object] = []
        monkeypatch.setattr(OutputPane, "refresh", lambda self, *regions, **options: drawn.append(regions))

        app.snapshot = app.session.tick()
        await pilot.pause()
        assert drawn == []
        await app.feed(pilot, b" end")
        assert len(drawn) == 1


async def test_a_hidden_pane_does_nothing_and_catches_up(app: PaneApp) -> None:
    async with app.run_test(size=(60, 11)) as pilot:
        app.pane.display = False
        await pilot.pause()
        await app.feed(pilot, numbered(30))
        assert app.pane.line_count == 0

        app.pane.display = True
        await pilot.pause()
        assert app.rows()[-1] == "line 29"
