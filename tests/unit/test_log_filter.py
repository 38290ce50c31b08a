"""The filter says what it does not understand, and the stepwise search finds what a plain loop finds."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor.log_filter import FilterError, LogFilter, LogSearch, parse_filter
from gctui.monitor.model import Collection, Site
from tests.fakes import FakeLog, make_collection, make_log


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", LogFilter()),
        ("gen:2", LogFilter(generations=frozenset({2}))),
        ("GEN:1,2", LogFilter(generations=frozenset({1, 2}))),
        ("gen:inc,Full", LogFilter(generations=frozenset({1, 2}))),
        ("gen:1, views.py", LogFilter(generations=frozenset({1}), words=("views.py",))),
        ("pause>=10ms", LogFilter(shortest_ns=10_000_000)),
        ("pause>10ms", LogFilter(shortest_ns=10_000_001)),
        ("pause>1.5µs", LogFilter(shortest_ns=1_501)),
        ("pause>.5us pause<=2s", LogFilter(shortest_ns=501, longest_ns=2_000_000_000)),
        ("pause<1s pause<3s", LogFilter(longest_ns=999_999_999)),
        ("Views HANDLE", LogFilter(words=("views", "handle"))),
        ("is:change", LogFilter(collections=False)),
        ("PID:12,7 gen:2", LogFilter(generations=frozenset({2}), pids=frozenset({12, 7}))),
        ("pid:1,2 pid:2", LogFilter(pids=frozenset({2}))),
        ("IS:collection x", LogFilter(changes=False, words=("x",))),
    ],
)
def test_parse(text: str, expected: LogFilter) -> None:
    assert parse_filter(text) == expected


@pytest.mark.parametrize(
    "text", ["gen:", "gen:3", "gen:1,x", "pause>", "pause>10", "pause>ms", "pause>1h", "pause<²s", "is:", "is:x"]
)
def test_what_is_half_a_condition_is_explained(text: str) -> None:
    with pytest.raises(FilterError, match="takes"):
        parse_filter(text)


@given(st.text() | st.from_regex(r"(gen:|is:|pause[<>]=?|x)[0-9.,msuµ ]{0,20}"))
def test_any_text_is_a_filter_or_a_sentence(text: str) -> None:
    try:
        found = parse_filter(text)
    except FilterError as error:
        assert str(error)
    else:
        assert found.generations <= {0, 1, 2}
        assert found.fits_site(Site(" ".join(found.words), 1, ""))


@given(
    st.sets(st.sampled_from([0, 1, 2]), min_size=1),
    st.integers(0, 10**6),
    st.lists(st.from_regex(r"[a-fh-oq-z./]{1,8}", fullmatch=True), max_size=3),
)
def test_what_is_written_is_what_is_parsed(generations: set[int], microseconds: int, words: list[str]) -> None:
    text = f"gen:{','.join(map(str, sorted(generations)))} pause>={microseconds}us {' '.join(words)}"
    assert parse_filter(text) == LogFilter(frozenset(generations), microseconds * 1000, None, tuple(words))


class GrowingLog(FakeLog):
    """A log that gets new events at its end and loses old ones at its front."""

    def __init__(self, collections: Sequence[Collection]) -> None:
        super().__init__(collections)

    def grow(self, count: int, chance: random.Random) -> None:
        for _ in range(count):
            site = Site(chance.choice(["/a.py", "/b.py"]), 1, "f")
            self._collections.append(make_collection(self.end, chance.randrange(3), chance.randrange(100), site=site))

    def lose(self, count: int) -> None:
        count = min(count, len(self))
        del self._collections[:count]
        self.first += count


@given(
    st.integers(0, 2**32),
    st.lists(st.tuples(st.sampled_from(["grow", "lose", "search"]), st.integers(1, 60)), max_size=30),
    st.sampled_from(["gen:2", "pause>50ns", "gen:0,1 b.py", "nowhere"]),
)
def test_the_search_finds_what_a_loop_finds(seed: int, steps: list[tuple[str, int]], text: str) -> None:
    chance = random.Random(seed)
    log = GrowingLog([])
    log.grow(50, chance)
    wanted = parse_filter(text)
    search = LogSearch(log, wanted)
    for kind, count in steps:
        if kind == "grow":
            log.grow(count, chance)
        elif kind == "lose":
            log.lose(count)
            search.drop(log.first)
        else:
            search.advance(log.end, count)
        found = [search[at] for at in range(len(search))]
        assert found == sorted(set(found))
        assert all(number >= log.first for number in found)
        assert 0 <= search.progress(log.end) <= 1
    while not search.done(log.end):
        search.advance(log.end, 7)
    held = [log[number] for number in range(log.first, log.end)]
    expected = [one.number for one in held if wanted.fits(one.generation, one.pause_ns) and wanted.fits_site(one.site)]
    assert [search[at] for at in range(len(search))] == expected
    for number in range(log.first, log.end):
        assert search.place(number) == sum(one < number for one in expected)


def test_the_newest_are_found_first() -> None:
    log = make_log(1000)
    search = LogSearch(log, parse_filter("gen:2"))
    search.advance(log.end, 60)
    assert [search[at] for at in range(len(search))] == [949, 999]
    assert not search.done(log.end)


def test_there_is_no_match_before_the_first() -> None:
    search = LogSearch(make_log(10), LogFilter())
    with pytest.raises(IndexError):
        search[0]
