"""Allocation snapshots read by a child process, in every Python: the program does not notice it, and the sums are the
same."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from gctui.agent import wire
from gctui.monitor.decode import decode
from gctui.monitor.model import Allocations
from gctui.monitor.tracing import Tracing
from tests.integration.guests import callback_in_c, wait_for_gauges, watching
from tests.integration.pythons import Python
from tests.integration.test_agent_allocations import LOAD
from tests.integration.waiting import wait_for

pytestmark = callback_in_c

#: `taken()` is one snapshot, taken in a thread like the agent's; `stuck` one whose child never answers.
PRELUDE = f"""{LOAD}
import os, signal, time
from functools import partial
from struct import unpack_from
from _gctui_agent import snapshots as module, wire
module.FEW_BLOCKS, module.NS_PER_BLOCK = 0, 1 << 62

class tracer:
    mean = 0

snapshots = module.Snapshots(folder, tracer)
stuck = module.Snapshots(folder, tracer)
stuck._get_traces = partial(time.sleep, 60)

def in_thread(call):
    results = []
    def run():
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        results.append(call())
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return results[0]

def finish(snapshots, frame=None):
    while frame is None:
        frame = snapshots.finished()
        time.sleep(0.001)
    return frame

def taken(most=2000):
    return in_thread(lambda: finish(snapshots, snapshots.take(most)))

def children():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid) as file:
                if int(file.read().rpartition(")")[2].split()[1]) == os.getpid():
                    found.append(int(pid))
        except OSError:  # gone
            pass
    return found

def is_apart(frame):
    return frame[0] == wire.ALLOCATIONS and bool(unpack_from(wire.ALLOCATIONS_HEAD, frame[1])[-1] & wire.APART)

code = "\\n".join("def hoard%d(n): return [bytearray(%d + i) for i in range(n)]" % (n, 20 * n) for n in range(30))
scope = {{}}
exec(compile(code, "/app/hoards.py", "exec"), scope)
other = dict(scope)
exec(compile(code.replace("hoard", "pile"), "/app/p\\udc80iles\\u20ac.py", "exec"), other)
tracemalloc.start(3)
kept = [scope["hoard%d" % n](n + 1) for n in range(30)] + [other["pile%d" % n](2 * n) for n in range(30)]
"""

SAME = """
tracer.mean = int(sys.argv[2])
frame = taken(int(sys.argv[1]))
assert is_apart(frame), frame
here = allocations.snapshot(int(sys.argv[1]), folder, tracer.mean)
sys.stdout.buffer.write(len(here).to_bytes(4, "little") + here + frame[1])
"""

UNNOTICED = """
seen = []
for name in ("before", "after_in_parent", "after_in_child"):
    os.register_at_fork(**{name: partial(seen.append, name)})
signal.signal(signal.SIGCHLD, lambda *_: seen.append("SIGCHLD"))
if hasattr(sys, "addaudithook"):
    sys.addaudithook(lambda name, _: seen.append(name) if "fork" in name or "posix_spawn" in name else None)
open_files = os.listdir("/proc/self/fd")

assert in_thread(lambda: stuck.take(10)) is None
pid, = children()
for wait in (os.wait, partial(os.waitpid, -1, os.WNOHANG), partial(os.waitid, os.P_ALL, 0, os.WEXITED | os.WNOHANG)):
    try:
        seen.append(wait())
    except ChildProcessError:
        pass
assert os.listdir("/proc/self/fd") == open_files
assert in_thread(stuck.finished) is None
stuck.forget()
assert children() == []
for _ in range(10):
    assert is_apart(taken())
assert children() == [] and os.listdir("/proc/self/fd") == open_files
json.dump(seen, sys.stdout)
"""

END_OF_FILE = """
reader, writer = os.pipe()
assert in_thread(lambda: stuck.take(10)) is None
os.close(writer)
json.dump(os.read(reader, 1).decode(), sys.stdout)
stuck.forget()
"""

STUCK = """
module.LIMIT = 200_000_000
module.LIMIT_PER_BLOCK = 0
kind, payload = in_thread(lambda: finish(stuck, stuck.take(10)))
assert kind == wire.FAILURE
assert children() == [] and not stuck.is_waiting
assert is_apart(taken())
sys.stdout.buffer.write(payload)
"""

NO_MEMORY = """
more = [bytearray(1) for _ in range(50000)]
module.READING_TAKES, module.LEAST_READING_TAKES = 0, 1 << 20
kind, payload = taken()
assert kind == wire.FAILURE and children() == []
sys.stdout.buffer.write(payload)
"""

REFUSED = """
import resource
def refused():
    if os.getuid() == 0:
        os.setuid(65534)  # root has no limit
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    return snapshots.take(100)
frame = in_thread(refused)
json.dump([frame[0] == wire.ALLOCATIONS, is_apart(frame)], sys.stdout)
"""

WITHIN = """
assert is_apart(in_thread(lambda: snapshots.take_within(30 * 10**9, 100)))
assert in_thread(lambda: snapshots.take(100)) is None
assert is_apart(in_thread(lambda: snapshots.take_within(30 * 10**9, 100)))
assert in_thread(lambda: stuck.take_within(10**8, 10)) is None and stuck.is_waiting
stuck.forget()
module.NS_PER_BLOCK_APART = 10**9
assert in_thread(lambda: snapshots.take_within(10**8, 100)) is None and not snapshots.is_waiting
module.FEW_BLOCKS = 1 << 40
module.NS_PER_BLOCK_APART = 0
frame = in_thread(lambda: snapshots.take_within(10**8, 100))
assert children() == []
json.dump([frame[0] == wire.ALLOCATIONS, is_apart(frame)], sys.stdout)
"""

NO_ROOM = """
module.LEAST_READING_TAKES = 1 << 50
frame = taken()
assert children() == []
json.dump([frame[0] == wire.ALLOCATIONS, is_apart(frame)], sys.stdout)
"""

THREADS = """
sys.setswitchinterval(1e-6)
stop = False
def work():
    while not stop:
        [bytearray(number) for number in range(200)]
        b"".join([bytes(100000)] * 10)
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
frames = [taken() for _ in range(30)]
stop = True
for thread in threads:
    thread.join()
