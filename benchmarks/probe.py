"""What a cycle probe costs the program: 50,000 objects of garbage beside 500,000 that live, while a thread works."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.figures import Figure, median
from gctui.monitor.cycles import Cycles
from gctui.monitor.tracing import UNTRACED, Tracing
from tests.integration.pythons import Python, find_pythons
from tests.integration.test_census import guest

ROUNDS = 5
LIMIT_S = 0.5
"""For the whole probe, on 3.14."""
RELEASES = ((3, 8), (3, 11), (3, 13), (3, 14), (3, 15))

#: A thread that never rests notes the longest time between two of its turns, ms. Instances with their attributes, in
#: pairs; before 3.11 each has a dictionary beside it, which the collector counts too.
PROGRAM = f"""
class Node: pass
def make(pairs):
    for _ in range(pairs):
        one, two = Node(), Node()
        one.other, two.other = two, one
gc.disable()
live = [[number] for number in range(500_000)]
def tick():
    global longest
    before = time.perf_counter()
    while not stop:
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
for number in range({ROUNDS}):
    make(25_000)
    longest, stop = 0, False
    thread = threading.Thread(target=tick); thread.start()
    step("made%d" % number)
    stop = True
    thread.join()
    say(longest * 1000)
step("end")
"""


def measure() -> list[Figure]:
    pythons = [python for python in find_pythons() if python.version[:2] in RELEASES and not python.abiflags]
    return [
        figure for python in pythons for tracing in (UNTRACED, Tracing(5, 0)) for figure in _measure(python, tracing)
    ]


def _measure(python: Python, tracing: Tracing) -> list[Figure]:
    probes = []
    with tempfile.TemporaryDirectory() as folder, guest(python.path, PROGRAM, Path(folder), tracing) as program:
        for number in range(ROUNDS):
            program.reach(f"made{number}")
            probes.append(program.answer(program.session.probe_cycles(), Cycles))
            program.go_on(f"made{number}")
        program.reach("end")
        gaps = list(map(float, program.said()))
    how = f"python {python}, {'traced' if tracing.frames else 'not traced'}"
    limit = LIMIT_S if python.version[:2] == (3, 14) else None
    return [
        median(
            f"probe of {probes[0].count:,} garbage objects, {how}", [one.work_ns / 1e9 for one in probes], "s", limit
        ),
        median("  first collection", [one.stalls_ns[0] / 1e6 for one in probes], "ms"),
        median("  second collection, which frees", [one.stalls_ns[1] / 1e6 for one in probes], "ms"),
        median("  longest gap that a thread of the program saw", gaps, "ms"),
    ]
