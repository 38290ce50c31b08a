"""Sampled allocations of real programs, on every Python here: they are estimated right, and nothing else changes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from gctui.monitor.model import Allocations, Frame
from gctui.monitor.tracing import CAN_SAMPLE, Tracing
from gctui.monitor.watch import WatchSession
from tests.integration.guests import answer_to, bare, environment, watched, watching
from tests.integration.pythons import Python
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.skipif(not CAN_SAMPLE, reason="gctui's C part was not built")

MEAN = 16384
SAMPLED = Tracing(5, MEAN)

#: Then it waits until the test lets it go on: `reached(N)` says that it has come so far.
PACED = """
import os, sys, time
folder = sys.argv[1]
def reached(number):
    open(os.path.join(folder, "reached-%d" % number), "x").close()
    while not os.path.exists(os.path.join(folder, "go-on-%d" % number)):
        time.sleep(0.005)
"""


@dataclass(frozen=True, slots=True)
class Program:
    """One that goes in steps."""

    session: WatchSession
    folder: Path

    def wait_until(self, number: int) -> None:
        def look() -> bool:
            self.session.tick()
            return (self.folder / f"reached-{number}").exists()

        wait_for(look, f"the program has reached {number}")

    def go_on(self, number: int) -> None:
        (self.folder / f"go-on-{number}").touch()

    def allocations(self) -> Allocations:
        """As they are from now on."""
        before = self.session.tick().taken_ns
        self.session.want_allocations(True)

        def look() -> tuple[Allocations, ...]:
            found = self.session.tick().allocations
            return (found,) if found is not None and found.taken_ns > before else ()

        return wait_for(look, "allocations come")[0]

    def trace(self, frames: int, mean: int) -> str:
        return answer_to(self.session, self.session.trace(frames, mean)).error


@contextmanager
def paced(python: Python, code: str, tracing: Tracing = SAMPLED, *options: str) -> Iterator[Program]:
    with tempfile.TemporaryDirectory() as folder:
        command = (*options, python.path, "-X", "faulthandler", "-c", PACED + code, folder)
        with watching(*command, tracing=tracing) as session:
            yield Program(session, Path(folder))


def check(found: Allocations, function_line: int, size: int, count: int) -> None:
    """That many bytes and blocks from this line, within six standard deviations: one run in 500 million is further
    off by chance, and a router that loses or counts twice what one realloc in ten moves is."""
    entries = [
        one for one in found.entries if (one.frames[0].filename, one.frames[0].line) == ("<string>", function_line)
    ]
    sized, counted = sum(one.size for one in entries), sum(one.count for one in entries)
    size_error = 6 * sum(one.size_variance for one in entries) ** 0.5
    count_error = 6 * sum(one.count_variance for one in entries) ** 0.5
    assert size_error < 0.4 * size, "too few samples to say anything"
    assert abs(sized - size) < size_error + 0.01 * size, (sized, size, size_error)
    assert abs(counted - count) < count_error + 0.01 * count, (counted, count, count_error)


FIRST = PACED.count("\n") + 1
"""The line on which a program's own code begins."""


def test_live_blocks_are_estimated_right_and_freed_ones_are_gone(python: Python) -> None:
    """`MEAN` bytes between samples: 24 MiB give 1,500 of them, of which 6 deviations are 16 %."""
    code = (
        "blocks = [bytearray(3000) for _ in range(8000)]\n"
        "lists = [[None] * 100 for _ in range(30000)]\n"
        "lost = [bytearray(3000) for _ in range(8000)]\n"
        "lost = None\n"
        "reached(1)\n"
    )
    with paced(python, code) as program:
        program.wait_until(1)
        found = program.allocations()

    check(found, FIRST, 8000 * (3001 + 56), 16000)  # each ends with a byte that is 0, and has an object before it
    check(found, FIRST + 1, 30000 * (800 + 56), 60000)
    gone = [one for one in found.entries if one.frames[0] == Frame("<string>", FIRST + 2)]
    assert sum(one.samples for one in gone) <= 1  # before 3.11 the comprehension's frame is kept for its next call
    assert found.sample_bytes == MEAN