assert children() == []
json.dump(sum(map(is_apart, frames)), sys.stdout)
"""

ORPHAN = """
assert in_thread(lambda: stuck.take(10)) is None
print(*children(), flush=True)
os._exit(0)
"""


def run(python: Python, code: str, *arguments: str) -> bytes:
    command = [python.path, "-W", "error", "-c", PRELUDE + code, *arguments]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return done.stdout


def answer(python: Python, code: str, *arguments: str) -> Any:
    return json.loads(run(python, code, *arguments))


@pytest.mark.parametrize("mean", [0, 512])
@pytest.mark.parametrize("most", [2000, 20, 1])
def test_a_child_finds_what_is_found_in_process(python: Python, most: int, mean: int) -> None:
    told = run(python, SAME, str(most), str(mean))
    end = 4 + int.from_bytes(told[:4], "little")
    here, apart = (decode(wire.ALLOCATIONS, payload) for payload in (told[4:end], told[end:]))

    assert isinstance(here, Allocations) and isinstance(apart, Allocations)
    assert (here.apart, apart.apart) == (False, True)
    assert (here.trace_frames, here.sample_bytes) == (apart.trace_frames, apart.sample_bytes) == (3, mean)
    if most == 1:  # which one, and what is folded, depends on what the test itself allocates
        assert _sums(here) == _sums(apart)
    else:
        assert _entries(here) == _entries(apart)
    assert sum(entry.samples for entry in apart.entries if _is_hoard(entry.frames[0].filename)) >= 30 * 31 / 2
    assert 0 < apart.stall_ns < 10**9


def _is_hoard(name: str) -> bool:
    return name.startswith("/app/")


def _entries(allocations: Allocations) -> Counter[tuple[object, ...]]:
    return Counter(
        (
            *(entry.frames, entry.size, entry.count, entry.folded, entry.samples),
            *(f"{entry.size_variance:.6g}", f"{entry.count_variance:.6g}"),
        )
        for entry in allocations.entries
        if _is_hoard(entry.frames[0].filename)
    )


def _sums(allocations: Allocations) -> Counter[str]:
    sums: Counter[str] = Counter()
    for entry in allocations.entries:
        if _is_hoard(entry.frames[0].filename):
            sums[entry.frames[0].filename] += entry.samples
    return sums


def test_the_program_does_not_notice_the_child(python: Python) -> None:
    assert answer(python, UNNOTICED) == []


def test_the_child_keeps_no_pipe_of_the_program_open(python: Python) -> None:
    assert answer(python, END_OF_FILE) == ""


def test_a_stuck_child_is_ended_and_that_is_said(python: Python) -> None:
    assert answer(python, STUCK) == {
        "error": "the process that read the allocations took longer than 0 s and was ended",
        "last": False,
    }


def test_a_child_without_memory_is_the_only_one_to_fail(python: Python) -> None:
    assert answer(python, NO_MEMORY)["error"] == "the process that read the allocations ended without an answer"


def test_where_no_process_may_be_made_it_is_read_here(python: Python) -> None:
    assert answer(python, REFUSED) == [True, False]


def test_one_is_waited_for_as_long_as_there_is_time(python: Python) -> None:
    assert answer(python, WITHIN) == [True, False]


def test_where_memory_is_short_it_is_read_here(python: Python) -> None:
    assert answer(python, NO_ROOM) == [True, False]


def test_threads_at_work_do_not_disturb_it(python: Python) -> None:
    assert answer(python, THREADS) >= 29  # one may have been forked while a thread held a lock of malloc


def test_the_child_does_not_outlive_the_program(python: Python) -> None:
    child = int(run(python, ORPHAN))
    wait_for(lambda: not _is_alive(child), "the child has ended")


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


FORKING = """
import os, sys, time
kept = [bytearray(10) for _ in range(100_000)]
while True:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    assert os.wait() == (pid, 0)
    time.sleep(0.01)
"""


def test_the_agent_reads_by_a_child_while_the_program_forks(python: Python) -> None:
    with watching(python.path, "-W", "error", "-c", FORKING, tracing=Tracing(2, 0)) as session:
        session.want_allocations(True)
        taken: set[int] = set()

        def look() -> bool:
            allocations = session.tick().allocations
            if allocations is not None and allocations.total_count > 100_000:
                assert allocations.apart
                taken.add(allocations.taken_ns)
            return len(taken) > 1

        wait_for(look, "two whole snapshots come")
        wait_for_gauges(session)
        assert session.tick().program.state == "running" and not session.tick().notices
        assert os.path.exists(f"/proc/{session.tick().agent.pid}")
