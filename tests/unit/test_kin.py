"""The rows of the process pane, from what the family and a made-up process table say."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest

from gctui.monitor import kin, process_table
from gctui.monitor.family import BECAME_ANOTHER, ENDED, ENDED_KEPT_NS, NO_GOODBYE, Family, Process
from gctui.monitor.kin import Kin
from gctui.monitor.messages import RingEnded, RingRead
from gctui.monitor.model import Program
from gctui.monitor.process_table import Entry
from gctui.monitor.relatives import Relatives
from tests.fakes import FOUND, SECOND

LAUNCHED = 100
PROGRAM = Program(("serve",), LAUNCHED, "running", 0, None, None, None)


class Machine:
    """What there is to see of processes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.entries: dict[int, Entry] = {}
        self.read: list[int] = []
        self.family = Family()
        self.kin = Kin(self.family, LAUNCHED)
        self.program = PROGRAM
        monkeypatch.setattr(process_table, "entry", self.entries.get)
        monkeypatch.setattr(process_table, "table", lambda: dict(self.entries))
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(kin, "shared_memory", self._memory)
        monkeypatch.setattr(kin, "argv_of", lambda pid: ("program", str(pid)))

    def _memory(self, pid: int) -> tuple[int, int]:
        self.read.append(pid)
        self.now += 0.004
        return pid * 10, pid

    def run(self, pid: int, ppid: int, state: str = "S", born: int = 0) -> None:
        self.entries[pid] = Entry(pid, ppid, "name", state, born, 0, 1000)

    def python(self, pid: int, ppid: int, started_ns: int | None = None) -> Process:
        self.run(pid, ppid)
        ring = len(self.family.processes) + 1
        started = SECOND * ring if started_ns is None else started_ns
        return self.family.found(replace(FOUND, ring=ring, pid=pid, ppid=ppid, started_ns=started))

    def look(self, seconds: float = 1.5) -> Relatives:
        self.now += seconds
        return self.kin.relatives(1000 * SECOND, self.program, {}, None)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def shape(found: Relatives) -> list[tuple[int, int, str]]:
    return [(row.pid, row.depth, row.state) for row in found.rows]


def test_shells_and_other_programs_stand_where_they_are_in_the_tree(machine: Machine) -> None:
    machine.run(1, 0)
    machine.run(LAUNCHED, 1)  # a shell
    machine.python(101, LAUNCHED)
    machine.run(102, 101)
    machine.python(104, 102)
    machine.python(103, 101)
    machine.run(105, 1)  # no relative

    found = machine.look()

    assert shape(found) == [
        (100, 0, "running"), (101, 1, "running"), (102, 2, "running"), (104, 3, "running"), (103, 2, "running"),
    ]  # fmt: skip
    shell, python = found.rows[:2]
    assert (shell.key, shell.python, shell.argv, shell.speaks) == (0, "", ("program", "100"), False)
    assert (python.key, python.python) == (1, "3.12.1")
    assert (found.processes, found.living, found.rss) == (3, 3, 5000)


def test_a_parent_that_has_gone_leaves_the_depth(machine: Machine) -> None:
    machine.python(LAUNCHED, 1)
    machine.run(101, LAUNCHED)
    machine.python(102, 101)
    assert machine.look().rows[-1].depth == 2
    del machine.entries[101]
    machine.run(102, 1)
    assert shape(machine.look(10)) == [(100, 0, "running"), (102, 2, "running")]


def test_children_of_an_ended_python_go_to_the_next_above(machine: Machine) -> None:
    machine.python(LAUNCHED, 1)
    machine.python(101, LAUNCHED)
    machine.python(102, 101)
    machine.python(103, LAUNCHED)
    machine.family.ended(RingEnded(2, 5 * SECOND, lives_on=False))
    del machine.entries[101]
    machine.run(102, 1)

    assert shape(machine.look()) == [
        (100, 0, "running"), (102, 2, "running"), (103, 1, "running"), (101, 1, "ended"),
    ]  # fmt: skip


def test_states_and_endings(machine: Machine) -> None:
    machine.python(LAUNCHED, 1)
    for pid in range(101, 106):
        machine.python(pid, LAUNCHED).hello_ns = 1
    machine.run(101, LAUNCHED, "T")
    machine.run(102, LAUNCHED, "Z")
    machine.family.ended(RingEnded(3, 9 * SECOND, lives_on=False))
    del machine.entries[103]  # seen before its ring is
    machine.family.ended(RingEnded(5, 9 * SECOND, lives_on=False))
    del machine.entries[104]
    machine.family.ended(RingEnded(6, 9 * SECOND, lives_on=True))
    machine.run(105, LAUNCHED)
    rows = {(row.pid, row.key): row for row in machine.look().rows}

    assert {one: (row.state, row.ending) for one, row in rows.items()} == {
        (100, 1): ("running", ""),
        (101, 2): ("stopped", ""),
        (102, 3): ("zombie", ""),
        (103, 4): ("ended", NO_GOODBYE),
        (104, 5): ("ended", NO_GOODBYE),
        (105, 6): ("ended", BECAME_ANOTHER),
        (105, 0): ("running", ""),
    }
    assert rows[105, 6].rss is None and rows[105, 0].rss == 1000


