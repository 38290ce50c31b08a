"""What a program could notice of the gc callback and must not. Every test runs it bare and watched."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from gctui.agent import _native  # noqa: F401 - the callback in Python cannot keep most of these promises
from tests.integration.pythons import Python
from tests.integration.test_headless import run

TRACING = """
import gc, sys
seen = []
def note(frame, event, argument):
    seen.append((event, frame.f_code.co_name, frame.f_code.co_filename))
    return note
def work():
    for _ in range(3):
        gc.collect()
gc.disable()
sys.settrace(note); work(); sys.settrace(None)
sys.setprofile(note); work(); sys.setprofile(None)
print(len(seen), sorted(set(seen)))
"""

RECURSING = """
import gc, sys
sys.setrecursionlimit(200)
def deep():
    try:
        deep()
    except RecursionError:
        pass
    gc.collect(0)
gc.disable()
deep()
gc.enable()
gc.set_threshold(1)
def allocate():
    lists = [[], []]
    try:
        return allocate()
    except RecursionError:
        return lists
for _ in range(20):
    allocate()
print("there and back")
"""

COUNTING = """
import gc
def look(number):
    gc.collect()
    before = gc.get_count()
    made = []
    return before, gc.get_count()
gc.disable()
print([look(number) for number in range(4)])
gc.collect(); gc.collect(); print(gc.get_count())
print(len(gc.get_objects()) - len(gc.get_objects()))
"""

RAISING_FROM_OUTSIDE = """
import ctypes, gc, threading, time
live = [[] for _ in range(300000)]
class Stop(Exception): pass
caught = 0
def victim():
    global caught
    for turn in range(5):
        try:
            ready.set()
            while True:
                gc.collect()
        except Stop:
            caught += 1
            stopped.set()
ready, stopped = threading.Event(), threading.Event()
thread = threading.Thread(target=victim); thread.start()
for turn in range(5):
    ready.wait(); ready.clear(); stopped.clear()
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(Stop))
    stopped.wait()
thread.join()
print(caught)
"""

#: A fork that runs none of the hooks of os.register_at_fork: by a C library.
FORKING_BELOW = """
import ctypes, gc, os
gc.disable()
pid = ctypes.PyDLL(None).fork()
for _ in range(5 if pid else 700):
    gc.collect(1)
if pid == 0:
    os._exit(0)
print(os.waitpid(pid, 0)[1])
"""

#: The number of threads as the interpreter counts them, seen right after each fork, and what it should be.
NEW_CHILDREN = """
import os, sys
for _ in range(20):
    pid = os.fork()
    if pid == 0: os._exit(len(sys._current_frames()))
    print(os.waitpid(pid, 0)[1])
"""

FORKING = """
import _thread, os, time
def threads():
    return len(os.listdir("/proc/self/task")), _thread._count()
end = time.monotonic() + 5
while (before := threads()) != threads() and time.monotonic() < end: pass
seen = set()
for _ in range(100):
    pid = os.fork()
    if pid == 0: os._exit(0)
    seen.add(tuple(now - then for now, then in zip(threads(), before)))
    os.waitpid(pid, 0)
print(seen)
"""


@pytest.fixture
def same(python: Python) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Runs a program both ways; the watched run, which has said the same."""

    def compare(code: str) -> subprocess.CompletedProcess[str]:
        bare = subprocess.run(
            [python.path, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60, check=True
        )
        watched = run("--headless", python.path, "-W", "ignore", "-c", code)
        assert (watched.returncode, watched.stdout) == (bare.returncode, bare.stdout), watched.stderr
        assert watched.stderr.partition("gctui: ")[0] == bare.stderr
        return watched

    return compare


def test_trace_and_profile_functions_see_none_of_it(same: Callable[[str], object]) -> None:
    same(TRACING)


def test_the_recursion_limit_is_no_obstacle(same: Callable[[str], object]) -> None:
    same(RECURSING)


def test_the_collectors_counts_are_as_they_would_be(same: Callable[[str], object]) -> None:
    same(COUNTING)


def test_an_exception_set_from_another_thread_arrives(same: Callable[[str], object]) -> None:
    same(RAISING_FROM_OUTSIDE)


def test_a_fork_without_hooks_leaves_the_parents_ring_alone(
    same: Callable[[str], subprocess.CompletedProcess[str]],
) -> None:
    watched = same(FORKING_BELOW)

    generation_1 = next(line for line in watched.stderr.splitlines() if line.split()[:1] == ["1"])
    assert 5 <= int(generation_1.split()[1]) < 100


def test_a_fork_comes_back_with_as_many_threads(same: Callable[[str], object]) -> None:
    same(FORKING)


def test_a_new_child_has_the_threads_that_it_would_have(same: Callable[[str], object]) -> None:
    same(NEW_CHILDREN)
