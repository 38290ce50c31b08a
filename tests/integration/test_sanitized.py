"""The agent's C part with the address sanitizer in it, in every Python: reading by a child process, and sampling."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.integration.pythons import Python
from tests.integration.test_agent_allocations import AGENT
from tests.integration.test_agent_snapshots import PRELUDE, SAME
from tests.native import CannotBuild, sanitized_agent

#: Sampled often and read by a child process, while blocks of all sizes come, grow and go in threads.
SAMPLING = """
import _tracemalloc
from _gctui_agent import _native
tracemalloc.stop()
_native.start_tracing(_tracemalloc.start, _tracemalloc.clear_traces, 5, 512, 1)
tracer.mean = 512
def work():
    kept = []
    for number in range(20000):
        kept.append(bytearray(number % 3000))
        if number % 3 == 0:
            kept[number % len(kept)].extend(bytes(number % 700))
        if number % 2 == 0:
            kept.pop(number * 7 % len(kept))
threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
again = [bytearray(number) for number in range(3000)]
assert _native.live_samples() > 1000 and _native.tracing_cost() > 0
frame = taken(50)
assert is_apart(frame), frame
tracemalloc.stop()
assert not _native.is_tracing_ours()
"""


@pytest.fixture(scope="module")
def sanitized(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    try:
        return sanitized_agent(tmp_path_factory.mktemp("sanitized"))
    except CannotBuild as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize(
    ("code", "arguments"), [(SAME, ("2000", "0")), (SAME, ("20", "512")), (SAME, ("1", "512")), (SAMPLING, ())]
)
def test_nothing_is_read_or_written_that_is_not_ours(
    python: Python, sanitized: tuple[Path, Path], tmp_path: Path, code: str, arguments: tuple[str, ...]
) -> None:
    """A child process has closed its descriptors: what the sanitizer finds goes into a file of its own."""
    package, library = sanitized
    options = f"detect_leaks=0:log_path={tmp_path / 'found'}:allocator_may_return_null=1"
    variables = {**os.environ, "LD_PRELOAD": str(library), "ASAN_OPTIONS": options, "PYTHONMALLOC": "malloc"}
    program = (PRELUDE + code).replace(str(AGENT), str(package))
    command = [python.path, "-c", program, *arguments]
    done = subprocess.run(command, env=variables, capture_output=True, timeout=120, check=False)

    assert [file.read_text() for file in tmp_path.glob("found*")] == []
    assert (done.returncode, done.stderr.decode()) == (0, "")
