"""The log follows, stands still, filters and says what it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.reactive import reactive

from gctui.monitor.model import AgentState, Collection, Running, Site, Snapshot
from gctui.monitor.settings import SettingsChange
from gctui.ui.widgets.collection_log import CollectionLogPane
from tests.fakes import NOW, SECOND, SETTINGS, FakeLog, make_collection, make_log, make_snapshot
from tests.pilot.waiting import until


class LogApp(App[None]):
    snapshot: reactive[Snapshot | None] = reactive(None, always_update=True)

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.set_reactive(LogApp.snapshot, snapshot)

    def compose(self) -> ComposeResult:
        yield CollectionLogPane(id="log").data_bind(LogApp.snapshot)

    @property
    def pane(self) -> CollectionLogPane:
        return self.query_one(CollectionLogPane)


class MovingLog(FakeLog):
    """Events come at its end and go at its front."""

    def __init__(self, collections: Sequence[Collection]) -> None:
        super().__init__(collections)
        self.reads = 0

    def grow(self, count: int) -> None:
        self._collections.extend([make_collection(self.end + n) for n in range(count)])

    def lose(self, count: int) -> None:
        del self._collections[:count]
        self.first += count

    def __getitem__(self, number: Any) -> Any:
        self.reads += 1
        found = super().__getitem__(number)
        return found


def lines(pane: CollectionLogPane) -> list[str]:
    """What is drawn under the heading, without the blank lines."""
    drawn = [pane.render_line(y).text.rstrip() for y in range(1, pane.size.height)]
    return [line for line in drawn if line]


def numbers(pane: CollectionLogPane) -> list[int]:
    return [int(line.split()[0]) for line in lines(pane)]


async def test_it_follows_the_newest() -> None:
    log = MovingLog([make_collection(n) for n in range(100)])
    snapshot = make_snapshot(log=log)
    app = LogApp(snapshot)
    async with app.run_test(size=(100, 12)) as pilot:
        await pilot.pause()
        assert numbers(app.pane)[-1] == 99
        log.grow(30)
        app.snapshot = snapshot
        await pilot.pause()
        assert numbers(app.pane) == list(range(120, 130))
        assert "following" in str(app.pane.border_title)


@pytest.mark.parametrize("key", ["up", "k", "pageup", "home", "g"])
async def test_scrolling_up_stops_following_and_the_view_stands_still(key: str) -> None:
    log = MovingLog([make_collection(n) for n in range(100)])
    snapshot = make_snapshot(log=log)
    app = LogApp(snapshot)
    async with app.run_test(size=(100, 12)) as pilot:
        app.pane.focus()
        await pilot.press("up", "up", key)
        await until(pilot, lambda: not app.pane.following, "the log to stand still")
        before = numbers(app.pane)
        log.grow(50)
        app.snapshot = snapshot
        await pilot.pause()
        assert numbers(app.pane) == before
        assert "newer below" in str(app.pane.border_title)


@pytest.mark.parametrize("key", ["end", "G"])
async def test_end_follows_again(key: str) -> None:
    app = LogApp(make_snapshot())
    async with app.run_test(size=(100, 12)) as pilot:
        app.pane.focus()
        await pilot.press("home")
        await until(pilot, lambda: numbers(app.pane)[0] == 0, "the first line")
        assert not app.pane.following
        assert "end" in app.screen.active_bindings
        await pilot.press(key)
        await until(pilot, lambda: numbers(app.pane)[-1] == 99, "the last line")
        assert app.pane.following


@pytest.mark.parametrize("keys", [("down", "down"), ("j", "j"), ("pagedown",)])
async def test_scrolling_down_to_the_end_follows_again(keys: Sequence[str]) -> None:
    app = LogApp(make_snapshot())
    async with app.run_test(size=(100, 12)) as pilot:
        app.pane.focus()
        await pilot.press("up", "up")
        await until(pilot, lambda: not app.pane.following, "the log to stand still")
        await pilot.press(*keys)
        await until(pilot, lambda: app.pane.following, "the log to follow")


async def test_the_view_keeps_its_numbers_when_old_ones_go() -> None:
    log = MovingLog([make_collection(n) for n in range(100)])
    snapshot = make_snapshot(log=log)
    app = LogApp(snapshot)
    async with app.run_test(size=(100, 12)) as pilot:
        app.pane.scroll_to(y=50, animate=False)
        await pilot.pause()
        assert numbers(app.pane)[0] == 50
        log.lose(30)
        app.snapshot = snapshot
        await pilot.pause()
        assert numbers(app.pane)[0] == 50
        log.lose(40)
        app.snapshot = snapshot
        await pilot.pause()
        assert numbers(app.pane)[0] == 70


async def test_a_frozen_display_shows_nothing_newer_and_says_what_is_gone() -> None:
    log = MovingLog([make_collection(n) for n in range(10)])
    app = LogApp(make_snapshot(log=log))
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.pause()
        log.grow(5)
        log.lose(3)
        app.pane.refresh()
        await pilot.pause()
        drawn = lines(app.pane)
        assert len(drawn) == 10
        assert "0: no longer held" in drawn[0]
        assert drawn[-1].split()[0] == "9"


async def test_filter_shows_the_matches_only() -> None:
    app = LogApp(make_snapshot(log=make_log(500)))
    async with app.run_test(size=(100, 30)) as pilot:
        app.pane.filter_text = "gen:2 pause>100ms"
        await until(pilot, lambda: app.pane.matches == 10, "the matches")
        assert numbers(app.pane) == list(range(49, 500, 50))
        assert "10 of 500 match" in str(app.pane.border_title)
        app.pane.filter_text = ""
        await until(pilot, lambda: app.pane.matches == 500, "all")


async def test_filter_takes_new_events_as_they_come() -> None:
    log = MovingLog([make_collection(n, n % 3) for n in range(30)])
    snapshot = make_snapshot(log=log)
    app = LogApp(snapshot)
    async with app.run_test(size=(100, 30)) as pilot:
        app.pane.filter_text = "gen:0"
        await until(pilot, lambda: app.pane.matches == 10, "the matches")
        log.grow(5)
        app.snapshot = snapshot
        await until(pilot, lambda: app.pane.matches == 15, "the new matches")
        assert numbers(app.pane)[-1] == 34


async def test_a_filter_that_matches_nothing_says_so() -> None:
    app = LogApp(make_snapshot())
    async with app.run_test(size=(100, 12)) as pilot:
        app.pane.filter_text = "[nowhere]"
        await until(pilot, lambda: "No collection matches" in "".join(lines(app.pane)), "the sentence")
        assert '"[nowhere]"' in "".join(lines(app.pane))


def test_a_filter_that_is_wrong_is_explained_and_not_applied() -> None:
    pane = CollectionLogPane()
    assert "gen:1,2" in pane.filter_problem("gen:7")
    assert pane.filter_problem("gen:1 app.py") == ""


async def test_the_filter_keeps_the_place() -> None:
    app = LogApp(make_snapshot(log=make_log(1000)))
    async with app.run_test(size=(100, 12)) as pilot:
        await pilot.pause()
        app.pane.scroll_to(y=500, animate=False)
        await pilot.pause()
        app.pane.filter_text = "gen:1,2"
        await until(pilot, lambda: numbers(app.pane)[0] == 509, "the filtered place")
        app.pane.filter_text = ""
        await until(pilot, lambda: numbers(app.pane)[0] == 500, "the place before")


async def test_a_short_collection_that_is_running_makes_no_line_that_would_only_flicker() -> None:
    app = LogApp(make_snapshot(running=Running(0, NOW - 50_000_000)))
    async with app.run_test(size=(100, 12)) as pilot:
        await pilot.pause()
        assert not any("▶" in line for line in lines(app.pane))


async def test_a_running_collection_is_the_last_line() -> None:
    app = LogApp(make_snapshot(running=Running(2, NOW - 3_200_000_000)))
    async with app.run_test(size=(100, 12)) as pilot:
        await pilot.pause()
        assert lines(app.pane)[-1].strip() == "▶ generation 2 running for 3.20 s"
        assert app.snapshot is not None
        app.snapshot = replace(app.snapshot, running=None)
        await pilot.pause()
        assert numbers(app.pane)[-1] == 99


async def test_forced_and_hostile_triggers() -> None:
    log = FakeLog(
        [
            make_collection(0, site=Site("/tmp/\x1b]0;x\x07[red]\n.py", 3, "f\x1b[31m")),
            make_collection(1, forced=True),
            make_collection(2, forced=True, is_probe=True),
        ]
    )
    app = LogApp(make_snapshot(log=log))
    async with app.run_test(size=(120, 12)) as pilot:
        await pilot.pause()
        hostile, forced, probe = lines(app.pane)
        assert "[red]" in hostile
        assert hostile.isprintable()
        assert forced.endswith("forced by gctui")
        assert probe.endswith("forced by gctui, to probe")


@pytest.mark.parametrize(
    ("width", "has"), [(40, []), (80, ["#", "collected"]), (120, ["#", "collected", "uncollectable"])]
)
async def test_wider_terminals_show_more_columns(width: int, has: Sequence[str]) -> None:
    app = LogApp(make_snapshot())
    async with app.run_test(size=(width, 12)) as pilot:
        await pilot.pause()
        titles = app.pane.render_line(0).text.split()
        assert [title for title in ("#", "collected", "uncollectable") if title in titles] == has
        assert {"time", "gen", "pause", "trigger"} <= set(titles)


@pytest.mark.parametrize(
    ("state", "reason", "sentence"),
    [
        ("connected", "", "none was needed"),
        ("absent", "It is not Python.", "It is not Python."),
        ("waiting", "", "agent"),
    ],
)
async def test_an_empty_log_says_why(state: AgentState, reason: str, sentence: str) -> None:
    snapshot = make_snapshot(log=FakeLog([]))
    agent = replace(snapshot.agent, state=state, reason=reason)
    app = LogApp(replace(snapshot, agent=agent))
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        assert sentence in " ".join(line.strip() for line in lines(app.pane))


async def test_an_empty_log_of_an_ended_program_says_so() -> None:
    snapshot = make_snapshot(log=FakeLog([]))
    app = LogApp(replace(snapshot, program=replace(snapshot.program, state="ended")))
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        assert "ended" in lines(app.pane)[0]


async def test_a_million_events_are_read_only_where_they_are_seen() -> None:
    kinds = [make_collection(n, n % 3) for n in range(1000)]

    class Million(MovingLog):
        """The same thousand events again and again."""

        end = 1_000_000

        def __getitem__(self, number: Any) -> Any:
            self.reads += 1
            return replace(kinds[number % 1000], number=number)

        def columns(self, first: int, end: int) -> tuple[list[int], list[int]]:
            return [number % 3 for number in range(first, end)], [0] * (end - first)

    log = Million([])
    snapshot = make_snapshot(log=log)
    app = LogApp(snapshot)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert numbers(app.pane)[-1] == 999_999
        for _ in range(20):
            app.snapshot = snapshot
            await pilot.pause()
        assert log.reads < 1000
        app.pane.filter_text = "gen:1"
        await until(pilot, lambda: "searched" in str(app.pane.border_title), "the search")
        await until(pilot, lambda: app.pane.matches == 333_333, "its end")
        assert log.reads < 20_000


async def test_another_log_starts_afresh() -> None:
    app = LogApp(make_snapshot())
    async with app.run_test(size=(100, 12)) as pilot:
        app.pane.filter_text = "gen:2"
        await until(pilot, lambda: app.pane.matches == 2, "the matches")
        app.snapshot = make_snapshot(log=FakeLog([make_collection(n, 2) for n in range(5)]), taken_ns=NOW + SECOND)
        await until(pilot, lambda: app.pane.matches == 5, "those of the other log")


# -- what was set meanwhile


def set_at(made_ns: int, flags: int = 1) -> SettingsChange:
    return SettingsChange(made_ns, SETTINGS, replace(SETTINGS, debug_flags=flags), "gctui")


def log_start(number: int) -> int:
    return make_collection(number).started_ns


async def test_changes_stand_among_the_collections_in_time() -> None:
    changes = (set_at(log_start(96) + 1), set_at(log_start(99) + 1, 4))
    app = LogApp(make_snapshot(changes=changes))
    async with app.run_test(size=(100, 12)) as pilot:
        await pilot.pause()
        text = lines(app.pane)
        assert text[-1].endswith("◆ debug flags none → UNCOLLECTABLE (gctui)")
        assert text[-5].endswith("◆ debug flags none → STATS (gctui)")
        assert [line.split()[0] for line in (text[-6], text[-4], text[-2])] == ["96", "97", "99"]
        assert "102 held" in str(app.pane.border_title)


async def test_a_log_that_stands_still_does_so_when_something_is_set() -> None:
    log = MovingLog([make_collection(n) for n in range(100)])
    changes = (set_at(log_start(40)),)
    snapshot = make_snapshot(log=log, changes=changes)
    app = LogApp(snapshot)
    async with app.run_test(size=(100, 12)) as pilot:
        await pilot.pause()
        app.pane.scroll_to(y=41, animate=False)
        await pilot.pause()
        before = lines(app.pane)
        assert "◆" in before[0]
        log.grow(20)
        log.lose(10)
        app.snapshot = replace(snapshot, changes=(*changes, set_at(log_start(110), 4)))
        await pilot.pause()
        assert lines(app.pane) == before
        assert not app.pane.following


async def test_changes_alone_or_none_of_them() -> None:
    changes = (set_at(log_start(10)), set_at(log_start(20), 4))
    app = LogApp(make_snapshot(changes=changes))
    async with app.run_test(size=(100, 12)) as pilot:
        app.pane.filter_text = "is:change"
        await until(pilot, lambda: app.pane.matches == 2, "the changes")
        assert all("◆" in line for line in lines(app.pane)) and "2 of 102 match" in str(app.pane.border_title)
        app.pane.filter_text = "is:collection"
        await until(pilot, lambda: app.pane.matches == 100, "the collections")
        app.pane.filter_text = "gen:2"
        await until(pilot, lambda: app.pane.matches == 4, "two full collections and the changes")
        app.pane.filter_text = "uncollectable"
        await until(pilot, lambda: app.pane.matches == 1, "the one with that word")
        assert "is:" in app.pane.filter_problem("is:nothing")


async def test_it_follows_what_is_set() -> None:
    app = LogApp(make_snapshot())
    async with app.run_test(size=(100, 12)) as pilot:
        await pilot.pause()
        assert app.snapshot is not None
        app.snapshot = replace(app.snapshot, changes=(set_at(NOW),))
        await pilot.pause()
        assert "◆" in lines(app.pane)[-1] and app.pane.following


async def test_candidates_are_shown_where_python_tells_them() -> None:
    log = MovingLog([make_collection(n) for n in range(5)])
    app = LogApp(make_snapshot(log=log))
    async with app.run_test(size=(130, 12)) as pilot:
        await pilot.pause()
        assert "candidates" not in app.pane.render_line(0).text

        told = MovingLog([make_collection(n, candidates=45_600 + n) for n in range(5)])
        app.snapshot = make_snapshot(log=told)
        await pilot.pause()
        assert "candidates" in app.pane.render_line(0).text and "45.6k" in lines(app.pane)[-1]


# -- all processes


def family_log(*pids: int) -> FakeLog:
    return FakeLog([make_collection(n, pid=pid) for n, pid in enumerate(pids)])


def of_family(*pids: int) -> Snapshot:
    return make_snapshot(family_log=family_log(*pids), log=make_log(3), processes=2)


async def test_all_processes_are_shown_on_one_time_line_with_their_pids() -> None:
    app = LogApp(of_family(4242, 4243, 4242, 4250))
    async with app.run_test(size=(100, 12)) as pilot:
        await pilot.pause()
        app.pane.focus()
        assert numbers(app.pane) == [0, 1, 2]
        await pilot.press("A")
        assert [line.split()[2] for line in lines(app.pane)] == ["4242", "4243", "4242", "4250"]
        assert "all processes" in str(app.pane.border_title)
        assert "pid" in app.pane.render_line(0).text
        colours = [pid_colour(app.pane, line) for line in range(4)]
        assert colours[0] == colours[2] and len(set(colours)) == 3
        await pilot.press("A")
        assert numbers(app.pane) == [0, 1, 2]


def pid_colour(pane: CollectionLogPane, line: int) -> object:
    segments = [segment for segment in pane.render_line(line + 1) if segment.text.strip().startswith("42")]
    assert segments[0].style is not None
    return segments[0].style.color


async def test_one_process_alone_has_no_log_of_all() -> None:
    app = LogApp(make_snapshot())
    async with app.run_test(size=(100, 12)) as pilot:
        await pilot.pause()
        app.pane.focus()
        await pilot.press("A")
        assert not app.pane.is_family


async def test_collections_of_some_processes() -> None:
    app = LogApp(of_family(4242, 4243, 4242, 4250))
    async with app.run_test(size=(100, 12)) as pilot:
        await pilot.pause()
        app.pane.is_family = True
        app.pane.filter_text = "pid:4243,4250"
        await until(pilot, lambda: numbers(app.pane) == [1, 3], "those of two processes")
        assert app.pane.filter_problem("pid:x") == "pid: takes the number of a process or several, as in pid:123,124"


async def test_what_was_set_in_the_process_shown_stands_among_the_collections_of_all() -> None:
    after = replace(SETTINGS, enabled=False)
    change = SettingsChange(make_collection(1).started_ns + 1, SETTINGS, after, "gctui")
    app = LogApp(replace(of_family(4242, 4243, 4250), changes=(change,)))
    async with app.run_test(size=(100, 12)) as pilot:
        await pilot.pause()
        app.pane.is_family = True
        await pilot.pause()
        assert lines(app.pane)[2].split()[1:3] == ["4242", "◆"]
        app.pane.filter_text = "pid:4243"
        app.snapshot = app.snapshot
        await until(pilot, lambda: numbers(app.pane) == [1], "the other process alone")


async def test_another_process_is_another_log() -> None:
    app = LogApp(make_snapshot(log=make_log(3)))
    async with app.run_test(size=(100, 12)) as pilot:
        await pilot.pause()
        app.snapshot = make_snapshot(log=make_log(2))
        await pilot.pause()
        assert numbers(app.pane) == [0, 1]
