"""Processes that inherited no pipe come in by the door and obey, each for itself."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from gctui.monitor.relatives import Order, Relative, Round
from gctui.monitor.watch import WatchSession
from tests.integration.guests import callback_in_c, watching
from tests.integration.pythons import PRIMARY, Python
from tests.integration.waiting import wait_for

pytestmark = callback_in_c  # the same C part opens the door

FAMILY = """
import gc, os, subprocess, sys, threading
code = "import sys; sys.stdin.read()"
started = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
forked = []
for number in range(2):
    pid = os.fork()
    if pid == 0:
        threading.Event().wait()
    forked.append(pid)
print(started.pid, *forked, flush=True)
threading.Event().wait()
"""


def speaking(session: WatchSession, number: int) -> list[Relative]:
    session.want_relatives(True)

    def look() -> list[Relative]:
        relatives = session.tick().relatives
        rows = [row for row in relatives.rows if row.speaks] if relatives else []
        return rows if len(rows) == number else []

    return wait_for(look, f"{number} processes speak")


def over(session: WatchSession, number: int) -> Round:
    def look() -> Round | None:
        found = session.tick().round
        return found if found is not None and found.number == number and found.is_over else None

    return wait_for(look, "the round is over")


def end(rows: list[Relative]) -> None:
    for row in rows:
        try:
            os.kill(row.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def test_an_order_goes_to_all_and_each_answers(python: Python) -> None:
    with watching(python.path, "-c", FAMILY) as session:
        rows = speaking(session, 4)
        keys = [row.key for row in rows]
        try:
            frozen = over(session, session.order_each(Order("freeze"), keys))
            assert [reply.state for reply in frozen.replies] == ["done"] * 4, frozen
            assert all(reply.answer and reply.answer.after and reply.answer.after.frozen for reply in frozen.replies)
            collected = over(session, session.order_each(Order("collect"), keys))
            assert [reply.state for reply in collected.replies] == ["done"] * 4
            session.show_process(keys[-1])
            wait_for(lambda: session.tick().log.end, "its collections")
            shown = session.tick()
            assert shown.agent.pid == rows[-1].pid
            assert shown.log[shown.log.end - 1].forced
        finally:
            end(rows)


def test_a_child_that_is_stopped_is_late_and_one_that_ends_is_said_to_have_ended() -> None:
    with watching(PRIMARY, "-c", FAMILY) as session:
        rows = speaking(session, 4)
        stopped, killed = rows[-1], rows[-2]
        try:
            os.kill(stopped.pid, signal.SIGSTOP)
            os.kill(killed.pid, signal.SIGKILL)
            speaking(session, 3)
            found = over(session, session.order_each(Order("disable"), [killed.key, stopped.key, rows[0].key]))
            assert [reply.state for reply in found.replies] == ["failed", "late", "done"], found
        finally:
            end(rows)


def test_followed_as_deep_as_was_said(tmp_path: Path) -> None:
    """Here with real processes, since the limit travels in the environment and across forks."""
    from tests.integration.test_services import Family

    code = (
        "import os, subprocess, sys\n"
        "deeper = 'import gc; gc.collect()'\n"
        'inner = \'import os, subprocess, sys; subprocess.run([sys.executable, "-c", sys.argv[1]]); pid = os.fork()\\n'
        "if pid: os.waitpid(pid, 0)'\n"
        "subprocess.run([sys.executable, '-c', inner, deeper])\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    if os.fork() == 0: os._exit(0)\n"
        "    os.wait(); os._exit(0)\n"
        "os.waitpid(pid, 0)\n"
    )
    for depth, processes in ((0, 1), (1, 3), (2, 6)):
        folder = tmp_path / str(depth)
        folder.mkdir()
        family = Family(folder, PRIMARY, "-c", code, options=("--follow-depth", str(depth)))
        try:
            assert len(family.processes()) == processes, depth
        finally:
            family.close()
