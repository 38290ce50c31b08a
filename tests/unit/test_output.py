"""Whatever a program prints, in whatever pieces: the newest lines are there, memory is bounded, losses are counted."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor.output import LINE_LIMIT, MAX_BYTES, MAX_LINES, REWRITE_LIMIT, Output
from gctui.monitor.sgr import PLAIN, Sgr
from gctui.monitor.terminal_text import carried_over

RED = Sgr(foreground=1)


def fed(*chunks: bytes) -> Output:
    made = Output()
    for chunk in chunks:
        made.feed(chunk)
    return made


def texts(of: Output) -> list[str]:
    return [of.line(number).plain for number in range(of.first, of.end)]


def test_nothing_printed() -> None:
    empty = fed(b"")

    assert (empty.first, empty.end, empty.received, empty.dropped) == (0, 0, 0, 0)
    assert empty.tail(5) == []
    with pytest.raises(IndexError):
        empty.line(0)


def test_the_last_line_may_be_unfinished() -> None:
    made = fed(b"one\r\ntw")

    assert texts(made) == ["one", "tw"]
    made.feed(b"o")
    assert texts(made) == ["one", "two"]
    made.feed(b"\n")
    assert texts(made) == ["one", "two"]
    made.feed(b"\n")
    assert texts(made) == ["one", "two", ""]


@given(st.lists(st.sampled_from([b"a", b"\n", b"\r", b"\x1b[31m", b"\x1b[0m", b"\x1b[", b"1m", b"\xff"])), st.data())
def test_how_the_output_was_cut_does_not_matter(pieces: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    chunks = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    made = fed(*chunks)

    lines = whole.split(b"\n")
    if not lines[-1]:
        lines.pop()
    carried = PLAIN
    for number, expected in enumerate(lines):
        found = made.line(number)
        assert (found.raw, found.carried, found.truncated) == (expected, carried, 0)
        carried = carried_over(expected, carried)
    assert made.end == len(lines)


def test_a_colour_left_on_reaches_the_next_lines() -> None:
    made = fed(b"\x1b[31mred\nstill\n", b"more\n", b"end\x1b[0m\nplain\n")

    assert [made.line(number).carried for number in range(5)] == [PLAIN, RED, RED, RED, PLAIN]
    assert made.line(1).coloured == "\x1b[0;31mstill\x1b[0m"


def test_old_lines_go_and_are_counted() -> None:
    made = fed(*(b"\x1b[31mline %d\n" % number for number in range(MAX_LINES)), b"\x1b[0mlast\n" * 10, b"open")

    assert (made.first, made.end) == (10, MAX_LINES + 11)
    assert made.dropped == sum(len(b"\x1b[31mline %d\n" % number) for number in range(10))
    assert made.line(10).carried == RED
    with pytest.raises(IndexError):
        made.line(9)


def test_one_chunk_can_replace_everything() -> None:
    made = fed(b"old\n" * 100, b"".join(b"%d\n" % number for number in range(MAX_LINES + 50)))

    assert made.end - made.first == MAX_LINES
    assert made.line(made.end - 1).raw == b"%d" % (MAX_LINES + 49)
    assert made.dropped == made.received - sum(len(line.raw) + 1 for line in made.tail(MAX_LINES))


def test_the_bytes_kept_are_bounded() -> None:
    made = fed(*[b"\x1b[31m" + b"x" * 4000 + b"\n"] * 4000)

    kept = sum(len(line.raw) for line in made.tail(MAX_LINES))
    assert MAX_BYTES - 4010 < kept <= MAX_BYTES
    assert made.dropped == made.received - kept - (made.end - made.first)


def test_a_line_of_10_mb_keeps_its_beginning() -> None:
    made = fed(b"before\n\x1b[31mstart", *[b"x" * 4096] * 2560, b"\nafter")

    long = made.line(1)
    assert len(long.raw) == LINE_LIMIT
    assert long.raw.startswith(b"\x1b[31mstart")
    assert long.truncated == 10 + 4096 * 2560 - LINE_LIMIT == made.dropped
    assert (made.line(2).raw, made.line(2).carried) == (b"after", PLAIN)


def test_an_endless_progress_bar_stays_small() -> None:
    made = fed(*(b"\r\x1b[31m%6d/100000 %s" % (step, b"#" * 60) for step in range(20_000)))

    last = made.line(0)
    assert len(last.raw) <= REWRITE_LIMIT + 100
    assert last.plain.startswith(" 19999/100000")
    assert (made.end, made.dropped) == (1, 0)


def test_what_cr_overwrote_leaves_its_colour() -> None:
    made = fed(b"\x1b[31m" + b"x" * REWRITE_LIMIT + b"\r", b"\x1b[1mnew\r\r\r")

    assert made.line(0).raw == b"\x1b[1mnew\r"
    assert made.line(0).carried == RED


def test_a_rewritten_line_is_no_longer_truncated() -> None:
    made = fed(b"x" * (LINE_LIMIT + 5), b"\rshort\nnext")

    assert made.line(0).raw == b"short"
    assert made.line(0).truncated == 0


def test_the_tail_is_the_newest_lines() -> None:
    made = fed(b"\x1b[31m1\n2\n3\n4")

    assert [line.raw for line in made.tail(2)] == [b"3", b"4"]
    assert [line.carried for line in made.tail(2)] == [RED, RED]
    assert len(made.tail(100)) == 4


@pytest.mark.parametrize(
    "block",
    [b"x" * 99 + b"\n", b"\x1b[1mbold\x1b[0m " + b"x" * 80 + b"\r\n", b"\r 10% " + b"#" * 60, b"x" * 70_000, b"\r"],
)
def test_20_mb_take_little_time(block: bytes) -> None:
    chunk = (block * (65536 // len(block) + 1))[:65536]
    made = Output()

    began = time.process_time()
    for _ in range(20_000_000 // len(chunk)):
        made.feed(chunk)

    assert time.process_time() - began < 1


def test_reading_while_another_thread_feeds() -> None:
    made = Output()
    done = threading.Event()

    def feed() -> None:
        for number in range(3000):
            made.feed(b"\x1b[31m%d\n" % number * 20)
        done.set()

    feeder = threading.Thread(target=feed)
    feeder.start()
    while not done.is_set():
        for line in made.tail(30):
            assert line.carried in (PLAIN, RED)
        try:
            assert made.line(made.first).raw
        except IndexError:
            pass
    feeder.join()

    assert made.end == 60_000
    assert made.end - made.first == MAX_LINES
