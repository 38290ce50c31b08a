"""The agent's reading of tracemalloc, in every Python: true sums, and the collector is left as the program has it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from gctui.agent import wire
from gctui.monitor.decode import decode
from gctui.monitor.model import Allocations
from tests.integration.pythons import Python

AGENT = Path(wire.__file__).parent

#: The agent's package under its private name, as in an observed process.
LOAD = f"""
import gc, sys, threading, json, importlib.util
folder = {str(AGENT)!r}
spec = importlib.util.spec_from_file_location(
    "_gctui_agent", folder + "/__init__.py", submodule_search_locations=[folder]
)
package = importlib.util.module_from_spec(spec)
sys.modules["_gctui_agent"] = package
spec.loader.exec_module(package)
from _gctui_agent import allocations
import tracemalloc
"""

SUMS = """
tracemalloc.start(3)
def hoard(number):
    hoarded = []
    for _ in range(number):
        hoarded.append(bytearray(1000))
    return hoarded
kept = [hoard(100), hoard(1000)]
for wanted in (True, False):
    gc.enable() if wanted else gc.disable()
    payload = allocations.snapshot(int(sys.argv[1]), folder, 0)
    assert gc.isenabled() == wanted
sys.stdout.buffer.write(payload)
"""

RACE = """
tracemalloc.start(1)
sys.setswitchinterval(1e-6)
kept = [[number] for number in range(20000)]
stop = False
def read():
    while not stop:
        allocations.snapshot(100, folder, 0)
reader = threading.Thread(target=read)
reader.start()
wrong = 0
for turn in range(300):
    for number in range(200):
        gc.disable()
        wrong += gc.isenabled()
        gc.enable()
        wrong += not gc.isenabled()
stop = True
reader.join()
json.dump(wrong, sys.stdout)
"""


def run(python: Python, code: str, *arguments: str) -> bytes:
    command = [python.path, "-c", LOAD + code, *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, timeout=60, check=True).stdout


def snapshot(python: Python, most: int) -> Allocations:
    decoded = decode(wire.ALLOCATIONS, run(python, SUMS, str(most)))
    assert isinstance(decoded, Allocations)
    return decoded


def test_sums_are_true_and_folding_keeps_them(python: Python) -> None:
    whole, folded = snapshot(python, 2000), snapshot(python, 1)

    hoarded = [entry for entry in whole.entries if entry.size > 500_000]
    assert [(entry.count >= 1000, len(entry.frames)) for entry in hoarded] == [(True, 2)]
    assert sum(entry.size for entry in whole.entries) == whole.total_size
    assert not any(entry.folded for entry in whole.entries)
    assert [entry.folded for entry in folded.entries[:2]] == [False, True]
    assert sum(entry.size for entry in folded.entries) == folded.total_size
    assert folded.total_size > 1_100_000


def test_the_program_never_finds_its_collector_switched(python: Python) -> None:
    assert json.loads(run(python, RACE)) == 0
