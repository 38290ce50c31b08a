"""The tree of processes loses nobody, whatever they say of their parents; the filter says what it cannot read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor.log_filter import FilterError
from gctui.monitor.model import Running
from gctui.monitor.process_filter import ProcessFilter, matching, parse_process_filter
from gctui.monitor.relatives import Order, Relative, RelativeState
from gctui.ui.order_sentences import question
from gctui.ui.renderables.process_lines import STATE_CELLS, in_order, line_of_all, process_line
from tests.fakes import NOW, make_relative, make_relatives

STATES: tuple[RelativeState, ...] = ("running", "stopped", "zombie", "ended")


def family(parents: list[tuple[int, RelativeState]]) -> list[Relative]:
    """A process per entry: the place of its parent, and its state."""
    return [
        make_relative(place, ppid=4242 + parent, state=state) for place, (parent, state) in enumerate(parents)
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(-1, 12), st.sampled_from(STATES)), max_size=12), st.booleans(), st.booleans())
def test_every_process_has_its_line_once(
    parents: list[tuple[int, RelativeState]], is_ascending: bool, is_tree: bool
) -> None:
    lines = [process_line(one, NOW, is_marked=False) for one in family(parents)]
    shown = in_order(lines, lambda line: line.one.pid, is_ascending, is_tree)

    assert sorted(line.one.pid for line in shown) == [line.one.pid for line in lines]
    ended = [line.one.state == "ended" for line in shown]
    assert ended == sorted(ended)


@given(st.lists(st.integers(0, 11), min_size=1, max_size=12))
def test_children_stand_under_their_parents(parents: list[int]) -> None:
    rows = family([(min(parent, place - 1), "running") for place, parent in enumerate(parents)])
    shown = in_order([process_line(one, NOW, False) for one in rows], lambda line: line.one.pid, True, True)

    places = {line.one.pid: place for place, line in enumerate(shown)}
    depths = {line.one.pid: len(line.indent) for line in shown}
    for line in shown:
        if line.one.ppid in places:
            assert places[line.one.ppid] < places[line.one.pid]
            assert depths[line.one.pid] == depths[line.one.ppid] + 2


def test_all_of_them_stand_first_and_add_up() -> None:
    relatives = make_relatives()
    lines = [process_line(one, NOW, is_marked=False) for one in relatives.rows]
    shown = in_order([*lines, line_of_all(relatives)], lambda line: line.one.pid, True, False)

    assert shown[0].is_all and shown[0].one.frozen == 0
    assert shown[0].one.rate == sum(one.rate for one in relatives.rows if one.state != "ended")


def test_a_long_ending_stands_behind_the_command() -> None:
    one = make_relative(1, state="ended", ending="ended without a goodbye (killed, or os._exit)")
    line = process_line(one, NOW, is_marked=False)

    assert line.state == "ended" and line.command == f"python worker.py 1 · {one.ending}"
    assert len(process_line(make_relative(1, running=Running(2, 0)), NOW, False).state) <= STATE_CELLS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ProcessFilter()),
        ("state:ended", ProcessFilter(states=frozenset({"ended"}))),
        ("STATE:running", ProcessFilter(states=frozenset({"running", "collecting"}))),
        ("py:3.12 Celery !beat", ProcessFilter(python="3.12", wanted=("celery",), unwanted=("beat",))),
    ],
)
def test_parse(text: str, expected: ProcessFilter) -> None:
    assert parse_process_filter(text) == expected


@given(st.text() | st.from_regex(r"(state:|py:|!)[a-z0-9.,]{0,12}"))
def test_any_text_is_a_filter_or_a_sentence(text: str) -> None:
    try:
        assert set(matching(make_relatives().rows, text)) <= set(make_relatives().rows)
    except FilterError as error:
        assert "takes" in str(error)


def test_questions_name_how_many_and_whether_one_after_the_other() -> None:
    rows = (make_relative(0), make_relative(1))
    assert question(Order("collect", 1), rows, 1) == (
        "Collect generation 1 in 2 processes, one after the other? The longest pause among them so far is 10.0 ms. "
        "1 more takes no orders."
    )
    assert question(Order("disable"), rows, 0) == "Automatic collection off in 2 processes?"
    assert question(Order("unfreeze"), rows[:1], 2) == (
        "Unfreeze the heap in 1 process, pid 4242? 2 more take no orders."
    )
