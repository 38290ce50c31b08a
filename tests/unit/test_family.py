"""A family of any size, also an invented one, in bounded memory."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from fuzz.folding import GAUGES, Folding
from gctui.monitor import columns, family
from gctui.monitor.columns import FEW_COLLECTIONS
from gctui.monitor.family import Family
from gctui.monitor.history import FEW_BUCKETS, MOST_BUCKETS
from gctui.monitor.messages import Message, RingRead
from gctui.monitor.model import BUCKET_NS
from tests.fakes import FOUND, HELLO

SECOND = 1_000_000_000


def ring_read(ring: int, number: int) -> RingRead:
    records = [(n * BUCKET_NS, 1000, 0, 1, 0, 1, 0, n + 1) for n in range(number)]
    return RingRead(ring, records, 0, None, {})


def test_invented_processes_and_interpreters_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family, "MOST_INTERPRETERS", 10)
    folding = Folding()
    lies: list[Message] = [FOUND]
    for number in range(2, 100):
        lies += [
            replace(FOUND, ring=number * 3, pid=FOUND.pid + number),
            replace(FOUND, ring=number * 3 + 1, interpreter=number),
            replace(FOUND, ring=number * 3 + 2),  # an exec
            msgspec.structs.replace(HELLO, pid=FOUND.pid + 1000 + number),
            msgspec.structs.replace(HELLO, interpreter=1000 + number),
            ring_read(number * 3, 5),
            ring_read(number * 3 + 1, 5),
            ring_read(number * 3 + 2, 5),
            GAUGES,
        ]

    snapshot = folding.fold(lies)
    folding.end()

    processes = folding.session.processes()
    assert snapshot.processes == len(processes) <= 10
    assert sum(len(process.interpreters) for process in processes) <= 10


def test_a_full_family_goes_on_with_those_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family, "MOST_INTERPRETERS", 1)
    one = Family()
    first = one.found(FOUND)
    one.found(replace(FOUND, ring=2, pid=FOUND.pid + 1))
    one.introduced(HELLO)

    assert one.processes == [first] and one.of_ring(1) is first.main
    assert one.of_ring(2) is None


def test_what_the_screen_does_not_show_keeps_a_short_log() -> None:
    one = Family()
    shown, other = one.found(FOUND), one.found(replace(FOUND, ring=2, pid=FOUND.pid + 1))
    for process in (shown, other):
        process.main.fold_ring(ring_read(1, 10 * FEW_COLLECTIONS))

    assert shown.main.log.first == 0
    assert other.main.log.end == 10 * FEW_COLLECTIONS
    assert other.main.log.end - other.main.log.first <= 2 * FEW_COLLECTIONS
    now = 10 * FEW_COLLECTIONS * BUCKET_NS
    assert sum(any(bucket.collections) for bucket in shown.main.timeline(now)) == MOST_BUCKETS - 1
    assert sum(any(bucket.collections) for bucket in other.main.timeline(now)) <= FEW_BUCKETS
    # Rates look no further back than that.
    assert other.main.generation(0, now, "").rate == shown.main.generation(0, now, "").rate > 0


def test_much_is_kept_of_the_one_that_is_shown_alone() -> None:
    one = Family()
    first, second = one.found(FOUND), one.found(replace(FOUND, ring=2, pid=FOUND.pid + 1))
    one.show(one.introduced(msgspec.structs.replace(HELLO, pid=FOUND.pid + 1)))
    for process in (first, second):
        process.main.fold_ring(ring_read(1, 3 * FEW_COLLECTIONS))

    assert second.main.log.first == 0 < first.main.log.first


def test_gauges_with_a_false_time_cost_no_walk_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gauge from before everything would have all collections be counted again: a million of them, 50 times a second,
    or as often as a liar can say it."""
    walks = 0
    after = columns.Columns.after

    def counted(self: columns.Columns, moment_ns: int) -> tuple[list[int], list[int], list[int]]:
        nonlocal walks
        walks += 1
        return after(self, moment_ns)

    monkeypatch.setattr(columns.Columns, "after", counted)
    monkeypatch.setattr(columns, "MOST_UNTOLD", 50)
    folding = Folding()
    folding.fold([FOUND, HELLO, ring_read(1, 100), *[GAUGES] * 1000])

    assert walks == 1
    assert [one.collections for one in folding.fold([]).generations] == [100, 0, 0]
    assert walks == 1


def test_collections_after_the_gauges_are_counted_whichever_comes_first() -> None:
    gauges = msgspec.structs.replace(GAUGES, ts=5 * BUCKET_NS, totals=((1000, 0, 0), (0, 0, 0), (0, 0, 0)))
    records = ring_read(1, 10)
    orders: list[list[Message]] = [[records, gauges], [gauges, records]]
    for order in orders:
        folding = Folding()
        snapshot = folding.fold([FOUND, HELLO, *order])
        assert snapshot.generations[0].collections == 1000 + 5
