"""The rows of the triggers: shares and the filter."""

from __future__ import annotations

import pytest

from gctui.monitor.trigger_rows import matching_triggers, trigger_rows
from tests.fakes import NOW, make_pauses


def test_shares_add_up() -> None:
    rows = trigger_rows(make_pauses().triggers("run", NOW))

    assert sum(row.share for row in rows) == pytest.approx(1)
    assert sum(row.collections for row in rows) == 100
    assert all(row.average_ns <= row.trigger.longest_ns for row in rows)


@pytest.mark.parametrize(("words", "lines"), [("", 5), ("HANDLE", 5), (":14", 1), ("views !:14", 4), ("nowhere", 0)])
def test_a_filter_looks_at_file_and_function(words: str, lines: int) -> None:
    rows = trigger_rows(make_pauses().triggers("run", NOW))

    assert len(matching_triggers(rows, words)) == lines


def test_of_nothing_there_are_no_rows() -> None:
    assert trigger_rows(()) == ()