@pytest.mark.parametrize(
    ("code", "number", "words"),
    [(3, None, "exit code 3"), (None, 9, "killed by SIGKILL"), (None, 63, "killed by signal 63"), (None, None, ENDED)],
)
def test_the_launched_process_says_how_it_ended(
    machine: Machine, code: int | None, number: int | None, words: str
) -> None:
    machine.python(LAUNCHED, 1)
    machine.program = replace(PROGRAM, state="ended", ended_ns=5, exit_code=code, signal=number)
    machine.entries.clear()
    machine.family.ended(RingEnded(1, 9 * SECOND, lives_on=False))
    (row,) = machine.look().rows
    assert (row.state, row.ending, row.key) == ("ended", words, 1)


def test_a_launched_shell_is_listed_when_it_has_ended(machine: Machine) -> None:
    machine.run(LAUNCHED, 1)
    assert shape(machine.look()) == [(100, 0, "running")]
    machine.entries.clear()
    machine.program = replace(PROGRAM, state="ended", ended_ns=5, exit_code=0)
    (row,) = machine.look().rows
    assert (row.state, row.ending, row.argv) == ("ended", "exit code 0", ("serve",))


def test_another_process_of_the_same_number_is_not_taken_for_it(machine: Machine) -> None:
    """Its ring may be kept mapped by a child that a library forked."""
    machine.python(LAUNCHED, 1, started_ns=0)
    machine.python(101, LAUNCHED, started_ns=1)
    machine.run(101, 1, born=1 << 40)

    assert machine.look().rows[-1].state == "ended"


def test_figures_are_read_once_a_second_and_new_ones_at_once(machine: Machine) -> None:
    machine.python(LAUNCHED, 1)
    machine.look()
    machine.entries[LAUNCHED] = machine.entries[LAUNCHED]._replace(rss=2000, cpu_ticks=50)
    machine.python(101, LAUNCHED)
    assert [row.rss for row in machine.look(0.2).rows] == [1000, 1000]
    row = machine.look(0.8).rows[0]
    assert row.rss == 2000 and row.cpu_percent == pytest.approx(50 / os.sysconf("SC_CLK_TCK") * 100, rel=0.05)


def test_shared_memory_is_read_of_a_few_at_a_time_and_seldom(machine: Machine) -> None:
    machine.python(LAUNCHED, 1)
    for pid in range(101, 107):
        machine.python(pid, LAUNCHED)
    machine.look()
    assert not machine.read  # they have just begun
    assert machine.look(0.6).pss is not None and len(machine.read) == 3
    machine.look(0.1)
    assert machine.look(0.1).pss == sum(range(100, 107)) * 10 and sorted(machine.read) == list(range(100, 107))
    machine.look(3)
    assert len(machine.read) == 7
    machine.look(3)
    assert len(machine.read) > 7


def test_what_is_folded_is_in_the_totals(machine: Machine) -> None:
    machine.python(LAUNCHED, 1)
    child = machine.python(101, LAUNCHED)
    child.main.fold_ring(RingRead(2, [(5, 7000, 2, 0, 0, 1, 0, 1), (9, 1000, 0, 0, 0, 1, 0, 2)], 0, None, {}))
    before = machine.look()
    machine.family.ended(RingEnded(2, 9 * SECOND, lives_on=False))
    del machine.entries[101]
    assert shape(machine.look()) == [(100, 0, "running"), (101, 1, "ended")]
    machine.family.fold_ended(9 * SECOND + ENDED_KEPT_NS + 1)
    after = machine.look()

    assert shape(after) == [(100, 0, "running")] and (after.folded, after.processes, after.living) == (1, 2, 1)
    for found in (before, after):
        assert (found.collections, found.paused_ns, found.longest_ns) == (2, 8000, 7000)


def test_the_table_knows_this_process() -> None:
    own = process_table.entry(os.getpid())
    assert own is not None and process_table.table()[os.getpid()].born == own.born
    assert (own.ppid, own.is_alive) == (os.getppid(), True) and own.rss > 1 << 20
    assert own.was_there(time.monotonic_ns()) and not own.was_there(own.born_ns - SECOND)
    assert process_table.runs_on(os.getpid(), time.monotonic_ns()) and not process_table.runs_on(1 << 30, 1)
