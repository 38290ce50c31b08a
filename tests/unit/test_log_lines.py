"""Which line shows what: found by bisection, and always what a merged list would say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor.log_filter import LogFilter, parse_filter
from gctui.monitor.log_lines import LogLines, Place
from gctui.monitor.settings import SettingsChange
from tests.fakes import SETTINGS, FakeLog, make_collection


def change(made_ns: int, flags: int = 1) -> SettingsChange:
    return SettingsChange(made_ns, SETTINGS, replace(SETTINGS, debug_flags=flags), "gctui")


def log_of(times: Sequence[int], first: int = 0) -> FakeLog:
    collections = [make_collection(first + n, generation=n % 3, started_ns=time) for n, time in enumerate(times)]
    return FakeLog(collections, first)


def made(log: FakeLog, changes: Sequence[SettingsChange], text: str = "") -> LogLines:
    lines = LogLines(log, parse_filter(text))
    lines.update(log.first, log.end, tuple(changes))
    while not lines.is_done:
        lines.advance(3)
    return lines


def shown(lines: LogLines) -> list[int | SettingsChange]:
    return [lines[line] for line in range(len(lines))]


TIMES = st.lists(st.integers(0, 30), max_size=30).map(sorted)


@given(TIMES, TIMES, st.integers(0, 5), st.sampled_from(["", "gen:1", "is:change", "is:collection", "debug", "none"]))
def test_lines_are_those_of_a_merged_list(times: list[int], changed: list[int], first: int, text: str) -> None:
    log, wanted = log_of(times, first), parse_filter(text)
    changes = [change(at, number + 1) for number, at in enumerate(changed)]
    merged: list[tuple[int, int, int | SettingsChange]] = [
        (one.started_ns, 0, one.number)
        for one in log._collections
        if wanted.collections and wanted.fits(one.generation, one.pause_ns) and wanted.fits_site(one.site)
    ]
    merged += [(one.made_ns, 1, one) for one in changes if wanted.fits_change(str(one))]
    merged.sort(key=lambda item: item[:2])
    lines = made(log, changes, text)

    assert shown(lines) == [item[2] for item in merged]
    distinct = len(set(changed)) == len(changed)
    for line in range(len(lines)) if distinct else ():
        assert lines.line(lines.place(line)) == line


def test_a_change_finds_its_place_as_collections_come() -> None:
    log = log_of([10, 20])
    lines = made(log, [change(25)])
    assert shown(lines)[2] == change(25)

    changes = (change(25),)
    lines.update(0, 2, changes)
    log._collections += [make_collection(2, started_ns=22), make_collection(3, started_ns=30)]
    lines.update(0, 4, changes)

    assert shown(lines) == [0, 1, 2, change(25), 3]


def test_changes_of_collections_that_are_gone_stay() -> None:
    log = log_of([10, 20, 30, 40])
    changes = (change(15), change(35))
    lines = made(log, changes)
    lines.update(2, 4, changes)

    assert shown(lines) == [change(15), 2, change(35), 3]
    assert lines.line(Place(0)) == 0  # what follows


def test_times_that_lie_do_no_harm() -> None:
    lines = made(log_of([40, 10, 30, 20]), [change(35), change(15), change(50)])

    assert sorted(one for one in shown(lines) if isinstance(one, int)) == [0, 1, 2, 3]
    assert sum(isinstance(one, SettingsChange) for one in shown(lines)) == 3


def test_a_million_collections_are_hardly_looked_at() -> None:
    class Million(FakeLog):
        end = 1_000_000
        reads = 0

        def __getitem__(self, number: Any) -> Any:
            self.reads += 1
            return make_collection(number, started_ns=number * 10)

    log = Million([])
    changes = tuple(change(n * 20_000) for n in range(500))
    lines = LogLines(log, LogFilter())
    lines.update(0, log.end, changes)
    reads = log.reads
    assert reads < 500 * 25

    lines.update(0, log.end, changes)
    assert log.reads == reads
    assert len(lines) == 1_000_500 and lines[1_000_499] == 999_999
    assert lines.line(lines.place(500_000)) == 500_000
