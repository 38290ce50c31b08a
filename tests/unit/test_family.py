"""A family of any size, also an invented one, in bounded memory."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.folding import GAUGES, Folding
from gctui.monitor import columns, family
from gctui.monitor.columns import FEW_COLLECTIONS
from gctui.monitor.family import BECAME_ANOTHER, ENDED, ENDED_KEPT_NS, MOST_ENDED, NO_GOODBYE, Family, Process
from gctui.monitor.history import FEW_BUCKETS, MOST_BUCKETS, InterpreterHistory
from gctui.monitor.messages import Message, RingEnded, RingRead
from gctui.monitor.model import BUCKET_NS
from tests.fakes import FOUND, HELLO

SECOND = 1_000_000_000


def ring_read(ring: int, number: int) -> RingRead:
    records = [(n * BUCKET_NS, 1000, 0, 1, 0, 1, 0, n + 1) for n in range(number)]
    return RingRead(ring, records, 0, None, {})


def run_of(family: Family, ring: int, pid: int, collections: int, ended_ns: int) -> Process:
    """A process that has ended."""
    process = family.found(replace(FOUND, ring=ring, pid=pid, started_ns=ended_ns - 1))
    process.main.fold_ring(ring_read(ring, collections))
    family.ended(RingEnded(ring, ended_ns, lives_on=False))
    return process


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

    assert one.processes == [first]
    for ring in (1, 2):
        one.read(ring_read(ring, 3))
    assert first.main.log.end == 3


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
    assert one.introduced(msgspec.structs.replace(HELLO, pid=FOUND.pid + 1)) is second
    one.show(second)
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


def test_how_a_process_ended_is_told_by_its_goodbye() -> None:
    for hello, goodbye, lives_on, words in (
        (True, True, False, ENDED),
        (True, False, False, NO_GOODBYE),
        (False, False, False, ENDED),
        (True, False, True, BECAME_ANOTHER),
    ):
        one = Family()
        process = one.found(FOUND)
        if hello:
            one.introduced(HELLO)
        process.clean_exit = goodbye
        process.main.fold_ring(replace(ring_read(1, 2), running=(2, 5)))
        one.ended(RingEnded(1, SECOND, lives_on))

        assert (process.ended_ns, process.ending, process.main.running) == (SECOND, words, None)
        assert one.unfolded == [process]


def test_a_process_ends_with_the_last_of_its_interpreters() -> None:
    one = Family()
    process = one.found(FOUND)
    one.found(replace(FOUND, ring=2, interpreter=1))
    one.ended(RingEnded(2, SECOND, lives_on=True))
    assert process.ended_ns is None
    one.ended(RingEnded(1, SECOND, lives_on=False))
    assert process.ended_ns == SECOND


@pytest.mark.parametrize("order", [("ring", "hello"), ("hello", "ring")])
def test_another_program_in_the_same_process_is_another_one(order: tuple[str, str]) -> None:
    """Whichever of its ring and its hello comes first, and whether or not the end of the first was seen before."""
    for is_seen in (False, True):
        one = Family()
        first = one.found(FOUND)
        one.introduced(HELLO)
        if is_seen:
            one.ended(RingEnded(1, 5, lives_on=True))
        for what in order:
            if what == "ring":
                second = one.found(replace(FOUND, ring=2, started_ns=6))
            else:
                assert one.introduced(msgspec.structs.replace(HELLO, started=7)) is one.latest(FOUND.pid)
        assert one.processes == [first, second] and one.unfolded == [second, first]
        assert first.ending == BECAME_ANOTHER and second.hello_ns == 7 and second.started_ns == 6


def test_ended_processes_are_folded_when_they_are_old_or_too_many() -> None:
    one = Family()
    parent = one.found(FOUND)
    children = [run_of(one, ring, FOUND.pid + ring, ring, ring * SECOND) for ring in range(2, MOST_ENDED + 12)]
    assert one.fold_ended(SECOND) == children[:10]
    assert one.fold_ended(SECOND) == []
    assert one.fold_ended(12 * SECOND + ENDED_KEPT_NS + 1) == children[10:11]

    assert one.unfolded == [parent, *reversed(children[11:])]
    assert one.folded == (sum(range(2, 13)), sum(range(2, 13)) * 1000, 1000)
    totals = [process.summed_up(0) for process in one.processes]
    assert [sum(g.collections for i in each.interpreters for g in i.generations) for each in totals] == [
        0, *range(2, MOST_ENDED + 12),
    ]  # fmt: skip
    assert one.of_key(children[0].key) is children[0] and children[0].is_folded and not children[0].interpreters
    assert one._with_ring == {process.main for process in one.unfolded}


def test_of_a_folded_process_little_of_its_command_line_is_kept() -> None:
    process = Process(1, 0, ("python", "a" * 600, "b" * 600, "c"), "3.12.1", 5)
    process.interpreters[0] = InterpreterHistory(0, 5)

    process.fold()

    assert process.summed_up(9).argv == process.argv == ("python", "a" * 600, "b" * 392)


def test_a_process_whose_ring_may_still_be_found_is_not_folded_at_once() -> None:
    one = Family()
    hello = msgspec.structs.replace(HELLO, pid=FOUND.pid + 1, started=7)
    process = one.introduced(hello)
    assert process is not None
    one.end(process, SECOND, lives_on=False)
    for ring in range(2, MOST_ENDED + 12):
        run_of(one, ring, FOUND.pid + ring, 1, 2 * SECOND)
    assert process not in one.fold_ended(2 * SECOND) and not process.is_folded
    assert one.found(replace(FOUND, ring=1000, pid=process.pid, started_ns=6)) is process
    one.read(ring_read(1000, 3))
    one.ended(RingEnded(1000, 3 * SECOND, lives_on=False))

    assert (
        process in one.fold_ended(2 * SECOND + ENDED_KEPT_NS)
        and process.summed_up(0).interpreters[0].events_received == 3
    )


def test_the_process_that_is_shown_is_not_folded() -> None:
    one = Family()
    shown = run_of(one, 1, FOUND.pid, 3, 2)
    one.show(shown)

    assert one.fold_ended(2 * ENDED_KEPT_NS) == [] and not shown.is_folded
    one.show(one.found(replace(FOUND, ring=2, pid=FOUND.pid + 1)))
    assert one.fold_ended(2 * ENDED_KEPT_NS) == [shown]


def test_what_a_folded_process_had_said_comes_too_late_and_its_number_comes_again() -> None:
    one = Family()
    one.found(FOUND)
    folded = run_of(one, 2, FOUND.pid + 1, 3, 2 * SECOND)
    one.fold_ended(2 * ENDED_KEPT_NS)
    assert one.introduced(msgspec.structs.replace(HELLO, pid=folded.pid, started=SECOND)) is None
    again = one.introduced(msgspec.structs.replace(HELLO, pid=folded.pid, started=3 * SECOND))

    assert again is not folded and len(one.processes) == 3
    assert again is one.found(replace(FOUND, ring=3, pid=folded.pid, started_ns=3 * SECOND - 1))


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["ring", "hello", "read", "end", "fold"]),
        st.integers(1, 6),
        st.integers(0, 2),
        st.integers(0, 200 * SECOND),
    )
)


@given(EVENTS)
def test_nothing_is_counted_twice_or_lost_whatever_comes_in_which_order(
    events: list[tuple[str, int, int, int]],
) -> None:
    one = Family()
    expected, rings = 0, {0}
    open_rings: set[int] = set()
    for what, pid, interpreter, at in events:
        ring = max(rings)
        if what == "ring":
            rings.add(ring + 1)
            open_rings.add(ring + 1)
            one.found(replace(FOUND, ring=ring + 1, pid=pid, ppid=pid - 1, interpreter=interpreter, started_ns=at))
        elif what == "hello":
            hello = msgspec.structs.replace(HELLO, pid=pid, ppid=pid - 1, interpreter=interpreter, started=at)
            process = one.introduced(hello)
            assert process is None or not process.is_folded
        elif what == "read":
            one.read(ring_read(ring, 3))
            expected += 3 * (ring in open_rings)
        elif what == "end":
            open_rings.discard(ring)
            one.ended(RingEnded(ring, at, lives_on=bool(interpreter)))
        else:
            one.fold_ended(at)
        totals = [process.summed_up(0) for process in one.processes]
        seen = sum(interpreter.events_received for each in totals for interpreter in each.interpreters)
        figures = [process.figures(0) for process in one.processes]
        assert seen == expected == one.folded.collections + sum(figure.collections for figure in figures)
        assert {process.key for process in one.unfolded} | {p.key for p in one.processes if p.is_folded} == set(
            range(1, len(one.processes) + 1)
        )


def test_a_hello_that_comes_late_belongs_to_the_program_that_sent_it() -> None:
    one = Family()
    first = one.found(FOUND)
    second = one.found(replace(FOUND, ring=2, started_ns=FOUND.started_ns + 100))
    late = one.introduced(msgspec.structs.replace(HELLO, pid=FOUND.pid, started=FOUND.started_ns + 50))
    in_time = one.introduced(msgspec.structs.replace(HELLO, pid=FOUND.pid, started=FOUND.started_ns + 150))

    assert (late, in_time) == (first, second)
    assert one.processes == [first, second]


def test_rings_that_are_found_late_belong_to_the_programs_that_said_hello() -> None:
    one = Family()
    first = one.found(FOUND)
    hellos = [msgspec.structs.replace(HELLO, pid=FOUND.pid, started=FOUND.started_ns + at) for at in (10, 110, 210)]
    same, second, third = (one.introduced(hello) for hello in hellos)
    rings = [replace(FOUND, ring=2 + at, started_ns=FOUND.started_ns + 100 * (1 + at)) for at in (0, 1)]

    assert [one.found(ring) for ring in rings] == [second, third]
    assert one.processes == [same, second, third] and same is first
