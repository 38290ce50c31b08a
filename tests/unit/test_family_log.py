"""All collections of a family on one time line."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from gctui.agent import wire
from gctui.monitor import family_log
from gctui.monitor.columns import Columns
from gctui.monitor.family_log import FamilyLog
from gctui.monitor.messages import RingEnded, RingRead, Said
from gctui.monitor.model import Site
from gctui.monitor.ring_reader import NO_FRAME
from gctui.monitor.watch import WatchSession
from tests.fakes import FOUND, HELLO, FakeSource

HERE, THERE = Site("app.py", 1, "work"), Site("app.py", 2, "rest")


def read(ring: int, *collections: tuple[int, int], sites: dict[int, Site] | None = None) -> RingRead:
    """`collections`: (when each started, site)."""
    records = [(at, 10, 2 | wire.BY_PROGRAM, 3, 0, 1, site, n + 1) for n, (at, site) in enumerate(collections)]
    return RingRead(ring, records, 0, None, sites or {})


def told(log: FamilyLog) -> list[tuple[int, int, Site]]:
    found = [log[number] for number in range(log.first, log.end)]
    assert all(one.by_program and one.number == log.first + at for at, one in enumerate(found))
    return [(one.started_ns, one.pid, one.site) for one in found]


def test_what_arrives_together_is_in_the_order_of_time() -> None:
    log = FamilyLog()
    log.add(read(1, (10, 8), (30, 0), sites={8: HERE, 0: NO_FRAME}), 101)
    log.add(read(2, (20, 8), (40, 50), sites={8: THERE, 50: HERE}), 102)
    log.arrange()
    log.add(read(1, (5, 8)), 101)
    log.arrange()

    assert told(log) == [(10, 101, HERE), (20, 102, THERE), (30, 101, NO_FRAME), (40, 102, HERE), (5, 101, HERE)]
    assert len(log.sites) == 3  # the same place in two processes is one


def test_a_place_that_was_not_named_is_none_of_another_process() -> None:
    log = FamilyLog()
    log.add(read(1, (10, 8), sites={8: HERE}), 101)
    log.add(read(2, (20, 8)), 102)
    log.arrange()
    assert told(log)[1][2].function == "(unknown)"


def test_each_collection_knows_the_kind_of_its_processes_collector() -> None:
    child = replace(FOUND, ring=2, pid=FOUND.pid + 1)
    hello = msgspec.structs.replace(HELLO, pid=child.pid, collector="incremental")
    source = FakeSource(FOUND, HELLO, child, Said(3, hello), read(1, (10, 0)), read(2, (20, 0)))
    log = WatchSession(source, source.clock).tick().family_log
    assert log is not None
    assert [log[number].collector for number in range(log.first, log.end)] == ["generational", "incremental"]


def test_it_begins_with_what_the_first_process_has_had() -> None:
    first = Columns()
    first.name_sites({24: HERE, 0: NO_FRAME})
    first.extend(read(1, (1, 24), (2, 0), (3, 9)).records)
    log = FamilyLog()
    log.begin(first, 101)
    log.know(7, first.sites)
    log.add(read(7, (4, 24)), 101)
    log.add(read(8, (5, 24), sites={24: THERE}), 102)
    log.arrange()

    unknown = Site("", 0, "(unknown)")
    assert told(log) == [(1, 101, HERE), (2, 101, NO_FRAME), (3, 101, unknown), (4, 101, HERE), (5, 102, THERE)]
    assert first[0].site == HERE and first.end == 3


def test_the_oldest_go_and_places_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family_log, "MOST_FAMILY_COLLECTIONS", 20)
    monkeypatch.setattr(family_log, "FAMILY_CHUNK", 5)
    monkeypatch.setattr(family_log, "MOST_SITES", 2)
    log = FamilyLog()
    for number in range(100):
        log.add(read(number, (number, 8), sites={8: Site("app.py", number, "")}), 1000 + number)
        log.forget(number)
        log.arrange()

    assert log.end == 100 and 20 <= log.end - log.first < 25 and len(log.sites) == 2 and not log._of_ring
    assert [pid for _, pid, _ in told(log)] == [1000 + number for number in range(log.first, 100)]
    begun = FamilyLog()
    begun.begin(log, 5)
    assert begun.end == 20


def test_a_session_has_one_once_there_are_two_processes() -> None:
    source = FakeSource(
        FOUND,
        read(1, (10, 8), sites={8: HERE}),
        replace(FOUND, ring=3, interpreter=1),
        read(3, (11, 8), sites={8: THERE}),
    )
    session = WatchSession(source, source.clock)
    assert session.tick().family_log is None
    other = replace(FOUND, ring=2, pid=FOUND.pid + 1)
    source.messages = [
        other,
        read(2, (15, 8), sites={8: HERE}),
        read(1, (12, 8)),
        read(3, (13, 8)),
        RingEnded(2, 20, lives_on=False),
    ]

    log = session.tick().family_log

    assert isinstance(log, FamilyLog)
    # What a subinterpreter had before is in its own log alone.
    assert told(log) == [
        (10, FOUND.pid, HERE), (12, FOUND.pid, HERE), (13, FOUND.pid, THERE), (15, other.pid, HERE),
    ]  # fmt: skip
    assert session.tick().log.end == 2
