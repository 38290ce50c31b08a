"""What the program, the system or the build takes from the agent: gctui says it, and the program runs on."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gctui.monitor.channel import Channel
from gctui.monitor.decode import FrameDecoder, decode
from gctui.monitor.messages import Failure, Hello, Message
from tests.integration.pythons import PRIMARY, Python
from tests.integration.test_agent_allocations import LOAD
from tests.integration.test_headless import run, summary_of

#: Takes all callbacks away in the middle, long enough for the agent's thread to see it.
CLEARING = """
import gc, time
gc.disable()
for _ in range(5): gc.collect(1)
gc.callbacks.clear()
time.sleep(0.3)
for _ in range(40): gc.collect(1)
time.sleep(0.2)
"""


def recorded(summary: dict[str, Any]) -> int:
    return int(summary["processes"][0]["interpreters"][0]["events_received"])


def test_a_program_that_clears_gc_callbacks_is_left_so_and_it_is_said(python: Python, tmp_path: Path) -> None:
    done, summary = summary_of(tmp_path, "--rate", "20", python.path, "-c", CLEARING)

    assert done.stderr.count("taken gctui's callback out of gc.callbacks") == 1
    assert 5 <= recorded(summary) < 40
    (process,) = summary["processes"]
    assert process["interpreters"][0]["generations"][1]["collections"] >= 45  # they are counted all the same


def test_where_the_user_asked_for_it_the_callback_comes_back(python: Python, tmp_path: Path) -> None:
    _, summary = summary_of(tmp_path, "--rate", "20", "--keep-callback", python.path, "-c", CLEARING)

    assert recorded(summary) >= 45


def start_agent(python: Python, tmp_path: Path, before: str) -> tuple[list[Message], str]:
    """What an agent says that is started by hand after the code `before`, and what the program prints."""
    channel = Channel()
    settings = {**channel.settings(), "interval_ms": 50}
    code = (
        f"{LOAD}\n{before}\nfrom _gctui_agent import start, wire\n"
        f"start.start({str(tmp_path)!r}, {settings!r}, folder + '/', '')\n"
        "import gc, os\nprint([type(one).__name__ for one in gc.callbacks], len(os.listdir('/proc/self/task')))"
    )
    done = subprocess.run(
        [python.path, "-c", code],
        pass_fds=channel.inherited,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    messages = [decode(*frame) for frame in FrameDecoder().feed(os.read(channel.frame_reader, 1 << 20))]
    channel.close()
    assert done.stderr == ""
    return [message for message in messages if message is not None], done.stdout


def test_a_free_threaded_build_is_left_alone_with_a_sentence(python: Python, tmp_path: Path) -> None:
    # There is none here to try: an ordinary build says that it is one.
    messages, printed = start_agent(python, tmp_path, "sys.abiflags = 't'")

    assert [type(message) for message in messages] == [Hello, Failure]
    hello, failure = messages
    assert isinstance(hello, Hello) and hello.collector == "free-threaded"
    assert isinstance(failure, Failure) and failure.last and "free-threaded build" in failure.error
    assert (printed, os.listdir(tmp_path)) == ("[] 1\n", [])


def test_a_thread_that_cannot_be_started_is_said_and_the_recorder_works(python: Python, tmp_path: Path) -> None:
    messages, printed = start_agent(python, tmp_path, "import _thread; _thread.stack_size(1 << 46)")

    (failure,) = [message for message in messages if isinstance(message, Failure)]
    assert failure.last and "can't start new thread" in failure.error
    assert (printed, len(os.listdir(tmp_path))) == ("['Callback'] 1\n", 1)


def test_subinterpreters_record_for_themselves_under_their_process(python: Python, tmp_path: Path) -> None:
    if python.version < (3, 10):
        pytest.skip("before 3.10 the collector's callbacks are the main interpreter's")
    module = "_interpreters" if python.version >= (3, 13) else "_xxsubinterpreters"
    code = (
        f"import gc, os\nimport {module} as interpreters\n"
        "gc.disable()\n"
        "for number in (3, 5):\n"
        "    one = interpreters.create()\n"
        "    interpreters.run_string(one, f'import gc; gc.disable(); [gc.collect(1) for _ in range({number})]')\n"
        "    interpreters.destroy(one)\n"
        "print(len(os.listdir('/proc/self/task')))\n"
    )
    done, summary = summary_of(tmp_path, python.path, "-c", code)

    (process,) = summary["processes"]
    counts = [one["generations"][1]["collections"] for one in process["interpreters"]]
    assert done.stdout == "2\n"  # the main interpreter's agent has a thread, no other
    assert [count >= least for count, least in zip(counts, (0, 3, 5), strict=True)] == [True] * 3
    assert done.stderr.count(", interpreter ") == 2


def test_a_long_command_line_does_not_delay_the_start() -> None:
    done = run("--headless", PRIMARY, "-c", "import sys; print(len(sys.argv))", *["é" * 30_000] * 20)

    assert done.stdout == "21\n"
