"""The session over a live program that treats its agent badly."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gctui.monitor.command import resolve
from gctui.monitor.family import BECAME_ANOTHER
from gctui.monitor.launch import AgentOptions, Launch
from gctui.monitor.live import LiveSource
from gctui.monitor.model import Answer
from gctui.monitor.streams import Streams
from gctui.monitor.watch import WatchSession
from tests.integration.pythons import PRIMARY
from tests.integration.waiting import wait_for

Watch = Callable[[str], WatchSession]


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Starts a program and waits for its agent."""
    sessions = []

    def start(code: str) -> WatchSession:
        launch = Launch(resolve([PRIMARY, "-c", code], os.environ), AgentOptions(50), Streams.untouched())
        session = WatchSession(LiveSource(launch, time.monotonic_ns()))
        sessions.append(session)
        wait_for(lambda: session.tick().agent.state == "connected", "the agent says hello")
        return session

    yield start
    for session in sessions:
        end(session)


def end(session: WatchSession) -> None:
    session.signal(signal.SIGKILL)
    wait_for(lambda: session.tick().program.state == "ended", "the program has ended")
    session.close()


def answer_to(session: WatchSession, generation: int) -> Answer:
    number = session.collect(generation)
    found: list[Answer] = []

    def look() -> bool:
        found.extend(answer for answer in session.tick().answers if answer.command == number)
        return bool(found)

    wait_for(look, "the command is answered", limit=10)
    return found[0]


def test_an_agent_too_busy_to_stop_for_a_fork_goes_on(watch: Watch, tmp_path: Path) -> None:
    session = watch(
        "import gc, os, time\n"
        "class Forking:\n"
        "    def __del__(self):\n"
        "        pid = os.fork()\n"
        "        if pid == 0: os._exit(0)\n"
        "        os.waitpid(pid, 0)\n"
        "gc.disable()\n"
        "one = Forking(); one.itself = one; del one\n"
        f"open({str(tmp_path / 'ready')!r}, 'w').close()\n"
        "time.sleep(60)\n"
    )
    wait_for((tmp_path / "ready").exists, "the garbage is there")

    assert answer_to(session, 2).freed >= 1  # the agent's own thread forks
    assert answer_to(session, 2).error == ""


def test_a_program_that_closes_the_channel_is_said_to_have_done_so(watch: Watch) -> None:
    session = watch("import os, time; time.sleep(0.3); os.closerange(3, 2000); time.sleep(60)")

    wait_for(lambda: session.tick().agent.state == "gone", "the channel is known to be closed")
    assert "closed gctui's channel" in session.tick().agent.reason
    assert answer_to(session, 0).error


def test_what_the_process_executes_is_what_is_shown(watch: Watch) -> None:
    second = "import gc, time; gc.disable(); [gc.collect(1) for _ in range(40)]; time.sleep(60)"
    session = watch(f"import os, sys, time; time.sleep(0.3); os.execv(sys.executable, ['python', '-c', {second!r}])")

    wait_for(lambda: session.tick().generations[1].collections >= 40, "the second program's collections are shown")
    wait_for(lambda: session.tick().agent.state == "connected", "its agent is spoken to")
    first, second_one = session.family.processes
    wait_for(lambda: (session.tick(), first.ending == BECAME_ANOTHER)[1], "the first program is known to be gone")
    assert second_one.ended_ns is None


def test_the_rings_of_ended_processes_are_removed_and_their_figures_stay(watch: Watch) -> None:
    child = "import gc; gc.disable(); [gc.collect(1) for _ in range(3)]"
    session = watch(
        "import os, subprocess, sys, time\n"
        f"for _ in range(6): subprocess.run([sys.executable, '-c', {child!r}], check=True)\n"
        "os.write(1, b'')\ntime.sleep(60)"
    )
    folder = Path(session._source._launch.folder.path)  # type: ignore[attr-defined]

    wait_for(lambda: session.tick().processes == 7, "six children were seen")
    wait_for(lambda: (session.tick(), len(list(folder.glob("*.ring"))) == 1)[1], "their rings are removed")

    children = session.processes()[1:]
    assert [process.interpreters[0].generations[1].collections >= 3 for process in children] == [True] * 6


def test_a_second_voice_in_the_channel_closes_it(watch: Watch) -> None:
    # It writes a hello of its own, as a child with a stolen descriptor could.
    session = watch(
        "import os, stat, struct, sys, time\n"
        "time.sleep(0.3)\n"
        "pipes = [n for n in map(int, os.listdir('/proc/self/fd')) if n > 100 and stat.S_ISFIFO(os.stat(n).st_mode)]\n"
        'hello = (b\'{"protocol":1,"pid":99,"ppid":1,"started":0,"interpreter":0,"thread":1,"python":"3.9.0",\'\n'
        '         b\'"build":"","collector":"generational","executable":"","argv":[]}\')\n'
        "for number in pipes:\n"
        "    try: os.write(number, struct.pack('<IB', len(hello), 1) + hello)\n"
        "    except OSError: pass\n"
        "time.sleep(60)\n"
    )

    wait_for(lambda: session.tick().agent.state == "gone", "the channel is closed")
    assert "a second agent speaks in it" in session.tick().agent.reason
