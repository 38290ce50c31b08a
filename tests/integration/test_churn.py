"""Families that are large, short-lived, or a bomb: the monitor goes on, counts all, and gives everything back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gctui.monitor import family, live, rings
from gctui.monitor.watch import WatchSession
from tests.integration.guests import callback_in_c, environment, watching
from tests.integration.pythons import PRIMARY
from tests.integration.waiting import wait_for

LIVING, BRIEF, BOMB = 200, 800, 300
#: Descriptors that come and go: the processes' own entries, a listing of the folder.
FEW = 5

#: Children that wait until the program ends, each with two collections.
MANY = """
import gc, os, sys, time
gc.disable()
read, write = os.pipe()
for _ in range(int(sys.argv[1])):
    if os.fork() == 0:
        os.close(write)
        gc.collect(); gc.collect(0)
        os.read(read, 1)
        os._exit(0)
time.sleep(100)
"""
ONE_BY_ONE = """
import gc, os, sys, time
gc.disable()
for _ in range(int(sys.argv[1])):
    pid = os.fork()
    if pid == 0:
        gc.collect(); gc.collect(0)
        os._exit(0)
    os.waitpid(pid, 0)
time.sleep(100)
"""
#: Every process forks as long as there are tokens, of which the pipe holds as many as the first process put in. In the
#: end each waits for the first but one, which the test kills.
EXPLODING = """
import gc, os, signal, sys, time
gc.disable()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
tokens, put = os.pipe()
os.write(put, b"x" * int(sys.argv[1])); os.close(put)
stay, write = os.pipe()
first, root = os.getpid(), 0
root = os.fork()
if root == 0:
    os.close(write)
    while os.read(tokens, 1):
        os.fork()
    gc.collect()
    os.read(stay, 1)
    os._exit(0)
with open(sys.argv[2], "w"): pass
sys.stdin.read(1)
os.close(write)
time.sleep(100)
"""


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def collections(session: WatchSession) -> int:
    """Of all but the first process."""
    session.tick()
    return sum(
        one.events_received + one.events_dropped for each in session.processes()[1:] for one in each.interpreters
    )


@callback_in_c
def test_two_hundred_live_processes_take_two_descriptors_each_and_give_them_back() -> None:
    with watching(PRIMARY, "-c", MANY, str(LIVING)) as session:
        before = descriptors()
        session.want_relatives(True)
        wait_for(lambda: session.tick().processes == LIVING + 1, "all are seen")
        wait_for(lambda: collections(session) == 2 * LIVING, "and all that they collected")
        wait_for(lambda: descriptors() >= before + 2 * LIVING - FEW, "all speak")
        relatives = session.tick().relatives
        assert relatives is not None and (relatives.living, relatives.processes) == (LIVING + 1, LIVING + 1)
        assert [row.depth for row in relatives.rows] == [0] + [1] * LIVING
        assert descriptors() <= before + 2 * LIVING + FEW
        session.signal(signal.SIGKILL)
        wait_for(lambda: (session.tick(), descriptors())[1] <= before, "all is given back")
        wait_for(lambda: (found := session.tick().relatives) and found.living == 0, "all have ended")
        relatives = session.tick().relatives
        assert relatives is not None and relatives.collections >= 2 * LIVING


def test_of_short_lived_processes_the_totals_are_kept_alone() -> None:
    with watching(PRIMARY, "-c", ONE_BY_ONE, str(BRIEF)) as session:
        before, most = descriptors(), 0
        session.want_relatives(True)

        def all_have_ended() -> bool:
            nonlocal most
            most = max(most, descriptors())
            return collections(session) == 2 * BRIEF and len(session.family.unfolded) == family.MOST_ENDED + 1

        wait_for(all_have_ended, "all were seen, and have ended", limit=120)
        # The last one may have been seen as a zombie; that is looked at once a second.
        wait_for(lambda: (found := session.tick().relatives) and found.living == 1, "none is left")
        relatives = session.tick().relatives
        assert relatives is not None
        assert relatives.folded == BRIEF - family.MOST_ENDED and relatives.processes == BRIEF + 1
        assert len(relatives.rows) == family.MOST_ENDED + 1 and relatives.living == 1
        own = sum(sum(one.collections for one in each.generations) for each in session.processes()[0].interpreters)
        assert relatives.collections == own + 2 * BRIEF
        assert most < before + BRIEF
        wait_for(lambda: (session.tick(), descriptors())[1] <= before + FEW, "the descriptors are given back")
        assert len(session._watched) <= family.MOST_ENDED + 1 and len(session._channels) == 1


def test_a_fork_bomb_does_not_take_gctui_down(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Beyond what is read at once, each in its turn."""
    monkeypatch.setattr(rings, "MOST_RINGS", BOMB // 3)
    monkeypatch.setattr(live, "MOST_VISITORS", BOMB // 6)
    reader, writer = os.pipe()
    kept = os.dup(0)
    os.dup2(reader, 0)  # the program's standard input
    try:
        with watching(PRIMARY, "-c", EXPLODING, str(BOMB), str(tmp_path / "ready")) as session:
            wait_for(lambda: any("at once" in notice for notice in session.tick().notices), "there are too many")
            assert session.tick().agent.state == "connected" and descriptors() < BOMB
            os.write(writer, b"x")
            wait_for(lambda: session.tick().processes == BOMB + 2, "all were seen")
            wait_for(lambda: collections(session) == BOMB + 1, "and what each collected")
    finally:
        os.dup2(kept, 0)
        for descriptor in (reader, writer, kept):
            os.close(descriptor)


def test_the_program_keeps_its_own_limit_of_open_files() -> None:
    """The monitor raises its own only when the program has been started."""
    code = (
        "import os, resource, time; time.sleep(0.3); pid = os.fork(); "
        "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], flush=True); pid and os.wait()"
    )
    command = (sys.executable, "-E", "-s", "-m", "gctui", "--headless", PRIMARY, "-c", code)
    done = subprocess.run(
        ["sh", "-c", 'ulimit -Sn 300; exec "$@"', "sh", *command],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["300", "300"]
