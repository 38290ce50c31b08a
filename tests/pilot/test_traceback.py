"""The drill-down: tracebacks by size, source around each frame, the other sites, copy and back."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

from gctui.monitor.allocations import group
from gctui.monitor.model import AllocationEntry, Allocations, Frame
from gctui.monitor.places import Grouping, View
from gctui.monitor.size_history import SizeAt
from gctui.ui.screens.help import HelpScreen
from gctui.ui.screens.traceback import TracebackScreen
from gctui.ui.widgets.call_tree import CallTreeTable
from gctui.ui.widgets.frames import FramesView
from gctui.ui.widgets.table import Table
from tests.fakes import NOW, SECOND, make_allocations
from tests.pilot.waiting import screen_text, until

SOURCE = "".join(f"line_{n} = {n}  # [red]\x1b[31m\n" for n in range(1, 101))


class DrillApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.copied = ""

    def copy_to_clipboard(self, text: str) -> None:
        self.copied = text

    @property
    def top(self) -> TracebackScreen:
        assert isinstance(self.screen, TracebackScreen)
        return self.screen

    def frame_lines(self) -> list[str]:
        view = self.top.query_one(FramesView)
        return [view.render_line(y).text.rstrip() for y in range(view.size.height)]

    def table_lines(self, name: str) -> list[str]:
        table = self.top.query_one(f"#{name}", Table)
        drawn = [table.render_line(y).text.strip() for y in range(1, table.size.height)]
        return [line for line in drawn if line]


@pytest.fixture
def allocations(tmp_path: Path) -> Allocations:
    """Three tracebacks lead to line 20, one to line 30, and there are small ones somewhere."""
    path = tmp_path / "shop.py"
    path.write_text(SOURCE)
    shop = str(path)
    same_line = [
        AllocationEntry((Frame(shop, 20), Frame(shop, 40 + n), Frame("<frozen runpy>", 5)), 3000 - n, 30, False, 30)
        for n in range(3)
    ]
    entries = (
        *same_line,
        AllocationEntry((Frame(shop, 30), Frame("/nowhere/main.py", 7)), 500, 5, False, 5),
        AllocationEntry((Frame(shop, 0),), 50, 5, True, 5),
    )
    return replace(make_allocations(), entries=entries, total_size=sum(one.size for one in entries))


async def open_row(
    app: DrillApp,
    pilot: Pilot[None],
    allocations: Allocations,
    grouping: Grouping = "line",
    mark: Allocations | None = None,
    sizes: Sequence[SizeAt] = (),
) -> None:
    view = View(grouping)
    await app.push_screen(TracebackScreen(group(allocations, mark, view)[0], allocations, mark, view, sizes))
    await until(pilot, lambda: "line_20 = 20" in "\n".join(app.frame_lines()), "the source")


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (40, 12)])
async def test_it_shows_where_the_memory_is_from(allocations: Allocations, size: tuple[int, int]) -> None:
    app = DrillApp()
    async with app.run_test(size=size) as pilot:
        await open_row(app, pilot, allocations)
        lines = app.frame_lines()
        assert "shop.py:20" in lines[0]
        (marked,) = [line for line in lines[: 12 if size[1] > 40 else 6] if line.startswith(" ▶")]
        assert "20  line_20 = 20  # [red]" in marked
        assert "\x1b" not in "".join(lines)
        assert len(app.table_lines("sites")) >= 1


async def test_up_and_down_go_through_the_frames(allocations: Allocations) -> None:
    app = DrillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_row(app, pilot, allocations)
        view = app.top.query_one(FramesView)
        for keys, frame in ((["down"], 1), (["j"], 2), (["down"], 2), (["up"], 1), (["k"], 0), (["end"], 2)):
            await pilot.press(*keys)
            assert view.frame == frame
        await until(pilot, lambda: "no source to show" in "\n".join(app.frame_lines()), "the last frame")
        for key, frame in (("home", 0), ("G", 2), ("g", 0)):
            await pilot.press(key)
            assert view.frame == frame
        await pilot.press("pagedown")
        await until(pilot, lambda: view.scroll_offset.y > 0, "the next page")
        await pilot.press("pageup")
        await until(pilot, lambda: view.scroll_offset.y == 0, "the first page")


async def test_tracebacks_are_ranked_and_can_be_gone_through(allocations: Allocations) -> None:
    app = DrillApp()
    async with app.run_test(size=(160, 48)) as pilot:
        await open_row(app, pilot, allocations)
        assert [line.split("← ")[0].split()[-1] for line in app.table_lines("tracebacks")] == [
            "shop.py:40",
            "shop.py:41",
            "shop.py:42",
        ]
        view = app.top.query_one(FramesView)

        def title_has(text: str) -> bool:
            return text in str(view.border_title)

        for key, expected in (("n", 2), ("n", 3), ("n", 3), ("p", 2)):
            await pilot.press(key)
            await until(pilot, partial(title_has, f"Traceback {expected} of 3"), "the traceback")
        await until(pilot, lambda: any("41  line_41 = 41" in line for line in app.frame_lines()), "its source")
        await pilot.press("tab", "down")
        await until(pilot, partial(title_has, "Traceback 3 of 3"), "the last traceback")
        await pilot.press("enter")
        assert view.has_focus


async def test_another_site_opens_and_escape_comes_back(allocations: Allocations) -> None:
    app = DrillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_row(app, pilot, allocations)
        first = app.top
        await until(pilot, lambda: "line_30 = 30" in app.table_lines("sites")[0], "the source of the site")
        assert "(many small sites)" in app.table_lines("sites")[1]
        await pilot.press("tab", "tab", "enter")
        await until(
            pilot, lambda: app.screen is not first and "line_30 = 30" in "\n".join(app.frame_lines()), "the site"
        )
        keys = app.screen.active_bindings
        assert "n" not in keys, "there is only one traceback"
        await pilot.press("escape")
        assert app.screen is first
        await pilot.press("escape")
        assert not isinstance(app.screen, TracebackScreen)


async def test_y_copies_what_is_shown_and_says_so(allocations: Allocations) -> None:
    app = DrillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_row(app, pilot, allocations, mark=replace(allocations, entries=()))
        await pilot.press("y")
        assert "shop.py:20\n    line_20 = 20" in app.copied
        assert "+2.93 KiB since the mark" in app.copied
        assert all(line.isprintable() for line in app.copied.splitlines())
        await until(pilot, lambda: len(app._notifications) == 1, "the toast")


@pytest.mark.parametrize(("grouping", "tracebacks", "sites"), [("file", 5, 3), ("traceback", 0, 2)])
async def test_every_grouping_can_be_opened(
    allocations: Allocations, grouping: Grouping, tracebacks: int, sites: int
) -> None:
    app = DrillApp()
    async with app.run_test(size=(160, 48)) as pilot:
        await open_row(app, pilot, allocations, grouping)
        assert len(app.table_lines("sites")) == sites
        if tracebacks:
            assert len(app.table_lines("tracebacks")) == tracebacks
        else:
            assert not app.top.query("#tracebacks")


async def test_a_row_of_what_is_gone_can_be_opened() -> None:
    mark = make_allocations(3)
    now = replace(mark, entries=(), total_size=0, trace_frames=1)
    app = DrillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        row = group(now, mark, View())[0]
        await app.push_screen(TracebackScreen(row, now, mark, View()))
        await until(pilot, lambda: "not there any more" in "\n".join(app.frame_lines()), "the sentence")


async def test_help(allocations: Allocations) -> None:
    app = DrillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_row(app, pilot, allocations)
        for key in ("question_mark", "h", "f1"):
            await pilot.press(key)
            assert isinstance(app.screen, HelpScreen)
            await pilot.press("escape")


async def test_growth_over_time_is_a_graph_with_its_scale(allocations: Allocations) -> None:
    app = DrillApp()
    sizes = [SizeAt(n * SECOND, n * 1024) for n in range(1, 60)]
    async with app.run_test(size=(80, 24)) as pilot:
        await open_row(app, pilot, allocations, sizes=sizes)
        assert "size over 0m58s ▁" in screen_text(pilot)
        assert "█ scale 0 to 59.0 KiB" in screen_text(pilot)


def tree_lines(app: DrillApp) -> list[str]:
    tree = app.top.query_one(CallTreeTable)
    drawn = [tree.render_line(y).text.rstrip() for y in range(1, tree.size.height)]
    return [line for line in drawn if line]


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_t_shows_who_called_then_what_it_called_then_the_source(
    allocations: Allocations, size: tuple[int, int]
) -> None:
    app = DrillApp()
    async with app.run_test(size=size) as pilot:
        await open_row(app, pilot, allocations)
        await pilot.press("t")
        tree = app.top.query_one(CallTreeTable)
        assert str(tree.border_title).startswith("Who called")
        first, second, *_ = tree_lines(app)
        assert "8.79 KiB" in first
        assert "100 %" in first
        assert "▾ " in first
        assert "shop.py:20" in first
        assert "▸ " in second
        assert "shop.py:40" in second
        assert len(tree_lines(app)) == 4
        assert "n" not in app.top.active_bindings, "there is no next traceback in a tree of all"
        await pilot.press("t")
        assert str(tree.border_title).startswith("What it called")
        assert "<frozen runpy>:5" in tree_lines(app)[0]
        assert "shop.py:42" in tree_lines(app)[3]
        await pilot.press("t")
        assert app.top.query_one(FramesView).has_focus
        assert "line_20 = 20" in "\n".join(app.frame_lines())


async def test_nodes_open_and_close_and_the_cursor_stays(allocations: Allocations) -> None:
    app = DrillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_row(app, pilot, allocations, "file")
        await pilot.press("t")
        tree = app.top.query_one(CallTreeTable)

        def at_cursor() -> str:
            node = tree.cursor_row
            assert node is not None
            return f"{node.path[-1].line} {'open' if node.is_open else 'closed'}"

        assert len(tree_lines(app)) == 3
        assert "(many small sites)" in tree_lines(app)[2]
        await pilot.press("enter")
        assert (at_cursor(), len(tree_lines(app))) == ("20 open", 6)
        await pilot.press("down", "down", "right", "down")
        assert (at_cursor(), len(tree_lines(app))) == ("5 closed", 7)
        await pilot.press("left")
        assert at_cursor() == "41 open"
        await pilot.press("left", "left", "space")
        assert (at_cursor(), len(tree_lines(app))) == ("20 closed", 3)
        await pilot.press("s")
        assert (at_cursor(), len(tree_lines(app))) == ("20 closed", 3), "a tree has one order"


async def test_y_copies_the_tree(allocations: Allocations) -> None:
    app = DrillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_row(app, pilot, allocations)
        await pilot.press("t", "y")
        assert "shop.py:40" in app.copied
        assert app.copied.count("\n") == 4


class TerminalApp(DrillApp):
    """One that can give its terminal to an editor, and does not get it back after an exception, as Textual's."""

    is_suspended = False

    @contextmanager
    def suspend(self) -> Iterator[None]:
        self.is_suspended = True
        yield
        self.is_suspended = False


