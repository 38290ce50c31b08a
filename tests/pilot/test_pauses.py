"""The pauses screen and what is behind a trigger: the way there and back, sizes, spans, filter, sorting, words."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from gctui.monitor.history import InterpreterHistory
from gctui.monitor.model import Site, Snapshot
from gctui.monitor.pauses import PauseFigures, Span, Trigger
from gctui.ui.screens.pauses import PausesScreen
from gctui.ui.screens.trigger import TriggerScreen
from gctui.ui.widgets.frames import FramesView
from gctui.ui.widgets.table import Table
from tests.fakes import NOW, SECOND, FakeLog, FakeSession, make_collection, make_pauses, make_snapshot
from tests.pilot.main_screen import main, opened
from tests.pilot.waiting import screen_text, until


async def shows(pilot: Pilot[Any], *texts: str) -> None:
    await until(pilot, lambda: all(text in screen_text(pilot) for text in texts), str(texts))


async def gone(pilot: Pilot[Any], text: str) -> None:
    await until(pilot, lambda: text not in screen_text(pilot), f"the end of {text}")


def top(pilot: Pilot[Any]) -> str:
    """The trigger in the first row of the table."""
    table: Table[Any] = pilot.app.screen.query_one("#triggers", Table)
    return str(table.rows[0].trigger.site)


def at(path: Path | str, *, python: str = "3.12.1", site: Site | None = None) -> Snapshot:
    """A program whose collections struck in one line of that file, or at that site, but for one of them."""
    place = site or Site(str(path), 20, "load")
    log = FakeLog(
        [make_collection(n, 2 if n == 5 else 0, 120_000_000 if n == 5 else 20_000 + n, site=place) for n in range(30)]
        + [make_collection(30, site=Site("/srv/other.py", 3, "else_where"))]
    )
    base = make_snapshot()
    return replace(base, log=log, pauses=make_pauses(log), agent=replace(base.agent, python=python))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.py"
    path.write_text("".join(f"line_{n} = {n}  # [red]\x1b[31m\n" for n in range(1, 101)))
    return path


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (100, 40)])
async def test_the_timeline_or_a_key_opens_it_and_escape_leaves(size: tuple[int, int]) -> None:
    async with opened(size=size) as pilot:
        await pilot.press("x")
        await shows(pilot, "whole run", "last minute", "throughput", "in the worst 100 ms", "Top triggers", "views.py")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the main screen")
        await pilot.press("f3", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PausesScreen), "the pauses")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the main screen")
        await pilot.click("#timeline", times=2)
        await until(pilot, lambda: isinstance(pilot.app.screen, PausesScreen), "the pauses")


async def test_a_large_screen_shows_all_and_a_small_one_a_part_at_a_time() -> None:
    async with opened(size=(160, 48)) as pilot:
        await pilot.press("x")
        await shows(pilot, "the program ran for", "Histogram · whole run", "10 µs to 30 µs", "█ 2", "asked")
        assert "v" not in pilot.app.screen.active_bindings
    async with opened(size=(80, 24)) as pilot:
        await pilot.press("x")
        await shows(pilot, "the program ran for", "Top triggers")
        await pilot.press("v")
        await shows(pilot, "Histogram", "⣿ 1", "Top triggers")
        await pilot.press("v")
        await shows(pilot, "the program ran for")


async def test_forty_by_ten() -> None:
    async with opened(size=(40, 10)) as pilot:
        await pilot.press("x")
        await shows(pilot, "longest 120 ms", "worst 1 s:", "100 collections")
        await pilot.press("v")
        await shows(pilot, "Histogram", "log scale")
        await pilot.press("v")
        await shows(pilot, "Top triggers", "views.py:")
        await pilot.press("enter")
        await shows(pilot, "Source, as it is", "Its 20 collections")
        await pilot.press("escape", "v", "slash")
        await shows(pilot, "Filter Triggers", "Top triggers")


async def test_the_span_is_changed_for_histogram_and_triggers() -> None:
    quiet = make_snapshot(pauses=make_pauses(FakeLog([make_collection(0, started_ns=NOW - 90 * SECOND)])))
    async with opened(FakeSession(quiet), (160, 48)) as pilot:
        await pilot.press("x")
        await shows(pilot, "Top triggers · whole run · 1 place")
        await pilot.press("l")
        await shows(pilot, "Top triggers · last minute", "Histogram · last minute", "No collection in the last minute.")
        await pilot.press("l")
        await shows(pilot, "Histogram · whole run", "views.py:10")


async def test_no_collection_is_said() -> None:
    nothing = make_snapshot(pauses=InterpreterHistory(0, NOW - SECOND).pauses, log=FakeLog([]))
    async with opened(FakeSession(nothing), (160, 48)) as pilot:
        await pilot.press("x")
        await until(pilot, lambda: screen_text(pilot).count("No collection yet.") == 2, "both sentences")
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, PausesScreen)


@pytest.mark.parametrize("size", [(160, 48), (80, 24), (40, 10)])
async def test_without_an_agent_no_figure_is_made_up(size: tuple[int, int]) -> None:
    base = make_snapshot(pauses=InterpreterHistory(0, NOW - SECOND).pauses, log=FakeLog([]))
    zero, one, two = (replace(each, pauses=replace(each.pauses, events=0)) for each in base.generations)
    agent = replace(base.agent, state="absent", reason="'sleep' is not Python.")
    async with opened(FakeSession(replace(base, agent=agent, generations=(zero, one, two))), size) as pilot:
        await pilot.press("x")
        await shows(pilot, "Nothing is known of pauses:", "Python.")
        assert "throughput" not in screen_text(pilot)


async def test_sort_and_filter_hold() -> None:
    async with opened(size=(160, 48)) as pilot:
        await pilot.press("x")
        await shows(pilot, "total▼")
        table: Table[Any] = pilot.app.screen.query_one("#triggers", Table)
        assert top(pilot).endswith(":14 handle")
        heading = screen_text(pilot).splitlines()[table.region.y + 1]
        await pilot.click(table, offset=(heading.index("trigger") + 1, 1))
        assert top(pilot).endswith(":10 handle")
        await pilot.press("slash", *"!:10", "enter")
        await shows(pilot, "4 of 5 match")
        assert top(pilot).endswith(":11 handle")
        await pilot.press("slash")
        await shows(pilot, "Filter Triggers")
        await pilot.press(*" xyz")
        await shows(pilot, "No trigger matches the filter.")
        await pilot.press("escape")
        await shows(pilot, "5 places", "views.py:10")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the main screen")


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (40, 10)])
async def test_a_trigger_leads_to_its_source_and_its_collections(shop: Path, size: tuple[int, int]) -> None:
    async with opened(FakeSession(at(shop)), size) as pilot:
        await pilot.press("x", *"vv" * (size[1] == 10), "enter")
        await shows(pilot, "▶    20  line_20 = 20  # [red]", "Its 30 collections", "shop.py:20 load")
        screen = pilot.app.screen
        assert isinstance(screen, TriggerScreen)
        table: Table[Any] = screen.query_one("#collections", Table)
        numbers = [line.collection.number for line in table.rows]
        assert numbers == sorted(numbers, reverse=True), "the newest first"
        assert "\x1b[31m" not in screen_text(pilot)
        await pilot.press("s")
        await until(pilot, lambda: table.rows[0].collection.number != 29 or "time" not in table.sort_column.key, "sort")
        table.sort_by("pause")
        assert table.rows[0].collection.number == 5
        await pilot.press("tab")
        assert screen.query_one(FramesView).has_focus
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, PausesScreen), "the pauses")


async def test_its_collections_go_on_and_the_cursor_stays(shop: Path) -> None:
    first, later = at(shop), at(shop)
    more = FakeLog([*(later.log[n] for n in range(31)), make_collection(31, site=first.log[0].site)])
    session = FakeSession(first)
    async with opened(session) as pilot:
        await pilot.press("x", "enter")
        await shows(pilot, "Its 30 collections")
        await pilot.press("down", "down")
        table: Table[Any] = pilot.app.screen.query_one("#collections", Table)
        kept = table.rows[2].collection.number
        session.snapshots = [replace(later, log=more, pauses=make_pauses(more))]
        await shows(pilot, "Its 31 collections")
        assert table.cursor == 3
        assert table.rows[3].collection.number == kept


@pytest.mark.parametrize(("python", "near"), [("3.11.7", False), ("3.12.1", True), ("3.15.2", True)])
async def test_from_3_12_on_the_place_is_said_to_be_near(shop: Path, python: str, near: bool) -> None:
    async with opened(FakeSession(at(shop, python=python))) as pilot:
        await pilot.press("x")
        await shows(pilot, "Top triggers")
        assert ("near the place, not exact" in screen_text(pilot)) is near
        await pilot.press("enter")
        await shows(pilot, "line_20")
        assert ("Near, not exact" in screen_text(pilot)) is near


async def test_the_place_of_what_the_program_asked_for_is_exact(shop: Path) -> None:
    snapshot = at(shop)
    (trigger,) = (one for one in snapshot.pauses.triggers("run", NOW) if sum(one.collections) == 30)
    asked = replace(trigger, collections=(0, 0, 30), by_program=30)
    pauses = CountingPauses()
    pauses.found = (asked,)
    async with opened(FakeSession(replace(snapshot, pauses=pauses)), (120, 30)) as pilot:
        await pilot.press("x", "enter")
        await shows(pilot, "The program asked for 30 full collections here itself", "line_20", "collected")
        assert "Near, not exact" not in screen_text(pilot)


@pytest.mark.parametrize(("python", "tells"), [("3.14.10", False), ("3.15.2", True)])
async def test_from_3_15_on_the_collector_tells_of_itself(shop: Path, python: str, tells: bool) -> None:
    async with opened(FakeSession(at(shop, python=python))) as pilot:
        await pilot.press("x")
        await shows(pilot, "Pauses")
        assert ("the collector's own duration" in screen_text(pilot)) is tells
        await pilot.press("enter")
        await shows(pilot, "line_20")
        assert ("candidates" in screen_text(pilot)) is tells


@pytest.mark.parametrize("name", ["(asked for by gctui)", "(gctui's own allocations)"])
async def test_a_place_that_is_none_has_no_source(name: str) -> None:
    async with opened(FakeSession(at("", site=Site("", 0, name)))) as pilot:
        await pilot.press("x")
        await shows(pilot, name)
        await pilot.press("enter")
        await shows(pilot, name, "Its 30 collections")
        assert "Source" not in screen_text(pilot)
        assert not {"e", "tab"} & pilot.app.screen.active_bindings.keys()


async def test_y_copies_and_e_edits(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", sys.executable)
    async with opened(FakeSession(at(shop))) as pilot:
        copied: list[str] = []
        monkeypatch.setattr(pilot.app, "copy_to_clipboard", copied.append)
        await pilot.press("x", "enter")
        await shows(pilot, "line_20")
        await pilot.press("y", "e")
        assert copied[0].startswith(f"{shop}:20 load\n    line_20 = 20")
        assert "30 collections (gen 0: 29, 2: 1)" in copied[0]
        await until(
            pilot,
            lambda: (
                "There is no terminal for an editor to run on." in [one.message for one in pilot.app._notifications]
            ),
            "why it is not edited",
        )


async def test_hostile_names_are_harmless() -> None:
    site = Site("/srv/\x1b[31mevil[red].py", 3, "f\x07[bold]")
    async with opened(FakeSession(at("", site=site))) as pilot:
        await pilot.press("x")
        await shows(pilot, "evil[red].py:3")
        await pilot.press("enter")
        await shows(pilot, "evil[red].py:3")
        assert not {"\x1b", "\x07"} & set(screen_text(pilot))


class CountingPauses:
    """Notes what is asked of it."""

    def __init__(self) -> None:
        self._pauses = make_pauses()
        self.asked = 0
        self.found: tuple[Trigger, ...] = ()
        """Told in place of its own."""

    def _count(self, what: Callable[..., Any], *arguments: Any) -> Any:
        self.asked += 1
        return what(*arguments)

    def figures(self, span: Span, now_ns: int) -> PauseFigures:
        found: PauseFigures = self._count(self._pauses.figures, span, now_ns)
        return found

    def triggers(self, span: Span, now_ns: int) -> tuple[Trigger, ...]:
        found: tuple[Trigger, ...] = self._count(self._pauses.triggers, span, now_ns)
        return self.found or found

    def numbers(self, trigger: Trigger, most: int) -> tuple[int, ...]:
        found: tuple[int, ...] = self._count(self._pauses.numbers, trigger, most)
        return found


async def ticks(pilot: Pilot[Any], session: FakeSession, number: int) -> None:
    """Let that many ticks pass."""
    end = session.ticks + number  # type: ignore[attr-defined]
    await until(pilot, lambda: session.ticks >= end, "ticks")  # type: ignore[attr-defined]


class TickingSession(FakeSession):
    ticks = 0

    def tick(self) -> Snapshot:
        self.ticks += 1
        return super().tick()


async def test_nothing_is_computed_while_it_is_not_open() -> None:
    pauses = CountingPauses()
    session = TickingSession(make_snapshot(pauses=pauses))
    async with opened(session) as pilot:
        await ticks(pilot, session, 3)
        assert not pauses.asked
        await pilot.press("x")
        await ticks(pilot, session, 3)
        assert pauses.asked >= 3
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main(pilot), "the main screen")
        before = pauses.asked
        await ticks(pilot, session, 3)
        assert pauses.asked == before


async def test_help_of_both_screens() -> None:
    async with opened() as pilot:
        await pilot.press("x", "question_mark")
        await shows(pilot, "Help: Pauses")
        await pilot.press("escape", "enter", "question_mark")
        await shows(pilot, "Help: Trigger")
