"""A program that uses `gc.callbacks` and `tracemalloc` itself."""

from __future__ import annotations

import re

import pytest

from gctui.monitor.tracing import Tracing
from tests.integration.guests import answer_to, bare, wait_for_gauges, watched, watching
from tests.integration.pythons import PRIMARY, Python
from tests.integration.waiting import wait_for

#: What its own callbacks are told, with one that raises and one that takes itself out while they are called.
CALLBACKS = """
import gc, sys
gc.set_threshold(0)
gc.collect()
told = []
def tell(phase, info):
    told.append((phase, *[info[name] for name in ("generation", "collected", "uncollectable")]))
def fail(phase, info):
    raise ValueError(phase)
def once(phase, info):
    told.append("once")
    gc.callbacks.remove(once)
gc.callbacks.extend([tell, fail, once, tell])
sys.unraisablehook = lambda unraisable: told.append(repr(unraisable.exc_value))
for generation in (0, 1, 2, 2):
    made = {}; made["made"] = made; del made
    told.append(gc.collect(generation))
del gc.callbacks[-3:]
print(*told, sep="\\n")
"""
CLEARING = """
import gc
gc.callbacks.clear()
for _ in range(5): gc.collect()
print(gc.callbacks, gc.isenabled(), gc.get_threshold(), flush=True)
gc.callbacks = None
gc.collect()
print("collected")
"""


def test_its_callbacks_are_told_the_same_in_the_same_order(python: Python) -> None:
    command = (python.path, "-c", CALLBACKS)
    without = bare(*command)

    assert watched(*command) == without
    assert without.stdout.count("ValueError") == 8 and without.stdout.count("once") == 1


def test_one_that_raises_is_printed_as_without_gctui(python: Python) -> None:
    code = (
        "import gc\n"
        "def fail(phase, info): raise ValueError(phase)\n"
        "gc.callbacks.append(fail)\n"
        "gc.collect()\n"
        "gc.callbacks.pop()\n"
    )
    outcomes = [run(python.path, "-c", code) for run in (bare, watched)]

    assert outcomes[0].stderr.count("Exception ignored") == 2
    assert len({re.sub("0x[0-9a-f]+", "", outcome.stderr) for outcome in outcomes}) == 1


def test_clearing_the_list_harms_nobody(python: Python) -> None:
    command = (python.path, "-c", CLEARING)

    assert watched(*command) == bare(*command)


# --- tracemalloc ----------------------------------------------------------------------------------------------------

#: Its traces are there from the first to the last, with the frames that it asked for.
TRACING = """
import gc, os, time, tracemalloc
START
first = bytearray(1000)
child = os.fork()
if child == 0: os._exit(not tracemalloc.is_tracing())
told = [os.waitpid(child, 0)[1]]
for _ in range(20):
    gc.collect()
    time.sleep(0.02)
    told.append((tracemalloc.is_tracing(), tracemalloc.get_traceback_limit()))
trace = tracemalloc.get_object_traceback(first)
told.append([frame.lineno for frame in trace])
tracemalloc.stop()
time.sleep(0.1)
told.append(tracemalloc.is_tracing())
print(sorted(map(str, told)))
"""
#: How it starts, statement and options, and what gctui was told.
STARTS = {
    "in the program": ("tracemalloc.start(3)", (), "off"),
    "with -X tracemalloc": ("", ("-X", "tracemalloc=3"), "exact"),
    "with -X tracemalloc, cleared": ("tracemalloc.clear_traces()", ("-X", "tracemalloc=3"), "off"),
    "again, with other frames": ("tracemalloc.stop(); tracemalloc.start(7)", ("-X", "tracemalloc=3"), "exact"),
    "in place of gctui's": ("tracemalloc.stop(); tracemalloc.start(7)", (), "exact"),
}


@pytest.mark.parametrize("start", STARTS)
def test_its_tracing_is_never_stopped_cleared_or_started(python: Python, start: str) -> None:
    statement, options, alloc = STARTS[start]
    command = (python.path, "-W", "ignore", *options, "-c", TRACING.replace("START", statement))

    assert watched(*command, options=("--alloc", alloc)) == bare(*command)


def test_tracing_that_the_program_started_is_left_alone_and_it_is_said() -> None:
    code = "import time, tracemalloc\ntracemalloc.start(2)\nwhile True: time.sleep(0.01)\n"
    with watching(PRIMARY, "-c", code) as session:
        wait_for(lambda: (gauges := session.tick().gauges) and gauges.trace_frames == 2, "the program traces")
        for frames in (5, 0):
            assert "the program itself uses tracemalloc" in answer_to(session, session.trace(frames, 0)).error
        wait_for_gauges(session)

        gauges = session.tick().gauges
        assert gauges is not None and gauges.trace_frames == 2


@pytest.mark.parametrize("frames", [3, 7])
def test_tracing_that_the_program_started_in_place_of_gctuis_is_the_programs(frames: int) -> None:
    code = (
        "import os, time, tracemalloc\n"
        f"tracemalloc.stop(); tracemalloc.start({frames}); kept = bytearray(5000)\n"
        "ended = time.monotonic() + 60\n"
        "while tracemalloc.is_tracing() and time.monotonic() < ended: time.sleep(0.01)\n"
    )
    with watching(PRIMARY, "-c", code, tracing=Tracing(3, 0)) as session:
        wait_for_gauges(session)  # it has run by then
        wait_for(lambda: (gauges := session.tick().gauges) and gauges.trace_frames == frames, "the program traces")

        assert "the program itself uses tracemalloc" in answer_to(session, session.trace(0, 0)).error
        assert session.tick().program.state == "running"