def test_lists_that_grow_count_with_the_size_that_they_have(python: Python) -> None:
    code = (
        "def grown(length):\n"
        "    grows = []\n"
        "    for number in range(length):\n"
        "        grows.append(None)\n"
        "    return grows\n"
        "lists = [grown(1000) for _ in range(3000)]\n"
        "reached(1)\n"
        "size = sum(map(sys.getsizeof, lists)) - 3000 * sys.getsizeof([])\n"
        "open(os.path.join(folder, 'size'), 'w').write(str(size))\n"
        "reached(2)\n"
    )
    with paced(python, code) as program:
        program.wait_until(1)
        found = program.allocations()
        program.go_on(1)
        program.wait_until(2)
        size = int((program.folder / "size").read_text())

    check(found, FIRST + 3, size, 3000)


def test_blocks_of_all_threads_count_those_of_ended_ones_too(python: Python) -> None:
    code = (
        "import threading\n"
        "kept = []\n"
        "def hoard():\n"
        "    for _ in range(2000):\n"
        "        kept.append(bytearray(3000))\n"
        "threads = [threading.Thread(target=hoard) for _ in range(6)]\n"
        "for one in threads: one.start()\n"
        "for one in threads: one.join()\n"
        "def let_go(blocks): del blocks[::2]\n"
        "thread = threading.Thread(target=let_go, args=(kept,))\n"
        "thread.start(); thread.join()\n"
        "reached(1)\n"
    )
    with paced(python, code) as program:
        program.wait_until(1)
        check(program.allocations(), FIRST + 4, 6000 * 3001, 6000)


def test_the_mean_changes_and_all_goes_off_and_on_while_threads_run(python: Python) -> None:
    """A thread that counts down from a number that was drawn for a mean of 1 GiB must not go on to its end."""
    code = (
        "import threading\n"
        "kept, turn = [], threading.Barrier(2)\n"
        "def hoard():\n"
        "    for _ in range(3):\n"
        "        turn.wait()\n"
        "        for _ in range(5000):\n"
        "            kept.append(bytearray(3000))\n"
        "        turn.wait()\n"
        "threading.Thread(target=hoard, daemon=True).start()\n"
        "for step in (1, 2, 3):\n"
        "    turn.wait(); turn.wait(); reached(step)\n"
    )
    line = FIRST + 6
    with paced(python, code, Tracing(5, 1 << 30)) as program:
        program.wait_until(1)
        assert program.trace(5, MEAN) == ""
        program.go_on(1)
        program.wait_until(2)
        check(program.allocations(), line, 5000 * 3001, 5000)

        assert program.trace(0, 0) == ""
        assert program.trace(3, 0) == ""
        program.go_on(2)
        program.wait_until(3)
        found = program.allocations()
        exact = [one for one in found.entries if one.frames[0].line == line and one.frames[0].filename == "<string>"]
        assert (found.sample_bytes, sum(one.count for one in exact) >= 5000) == (0, True)


def test_a_program_that_stops_tracemalloc_is_left_in_peace_until_asked_again(python: Python) -> None:
    code = (
        "import tracemalloc\n"
        "kept = [bytearray(3000) for _ in range(3000)]\n"
        "assert tracemalloc.is_tracing()\n"
        "tracemalloc.stop()\n"
        "del kept[::2]\n"
        "kept += [bytearray(3000) for _ in range(3000)]\n"
        "reached(1)\n"
        "kept = [bytearray(3000) for _ in range(5000)]\n"
        "reached(2)\n"
        "tracemalloc.stop()\n"
        "tracemalloc.start(7)\n"
        "reached(3)\n"
        "assert tracemalloc.get_traceback_limit() == 7\n"
        "reached(4)\n"
    )
    with paced(python, code) as program:
        program.wait_until(1)
        wait_for(lambda: (gauges := program.session.tick().gauges) and not gauges.trace_frames, "gctui has noticed")
        assert program.trace(5, MEAN) == ""
        program.go_on(1)
        program.wait_until(2)
        check(program.allocations(), FIRST + 7, 5000 * 3001, 5000)

        program.go_on(2)
        program.wait_until(3)
        assert "the program itself uses tracemalloc (7 frames)" in program.trace(5, MEAN)
        assert "the program itself uses tracemalloc (7 frames)" in program.trace(0, 0)
        program.go_on(3)
        program.wait_until(4)


