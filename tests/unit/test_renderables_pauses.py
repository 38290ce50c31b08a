"""Figures, histogram and words on pauses: what they say, and that they fit."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from gctui.monitor.history import InterpreterHistory
from gctui.monitor.model import Site
from gctui.monitor.pauses import HistogramBucket, PauseFigures, Span
from gctui.monitor.source_text import SourceText
from gctui.monitor.trigger_rows import trigger_rows
from gctui.ui.renderables.pause_figures import HEIGHT, SpanFigures, figures_lines
from gctui.ui.renderables.pause_histogram import fitted, histogram, segments
from gctui.ui.renderables.pause_notes import clock_title, is_near, missed_title, place_note, place_title
from gctui.ui.renderables.trigger_text import asked, copied_text, figures
from tests.fakes import NOW, SECOND, make_log, make_pauses

LABELS = ("0", "1", "2")
STARTED = NOW - 60 * SECOND
PLACE = Site("/srv/app.py", 7, "load")
COUNTS = st.tuples(*[st.integers(0, 10**6)] * 3)


def text(lines: list[Content]) -> str:
    return "\n".join(line.plain for line in lines)


def spans(with_longest: bool = True) -> list[SpanFigures]:
    log, pauses = make_log(), make_pauses()
    found = [pauses.figures(span, NOW) for span in get_args(Span)]
    return [SpanFigures(one, log[one.all.longest_number or 0] if with_longest else None) for one in found]


def buckets(*collections: tuple[int, int, int]) -> list[HistogramBucket]:
    return [HistogramBucket(10**n, 10 ** (n + 1), each) for n, each in enumerate(collections, 4)]


@pytest.mark.parametrize("width", [40, 78, 80, 100, 200])
def test_figures_fit(width: int) -> None:
    lines = figures_lines(spans(), "run", STARTED, width, LABELS)

    assert max(line.cell_length for line in lines) <= width
    assert len(lines) <= (8 if width == 40 else HEIGHT)


def test_both_spans_stand_side_by_side_with_the_place_of_the_longest() -> None:
    shown = text(figures_lines(spans(), "run", STARTED, 80, LABELS))

    assert shown.count("whole run") == 3
    for part in ("collections", "throughput", "p99.9", "longest, last minute: gen 2 at 4.900 s", "views.py:14 handle"):
        assert part in shown
    assert "in the worst 100 ms" in shown


def test_where_there_is_room_utilisation_is_said_in_words() -> None:
    shown = text(figures_lines(spans(), "run", STARTED, 120, LABELS))

    assert "in the worst 100 ms the program ran for" in shown
    assert "in the worst 1 s the program ran for" in shown


def test_the_longest_is_of_a_generation_as_the_collector_calls_it() -> None:
    assert "gen ful at 4.900 s" in text(figures_lines(spans(), "run", STARTED, 80, ("yng", "inc", "ful")))


def test_a_narrow_screen_shows_the_chosen_span() -> None:
    shown = text(figures_lines(spans(), "minute", STARTED, 40, LABELS))

    assert shown.splitlines()[0].strip() == "longest 120 ms, gen 2 at 4.900 s"
    assert "worst 100 ms:" in shown


@pytest.mark.parametrize("width", [40, 80])
def test_no_pause_is_no_figure(width: int) -> None:
    pauses = InterpreterHistory(0, STARTED).pauses
    shown = text(figures_lines([SpanFigures(pauses.figures("run", NOW), None)] * 2, "run", STARTED, width, LABELS))

    assert "–" in shown
    assert "throughput" in shown
    assert "still running" not in shown


def test_the_longest_may_be_running_or_no_longer_held() -> None:
    gone = spans(with_longest=False)
    running = [replace(one, figures=_longest_is_running(one.figures)) for one in gone]

    assert "no longer in the log" in text(figures_lines(gone, "run", STARTED, 80, LABELS))
    assert "still running" in text(figures_lines(running, "run", STARTED, 80, LABELS))


def _longest_is_running(found: PauseFigures) -> PauseFigures:
    return replace(found, all=replace(found.all, longest_number=None))


def test_the_histogram_names_ranges_and_generations() -> None:
    lines = histogram(buckets((1000, 20, 0), (0, 0, 0), (0, 0, 1)), 80, 12, LABELS, "none")

    heading, first, between, last = (line.plain for line in lines)
    assert "⡇ 0" in heading
    assert "█ 2" in heading
    assert "10 µs to 100 µs" in first
    assert first.split()[-3:] == ["1.00k", "20", "·"]
    assert first.count("⡇") > first.count("⣿") > 0
    assert between.split()[-3:] == ["·", "·", "·"]
    assert last.count("█") == 1


def test_the_short_end_is_put_together_where_there_is_no_room() -> None:
    shown = fitted(buckets((1, 2, 3), (4, 5, 6), (0, 0, 0), (7, 8, 9)), 2)

    assert [one.label for one in shown] == ["under 10 ms", "10 ms to 100 ms"]
    assert shown[0].collections == (5, 7, 9)


def test_a_histogram_of_nothing_is_a_sentence() -> None:
    assert text(histogram(buckets((0, 0, 0)), 40, 5, LABELS, "No collection yet.")) == " No collection yet."


@given(st.lists(COUNTS, max_size=7), st.integers(40, 200), st.integers(1, 20))
def test_a_histogram_fits_and_counts_all(counts: list[tuple[int, int, int]], width: int, height: int) -> None:
    made = buckets(*counts)
    lines = histogram(made, width, height, LABELS, "none")

    assert all(line.cell_length <= width for line in lines)
    assert len(lines) <= max(height, 1)
    if height > 1:
        assert sum(sum(one.collections) for one in fitted(made, height - 1)) == sum(map(sum, counts))


@given(COUNTS, st.integers(3, 100))
def test_whatever_there_is_can_be_seen_in_a_bar(counts: tuple[int, int, int], cells: int) -> None:
    found = segments(counts, max(sum(counts), 1), cells)

    assert sum(found) <= cells
    assert [bool(one) for one in found] == [bool(count) for count in counts]


@pytest.mark.parametrize(
    ("python", "near"), [("3.8.18", False), ("3.11.7", False), ("3.12.1", True), ("3.15.2", True), ("", False)]
)
def test_a_place_is_near_from_3_12_on(python: str, near: bool) -> None:
    assert is_near(python) is near
    assert bool(place_title(python)) is near
    assert ("not exact" in place_note(python, PLACE)) is near
    assert not place_note(python, Site("", 0, "(asked for by gctui)"))


@pytest.mark.parametrize(("python", "own"), [("3.14.10", False), ("3.15.2", True), ("4.0", True), ("three", False)])
def test_from_3_15_on_the_times_are_the_collectors_own(python: str, own: bool) -> None:
    assert bool(clock_title(python)) is own


def test_what_was_missed_is_said() -> None:
    found = make_pauses().figures("run", NOW)

    assert missed_title(found) == ""
    assert missed_title(replace(found, missed=1500, unseen_ns=2_000_000)) == "1.50k missed, up to 2.00 ms more"


def test_a_trigger_in_words() -> None:
    (first, *_) = trigger_rows(make_pauses().triggers("run", NOW))
    row = replace(first, trigger=replace(first.trigger, site=PLACE, by_program=2, collected=1))

    assert figures(row, ("yng", "inc", "ful")).startswith("20 collections (gen yng: ")
    assert figures(row, LABELS).endswith("· 1 object collected")
    assert "asked for 2 full collections here itself" in asked(row)
    assert not asked(first)
    copied = copied_text(row, LABELS, SourceText(6, ("a", "  make(\x1b[0m)", "b"), "load", ""), "Near.")
    assert copied.startswith("/srv/app.py:7 load\n    make(")
    assert "\x1b" not in copied
    assert copied.endswith("Near.\n")
