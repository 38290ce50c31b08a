"""A search finds every line that is held, once, however the output grows and shrinks meanwhile."""

from __future__ import annotations

from gctui.monitor.output import MAX_LINES, Output
from gctui.monitor.output_search import OutputSearch

PLENTY_S = 60.0


def search_all(search: OutputSearch, output: Output) -> list[int]:
    assert search.advance(output.first, output.end, PLENTY_S)
    return [search[index] for index in range(len(search))]


def test_it_finds_text_in_what_is_shown() -> None:
    output = Output()
    output.feed(b"\x1b[31mER\x1b[1mROR\x1b[0m one\nfine\nxxxxx\rerror two\n\x1b]0;error\x07title\n")

    assert search_all(OutputSearch(output, "Error"), output) == [0, 2]


def test_the_unfinished_line_is_looked_at_again() -> None:
    output = Output()
    output.feed(b"one\nerr")
    search = OutputSearch(output, "error")

    assert search_all(search, output) == []
    output.feed(b"or")
    assert search_all(search, output) == search_all(search, output) == [1]
    output.feed(b"\r\x1b[Kfine\nerror\n")
    assert search_all(search, output) == [2]


def test_lines_that_were_dropped_are_forgotten() -> None:
    output = Output()
    output.feed(b"error\nfine\n" * 100)
    search = OutputSearch(output, "error")
    assert len(search_all(search, output)) == 100

    output.feed(b"fine\n" * (MAX_LINES - 100))

    assert search_all(search, output) == list(range(100, 200, 2))
    assert (search.place(0), search.place(101), search.place(500)) == (0, 1, 50)


def test_it_works_in_small_steps() -> None:
    output = Output()
    output.feed(b"error\n" * 5000)
    search = OutputSearch(output, "error")

    steps = 1
    while not search.advance(output.first, output.end, 0.001):
        steps += 1

    assert steps > 1
    assert [search[index] for index in range(len(search))] == list(range(5000))


def test_nothing_to_search() -> None:
    output = Output()

    assert search_all(OutputSearch(output, "x"), output) == []
