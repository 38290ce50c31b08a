"""The allocations pane groups, filters, compares with the mark and says what tracing costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.reactive import reactive

from gctui.monitor.model import AllocationEntry, Frame, Snapshot
from gctui.ui.widgets.allocations import AllocationsPane
from tests.fakes import NOW, SECOND, make_allocations, make_snapshot
from tests.pilot.waiting import until


class AllocationsApp(App[None]):
    snapshot: reactive[Snapshot | None] = reactive(None, always_update=True)

    def __init__(self, snapshot: Snapshot | None) -> None:
        super().__init__()
        self.set_reactive(AllocationsApp.snapshot, snapshot)
        self.opened: list[AllocationsPane.Opened] = []

    def compose(self) -> ComposeResult:
        yield AllocationsPane(id="allocations").data_bind(AllocationsApp.snapshot)

    def on_allocations_pane_opened(self, message: AllocationsPane.Opened) -> None:
        assert message.control is self.pane
        self.opened.append(message)

    @property
    def pane(self) -> AllocationsPane:
        return self.query_one(AllocationsPane)

    @property
    def title_text(self) -> str:
        return str(self.pane.border_title)

    def lines(self) -> list[str]:
        drawn = [self.pane.render_line(y).text.strip() for y in range(1, self.pane.size.height)]
        return [line for line in drawn if line]


async def test_largest_first_with_figures_that_have_units() -> None:
    app = AllocationsApp(make_snapshot())
    async with app.run_test(size=(120, 20)) as pilot:
        await pilot.pause()
        assert " ".join(app.lines()[0].split()) == "391 KiB – 1 – 391 KiB 4.88 % /srv/app/module0.py:10"


@pytest.mark.parametrize(("width", "has"), [(40, 0), (50, 1), (80, 3), (130, 5)])
async def test_wider_terminals_show_more_columns(width: int, has: int) -> None:
    app = AllocationsApp(make_snapshot())
    async with app.run_test(size=(width, 20)) as pilot:
        await pilot.pause()
        titles = app.pane.render_line(0).text.split()
        assert titles[0] == "size▼"
        assert titles[-1] == "location"
        assert len(titles) == 2 + has


async def test_the_title_says_what_it_costs() -> None:
    app = AllocationsApp(make_snapshot(taken_ns=NOW + 3 * SECOND))
    async with app.run_test(size=(180, 20)) as pilot:
        await pilot.pause()
        for part in (
            "by line",
            "exact since 0m10s",
            "5 frames",
            "in 820 blocks",
            "as of 1m00s",
            "stall 4.20 ms",
            "tracer takes 1.00 MiB",
        ):
            assert part in app.title_text


async def test_an_empty_snapshot_is_said_and_not_waited_for() -> None:
    app = AllocationsApp(make_snapshot(allocations=make_allocations(entries=0)))
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.pause()
        assert app.lines() == ["Nothing that was allocated since tracing began is still alive."]


async def test_after_the_end_it_says_that_tracing_was_off() -> None:
    base = make_snapshot(allocations=None)
    assert base.gauges is not None
    ended = replace(base.program, state="ended", exit_code=0)
    app = AllocationsApp(replace(base, program=ended, gauges=replace(base.gauges, trace_frames=0)))
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.pause()
        assert app.lines() == ["Tracing was off."]


async def test_l_groups_and_stays_near_the_row() -> None:
    app = AllocationsApp(make_snapshot())
    async with app.run_test(size=(120, 20)) as pilot:
        app.pane.focus()
        await pilot.press("j", "j", "l")
        assert "by function" in app.title_text
        await pilot.press("l")
        assert "by file" in app.title_text
        assert len(app.pane.rows) == 8
        row = app.pane.cursor_row
        assert row is not None
        assert row.key.frames[0].filename == "/srv/app/module2.py"
        await pilot.press("l")
        assert "by package" in app.title_text
        assert app.lines()[0].endswith("app  /srv/app")
        await pilot.press("l")
        assert "by traceback" in app.title_text
        assert "module0.py:10 ← views.py:100 ← main.py:7" in app.lines()[0]
        await pilot.press("l")
        assert "by line" in app.title_text


async def test_growth_since_the_mark() -> None:
    now, mark = make_allocations(scale=2), make_allocations()
    app = AllocationsApp(make_snapshot(allocations=now, mark=mark))
    async with app.run_test(size=(130, 20)) as pilot:
        app.pane.focus()
        await pilot.press("s")
        assert "+391 KiB" in app.lines()[0]
        assert "since the mark" in app.title_text


async def test_cursor_sort_and_filter_survive_a_new_snapshot() -> None:
    app = AllocationsApp(make_snapshot())
    async with app.run_test(size=(100, 20)) as pilot:
        app.pane.focus()
        app.pane.filter_text = "module3"
        await pilot.press("s", "s", "j")
        row = app.pane.cursor_row
        assert row is not None
        app.snapshot = make_snapshot(allocations=make_allocations(60, taken_ns=NOW + SECOND))
        await pilot.pause()
        after = app.pane.cursor_row
        assert after is not None
        assert after.key == row.key
        assert app.pane.sort_column.key == "count"
        assert all("module3" in line for line in app.lines())
        assert "8 of 60 rows" in app.title_text


async def test_a_filter_that_matches_nothing_says_so() -> None:
    app = AllocationsApp(make_snapshot())
    async with app.run_test(size=(100, 20)) as pilot:
        app.pane.filter_text = "[bold]"
        await pilot.pause()
        assert app.lines() == ['Nothing matches "[bold]".']
        app.pane.filter_text = "!module"
        await pilot.pause()
        assert app.lines() == ['Nothing matches "!module".']


async def test_why_there_is_nothing_to_see() -> None:
    snapshot = make_snapshot(allocations=None)
    assert snapshot.gauges is not None
    app = AllocationsApp(None)
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.pause()
        assert app.lines() == ["Waiting for the program."]
        app.snapshot = snapshot
        await pilot.pause()
        assert app.lines() == ["Waiting for the first snapshot …"]
        app.snapshot = replace(snapshot, gauges=replace(snapshot.gauges, trace_frames=0))
        await pilot.pause()
        assert app.lines()[0].startswith("Tracing is off: press a")
        assert "tracing is off" in app.title_text
        app.snapshot = replace(snapshot, agent=replace(snapshot.agent, state="absent", reason="It is not Python."))
        await pilot.pause()
        assert app.lines() == ["No allocations: It is not Python."]
        app.snapshot = replace(snapshot, program=replace(snapshot.program, state="ended"))
        await pilot.pause()
        assert app.lines() == ["The program ended before its allocations were read."]


async def test_enter_opens_the_row() -> None:
    snapshot = make_snapshot(mark=make_allocations())
    app = AllocationsApp(snapshot)
    async with app.run_test(size=(100, 20)) as pilot:
        app.pane.focus()
        await pilot.press("j", "enter")
        await pilot.double_click(AllocationsPane, offset=(5, 5))
        assert [message.row.key.frames[0].line for message in app.opened] == [11, 13]
        assert app.opened[0].allocations is snapshot.allocations
        assert app.opened[0].mark is snapshot.mark


async def test_folded_and_hostile_names() -> None:
    hostile = Frame("/tmp/\x1b[2J[red]\u202e\n.py", 3)
    entries = (
        AllocationEntry((hostile,), 300, 1, False, 1),
        AllocationEntry((Frame("/srv/app/x.py", 0),), 200, 9, True, 9),
    )
    app = AllocationsApp(make_snapshot(allocations=replace(make_allocations(), entries=entries, total_size=500)))
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.pause()
        first, second = app.lines()
        assert first.isprintable()
        assert "[red]" in first
        assert second.endswith("/srv/app/x.py (many small sites)")


def sampled(snapshot: Snapshot, cost_ns: int = 600_000_000) -> Snapshot:
    """Each traceback of 10 samples, but the first: that has 3."""
    assert snapshot.allocations is not None
    assert snapshot.gauges is not None
    entries = tuple(
        replace(one, samples=samples, size_variance=one.size**2 / samples, count_variance=one.count**2 / samples)
        for one, samples in zip(snapshot.allocations.entries, [3] + [10] * 100, strict=False)
    )
    gauges = replace(snapshot.gauges, trace_frames=25, sample_bytes=512 << 10, tracing_cost_ns=cost_ns)
    allocations = replace(snapshot.allocations, entries=entries, sample_bytes=512 << 10)
    return replace(snapshot, allocations=allocations, gauges=gauges)


async def test_a_row_of_few_samples_looks_uncertain() -> None:
    app = AllocationsApp(sampled(make_snapshot()))
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.pause()
        assert app.pane.render_line(0).text.split() == ["size▼", "±", "growth", "blocks", "share", "location"]
        first, second = (list(app.pane.render_line(y)) for y in (1, 2))
        assert "±192 %" in app.lines()[0]
        assert "±83.9 %" in app.lines()[1]
        size_of = [next(one for one in line if "KiB" in one.text) for line in (first, second)]
        muted = app.pane.tone_style("muted").color
        assert size_of[0].style is not None
        assert size_of[1].style is not None
        assert size_of[0].style.color == muted
        assert size_of[1].style.color != muted


async def test_wide_it_says_between_which_sizes() -> None:
    app = AllocationsApp(sampled(make_snapshot()))
    async with app.run_test(size=(180, 20)) as pilot:
        await pilot.pause()
        assert "78.5 KiB – 1.11 MiB" in app.lines()[0]


async def test_precision_goes_when_tracing_becomes_exact() -> None:
    app = AllocationsApp(sampled(make_snapshot()))
    async with app.run_test(size=(180, 20)) as pilot:
        app.pane.focus()
        await pilot.press("s")
        assert app.pane.sort_column.key == "deviation"
        app.snapshot = make_snapshot(allocations=make_allocations(20))
        await pilot.pause()
        assert "±" not in app.pane.render_line(0).text
        assert app.pane.sort_column.key == "size"


async def test_a_growth_that_may_be_chance_is_grey() -> None:
    now = sampled(make_snapshot(allocations=make_allocations(scale=2)))
    mark = sampled(make_snapshot()).allocations
    app = AllocationsApp(replace(now, mark=mark))
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.pause()
        growth = next(one for one in app.pane.render_line(1) if "+" in one.text)
        assert growth.style is not None
        assert growth.style.color == app.pane.tone_style("muted").color


@pytest.mark.parametrize(
    ("width", "parts"),
    [
        (80, ["by line", "sampled since 0m10s", "takes 1.20 % of the time"]),
        (180, ["7.82 MiB in 820 blocks", "tracer takes 1.00 MiB", "one in 512 KiB, 25 frames", "stall 4.20 ms"]),
    ],
)
async def test_the_title_says_how_and_since_when_and_at_what_cost(width: int, parts: list[str]) -> None:
    app = AllocationsApp(sampled(make_snapshot()))
    async with app.run_test(size=(width, 20)) as pilot:
        await pilot.pause()
        assert len(app.title_text) <= width - 4
        for part in parts:
            assert part in app.title_text


async def test_what_the_program_traces_itself_is_said() -> None:
    base = make_snapshot()
    assert base.gauges is not None
    app = AllocationsApp(replace(base, gauges=replace(base.gauges, tracing_since_ns=0)))
    async with app.run_test(size=(120, 20)) as pilot:
        await pilot.pause()
        assert "traced by the program itself" in app.title_text


def entries_of(*all_frames: tuple[tuple[str, int], ...]) -> tuple[AllocationEntry, ...]:
    return tuple(
        AllocationEntry(tuple(Frame(*frame) for frame in frames), 1000 - number, 1, False, 1)
        for number, frames in enumerate(all_frames)
    )


async def test_u_names_the_nearest_caller_in_my_code_and_stays_on_the_row() -> None:
    entries = entries_of(
        (("/usr/lib/python3.11/threading.py", 1),),
        (("/usr/lib/python3.11/json/decoder.py", 355), ("/srv/app/load.py", 8)),
    )
    app = AllocationsApp(make_snapshot(allocations=replace(make_allocations(), entries=entries)))
    async with app.run_test(size=(100, 20)) as pilot:
        app.pane.focus()
        await pilot.press("j", "u")
        assert "my code first" in app.title_text
        row = app.pane.cursor_row
        assert row is not None
        assert row.key.frames == (Frame("/srv/app/load.py", 8),)
        assert "threading.py:1" in app.lines()[0]
        await pilot.press("enter")
        assert app.opened[0].view.own_first
        await pilot.press("u")
        assert "my code first" not in app.title_text
        row = app.pane.cursor_row
        assert row is not None
        assert row.key.frames == (Frame("/usr/lib/python3.11/json/decoder.py", 355),)


async def test_functions_come_from_the_source_and_the_cursor_stays(tmp_path: Path) -> None:
    path = tmp_path / "shop.py"
    path.write_text("class Shop:\n    def sell(self):\n        return [1]\n    def buy(self): return [2]\n")
    entries = entries_of((("/nowhere/a.py", 1),), ((str(path), 4),), ((str(path), 3),))
    app = AllocationsApp(make_snapshot(allocations=replace(make_allocations(), entries=entries)))
    async with app.run_test(size=(120, 20)) as pilot:
        app.pane.focus()
        await pilot.press("G", "l")
        await until(pilot, lambda: "Shop.sell" in app.lines()[-1], "the functions")
        assert "/nowhere/a.py:1" in app.lines()[0]
        assert "Shop  " in app.lines()[1], "a function on one line stands in what is around it"
        row = app.pane.cursor_row
        assert row is not None
        assert row.key.name == "Shop.sell"
        app.pane.filter_text = "shop.s*"
        await until(pilot, lambda: len(app.lines()) == 1, "the filter by function")


async def test_filter_by_patterns() -> None:
    app = AllocationsApp(make_snapshot())
    async with app.run_test(size=(100, 20)) as pilot:
        app.pane.filter_text = "app/module?.py !*module[0-6]*"
        await pilot.pause()
        assert all("module7" in line for line in app.lines())
        assert "5 of 40 rows" in app.title_text


async def test_a_row_is_opened_with_its_sizes_so_far() -> None:
    app = AllocationsApp(make_snapshot())
    async with app.run_test(size=(100, 20)) as pilot:
        app.pane.focus()
        await pilot.pause()
        app.snapshot = make_snapshot(allocations=make_allocations(scale=2, taken_ns=NOW + 2 * SECOND))
        await pilot.press("enter")
        assert app.opened[0].sizes == ((NOW, 400_000), (NOW + 2 * SECOND, 800_000))


async def test_the_peak_and_back() -> None:
    now, peak = make_allocations(), make_allocations(scale=3, taken_ns=NOW - 20 * SECOND)
    app = AllocationsApp(make_snapshot(allocations=now, peak=peak, mark=now))
    async with app.run_test(size=(120, 20)) as pilot:
        app.pane.focus()
        await pilot.press("j", "P")
        assert "Peak at 0m40s" in app.title_text and "against now" in app.title_text
        assert app.lines()[0].split()[:4] == ["1.14", "MiB", "+781", "KiB"], "growth is what there was more than now"
        row = app.pane.cursor_row
        assert row is not None and row.key.frames[0].line == 11
        await pilot.press("enter")
        assert app.opened[0].allocations is peak and app.opened[0].mark is now

        later = make_allocations(taken_ns=NOW + SECOND)
        app.snapshot = make_snapshot(allocations=later, peak=peak, mark=now)
        await pilot.pause()
        assert "Peak at 0m40s" in app.title_text
        await pilot.press("P")
        assert "Peak at" not in app.title_text and "since the mark" in app.title_text
        assert app.lines()[0].startswith("391 KiB")


async def test_without_a_peak_none_is_offered_and_a_forgotten_one_gives_way_to_the_present() -> None:
    app = AllocationsApp(make_snapshot(peak=None))
    async with app.run_test(size=(120, 20)) as pilot:
        app.pane.focus()
        await pilot.press("P")
        assert not app.pane.is_at_peak
        app.snapshot = make_snapshot(peak=make_allocations(scale=3))
        await pilot.pause()
        await pilot.press("P")
        assert "Peak at" in app.title_text
        app.snapshot = make_snapshot(peak=None, allocations=None)
        await pilot.pause()
        assert "Peak at" not in app.title_text and app.lines() == ["Waiting for the first snapshot …"]