async def test_e_opens_the_line_under_the_cursor(
    allocations: Allocations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = tmp_path / "opened"
    editor = tmp_path / "editor.py"
    editor.write_text(f"import sys\nopen({str(opened)!r}, 'a').write(sys.argv[1] + '\\n')\n")
    monkeypatch.setenv("VISUAL", f"{sys.executable} {editor}")
    app = TerminalApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_row(app, pilot, allocations)
        await pilot.press("e", "down", "e", "tab", "tab", "e", "t", "down", "down", "down", "e")
        assert opened.read_text().split() == ["+20", "+40", "+30", "+42"]


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "import os; os.kill(os.getpid(), 2)"])
async def test_the_screen_comes_back_from_an_editor_that_fails(
    allocations: Allocations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    (tmp_path / "editor.py").write_text(code)
    monkeypatch.setenv("VISUAL", f"{sys.executable} {tmp_path / 'editor.py'}")
    app = TerminalApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_row(app, pilot, allocations)
        await pilot.press("e")
        await until(pilot, lambda: len(app._notifications) == 1, "the sentence")
        assert not app.is_suspended


@pytest.mark.parametrize(
    ("editor", "key", "text"),
    [
        ("/nowhere/editor", "home", "$VISUAL is /nowhere/editor, which is not found."),
        (sys.executable, "end", "This frame is not from a file."),
        (sys.executable, "home", "There is no terminal for an editor to run on."),
    ],
)
async def test_why_nothing_can_be_edited(
    allocations: Allocations, monkeypatch: pytest.MonkeyPatch, editor: str, key: str, text: str
) -> None:
    monkeypatch.setenv("VISUAL", editor)
    app = DrillApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_row(app, pilot, allocations)
        await pilot.press(key, "e")
        await until(pilot, lambda: [one.message for one in app._notifications] == [text], "the sentence")


async def test_at_the_peak_it_is_compared_with_now() -> None:
    peak, now = make_allocations(scale=3, taken_ns=NOW - SECOND), make_allocations()
    app: App[None] = App()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.push_screen(TracebackScreen(group(peak, now, View())[0], peak, now, View()))
        await until(pilot, lambda: "+781 KiB against now" in screen_text(pilot), "the comparison")
        assert "since the mark" not in screen_text(pilot)
