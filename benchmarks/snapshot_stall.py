"""How long an allocation snapshot of a million blocks stops the program: read by a child process, and in process."""

from __future__ import annotations

import json
import subprocess

from benchmarks.environment import environment
from benchmarks.figures import Figure, median
from tests.integration.pythons import Python, find_pythons
from tests.integration.test_agent_allocations import LOAD

LIMIT_MS = 50.0
RELEASES = ((3, 8), (3, 11), (3, 13), (3, 14))

#: A thread of the program that never rests, and notes the longest time between two turns, ms, while another reads as
#: the agent's does. Then how many bytes the process has, in MiB.
PROGRAM = f"""{LOAD}
import signal, time
from _gctui_agent import snapshots as module

class tracer:
    mean = 0

def child():
    frame = snapshots.take(2000)
    while frame is None:
        time.sleep(0.02)
        frame = snapshots.finished()

def here():
    allocations.snapshot(2000, folder, 0)

def longest_gap(call):
    def run():
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        time.sleep(0.2)
        call()
        ended.append(True)
    ended, longest, before = [], 0, time.perf_counter()
    thread = threading.Thread(target=run)
    thread.start()
    while not ended:
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    thread.join()
    return longest * 1000

snapshots = module.Snapshots(folder, tracer)
tracemalloc.start(int(sys.argv[1]))
gc.disable()
kept = [bytearray(20) for _ in range(500_000)]
found = {{"none": [], "child": [], "here": []}}
for _ in range(5):
    for name, call in ("none", bool), ("child", child), ("here", here):
        found[name].append(longest_gap(call))
with open("/proc/self/status") as status:
    found["resident"] = [int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS")]
json.dump(found, sys.stdout)
"""


def measure() -> list[Figure]:
    pythons = [python for python in find_pythons() if python.version[:2] in RELEASES and not python.abiflags]
    return [figure for python in pythons for frames in (1, 25) for figure in _measure(python, frames)]


def _measure(python: Python, frames: int) -> list[Figure]:
    command = [python.path, "-c", PROGRAM, str(frames)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment(None))
    found = json.loads(told.stdout)
    return [
        median(
            f"longest stall, 1 M blocks read by a child, python {python}, {frames} fr", found["child"], "ms", LIMIT_MS
        ),
        median("  read in process", found["here"], "ms"),
        median("  nothing read", found["none"], "ms"),
        median("  resident memory", found["resident"], "MiB"),
    ]