#: All that a program does, and what it does at its end: with a thread that still runs, objects that outlive all.
BUSY = """
import gc, os, sys, threading
class Node:
    def __init__(self): self.me, self.text = self, "x" * 100
    def __del__(self): bytearray(5000)
def work(turns):
    for _ in range(turns):
        nodes = [Node() for _ in range(50)]
        grown = []
        for number in range(500): grown.append(number * 1.5)
        {number: str(number) for number in range(500)}
        bytearray(100000)
threads = [threading.Thread(target=work, args=(60,)) for _ in range(3)]
for one in threads: one.start()
work(60)
for one in threads: one.join()
for number in range(4):
    child = os.fork()
    if not child:
        work(30)
        gc.collect()
        print("child", number, flush=True)
        if number % 2: os._exit(number)
        sys.exit(number)
    print(os.waitpid(child, 0)[1] >> 8, flush=True)
threading.Thread(target=work, args=(1 << 30,), daemon=True).start()
last = Node()
print("end")
"""


@pytest.mark.parametrize("allocator", ["default", "debug", "malloc", "malloc_debug", "pymalloc_debug"])
def test_threads_forks_and_the_end_come_out_the_same_with_each_allocator(python: Python, allocator: str) -> None:
    variables = environment(PYTHONMALLOC=allocator)
    command = (python.path, "-W", "ignore::DeprecationWarning", "-c", BUSY)  # 3.12 warns of forks among threads
    sampled = watched(*command, options=("--alloc", "sampled", "--sample-bytes", "1000"), env=variables)
    plain = bare(*command, env=variables)

    assert (sampled.code, sampled.stdout) == (plain.code, plain.stdout)
    assert (sampled.code, sampled.stdout.endswith("end\n")) == (0, True)
    if "OUCH" not in plain.stderr:  # 3.8 frees after a fork with the wrong allocator, and its checks say so, bare too
        assert sampled.stderr == plain.stderr


SUBINTERPRETERS = """
try: import _interpreters as interpreters
except ImportError: import _xxsubinterpreters as interpreters
import threading
CODE = '''
class Node: pass
def hoard():
    kept = []
    for number in range(20000):
        one = Node(); one.me = one
        kept.append([one, bytearray(300), str(number)])
    return len(kept)
hoard()
'''
def run():
    for _ in range(2):
        one = interpreters.create()
        interpreters.run_string(one, CODE)
        interpreters.destroy(one)
threads = [threading.Thread(target=run) for _ in range(2 if sys.version_info >= (3, 12) else 1)]
for one in threads: one.start()
kept = [bytearray(3000) for _ in range(5000)]
for one in threads: one.join()
left = interpreters.create()
interpreters.run_string(left, "kept = [bytearray(3000) for _ in range(5000)]")
reached(1)
interpreters.destroy(left)
reached(2)
"""


def test_what_other_interpreters_allocate_is_not_traced(python: Python) -> None:
    line = FIRST + SUBINTERPRETERS[: SUBINTERPRETERS.index("kept = [bytearray(3000)")].count("\n")
    with paced(python, SUBINTERPRETERS) as program:
        program.wait_until(1)
        found = program.allocations()
        program.go_on(1)
        program.wait_until(2)
        program.allocations()  # names of files that went with their interpreter are not read

    check(found, line, 5000 * 3001, 5000)
    lines = {one.frames[0].line for one in found.entries if one.frames[0].filename == "<string>" and one.size > 100_000}
    assert lines <= {line}
