"""The rows of the process pane over a real family."""

from __future__ import annotations

import os
import platform
import signal
from pathlib import Path

from gctui.monitor.family import BECAME_ANOTHER, ENDED, NO_GOODBYE
from gctui.monitor.relatives import Relative, RelativeState
from tests.integration.guests import watching
from tests.integration.pythons import PRIMARY, Python
from tests.integration.waiting import wait_for

#: The last word of each command says what it is. All read from one pipe, which ends with the program.
FAMILY = """
import gc, multiprocessing, os, signal, subprocess, sys, time
other, told = sys.argv[1:3]
read, write = os.pipe()
wait = "import sys; sys.stdin.read()"
def start(*command):
    return subprocess.Popen(command, stdin=read)
def fork(action, *arguments):
    pid = os.fork()
    if pid == 0:
        os.close(write)
        action(*arguments)
        os._exit(0)
    return pid
if __name__ == "__main__":
    os.set_inheritable(read, True)
    start("sh", "-c", "'%s' -c '%s' grandchild; true" % (sys.executable, wait))
    start(other, "-c", wait, "other")
    start("cat", "-")
    killed = start(sys.executable, "-c", wait, "killed").pid
    subprocess.run([sys.executable, "-c", "pass", "brief"])
    forked = fork(os.read, read, 1)
    executed = fork(os.execv, sys.executable, [sys.executable, "-c", "import os; os.read(%d, 1)" % read, "executed"])
    zombie = fork(os._exit, 0)
    stopped = fork(os.read, read, 1)
    os.kill(stopped, signal.SIGSTOP)
    multiprocessing.get_context("spawn").Process(target=os.read, args=(0, 1)).start()
    with open(told + ".new", "w") as file:
        file.write("%d %d %d %d %d" % (killed, forked, executed, zombie, stopped))
    os.rename(told + ".new", told)
    time.sleep(100)
"""


def test_every_process_of_the_family_is_listed_with_its_state(python: Python, tmp_path: Path) -> None:
    script, told = tmp_path / "family.py", tmp_path / "pids"
    script.write_text(FAMILY)
    with watching(python.path, str(script), PRIMARY, str(told)) as session:
        session.want_relatives(True)

        def rows() -> dict[tuple[int, bool], Relative]:
            """By pid, and whether it lives."""
            relatives = session.tick().relatives
            assert relatives is not None
            return {(row.pid, row.state != "ended"): row for row in relatives.rows}

        def named(word: str) -> list[Relative]:
            return [row for row in rows().values() if row.argv and row.argv[-1] == word]

        def state_of(pid: int, lives: bool = True) -> tuple[RelativeState, str] | None:
            row = rows().get((pid, lives))
            return (row.state, row.ending) if row is not None else None

        wait_for(told.exists, "all are started")
        killed, forked, executed, zombie, stopped = map(int, told.read_text().split())
        try:
            (grandchild,) = wait_for(lambda: named("grandchild"), "a Python that a shell started is seen")
            wait_for(lambda: (grandchild.ppid, True) in rows(), "the shell between is seen")
            shell = rows()[grandchild.ppid, True]
            assert (shell.python, shell.key, shell.depth) == ("", 0, 1)
            wait_for(lambda: [one.depth for one in named("grandchild")] == [2], "it stands below the shell")
            (other,) = wait_for(lambda: [one for one in named("other") if one.python], "the other Python has begun")
            assert other.python == platform.python_version() and other.state == "running"
            (cat,) = named("-")
            assert (cat.python, cat.argv) == ("", ("cat", "-"))
            (brief,) = wait_for(lambda: [one for one in named("brief") if one.state == "ended"], "the brief one")
            assert brief.ending == ENDED
            wait_for(lambda: state_of(forked) == ("running", ""), "the forked one runs")
            wait_for(lambda: state_of(executed) == ("running", ""), "what was executed runs")
            wait_for(lambda: state_of(executed, False) == ("ended", BECAME_ANOTHER), "what executed it is gone")
            wait_for(lambda: state_of(zombie) == ("zombie", ""), "the zombie is one")
            wait_for(lambda: state_of(stopped) == ("stopped", ""), "the stopped one is")
            wait_for(lambda: any("spawn_main" in word for row in rows().values() for word in row.argv), "spawned")
            assert rows()[session.tick().program.pid, True].depth == 0
            wait_for(lambda: rows()[forked, True].pss, "its shared memory is read")
            row = rows()[forked, True]
            assert row.rss and row.uss is not None and row.pss and row.uss < row.pss < row.rss
            os.kill(killed, signal.SIGKILL)
            wait_for(lambda: state_of(killed, False) in (("ended", NO_GOODBYE), ("ended", ENDED)), "it was killed")
        finally:
            os.kill(stopped, signal.SIGKILL)
