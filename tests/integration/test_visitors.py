"""Processes that hold no pipe, before and after somebody speaks to them (native/visitor.c)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import gctui.agent
from gctui.monitor.relatives import Order
from gctui.monitor.watch import WatchSession
from tests.integration.guests import callback_in_c, environment, watching
from tests.integration.pythons import PRIMARY, Python, find_pythons
from tests.integration.test_census import Guest
from tests.integration.test_family_speaks import end, over, speaking
from tests.integration.test_headless import summary_of
from tests.integration.waiting import wait_for

pytestmark = callback_in_c

#: Starts a child with the code that it is given, and waits.
STARTING = """
import subprocess, sys, threading
child = subprocess.Popen([sys.executable, "-c", sys.argv[1], *sys.argv[2:]])
threading.Event().wait()
"""

#: Looks on while it is spoken to, having replaced what programs replace.
LOOKING = """
import builtins, gc, os, sys, time
monotonic, sleep = time.monotonic, time.sleep
folder = sys.argv[1]
before = list(sys.modules)
def broken(*_, **__): raise RuntimeError("not for gctui")
import _thread, posix
for module, names in ((time, ("monotonic", "monotonic_ns", "time")), (_thread, ("start_new_thread", "get_ident")),
                      (posix, ("read", "write", "fstat")), (builtins, ("__import__", "exec"))):
    for name in names:
        setattr(module, name, broken)
seen = 0
open(os.path.join(folder, "ready"), "w").close()
while not os.path.exists(os.path.join(folder, "asked")):
    for _ in sys.modules:  # changed in the middle, this raises
        seen += 1
def processors(thread):
    with open("/proc/self/task/%s/status" % thread) as file:
        return [line for line in file if line.startswith("Cpus_allowed:")]
threads = os.listdir("/proc/self/task")
same_processors = all(processors(thread) == processors(os.getpid()) for thread in threads)
with open(os.path.join(folder, "told"), "w") as file:
    print(list(sys.modules) == before, gc.get_freeze_count() > 0, len(threads), same_processors, file=file)
while True:
    sleep(1)
"""


def test_the_agent_comes_into_a_running_program_and_is_not_seen(python: Python, tmp_path: Path) -> None:
    with watching(python.path, "-c", STARTING, LOOKING, str(tmp_path)) as session:
        wait_for(lambda: session.tick() and (tmp_path / "ready").exists(), "it runs")
        rows = speaking(session, 2)
        try:
            found = over(session, session.order_each(Order("freeze"), [rows[-1].key]))
            assert [reply.state for reply in found.replies] == ["done"], found
            session.show_process(rows[-1].key)
            wait_for(lambda: session.tick().gauges, "its figures")
            (tmp_path / "asked").touch()
            told = wait_for(lambda: (tmp_path / "told").exists() and (tmp_path / "told").read_text(), "it tells")
            assert told == "True True 2 True\n"
        finally:
            end(rows)


#: Closes all that is open, as a daemon does, and forks; then forks behind Python's back.
CLOSING = """
import ctypes, os, sys, time
folder, what = sys.argv[1:]
def fork(forking):
    pid = forking()
    if pid == 0:
        sys.exit()
    os.waitpid(pid, 0)
if what == "closes":
    os.fork() or os._exit(0)
    os.closerange(3, 1024)
    fork(os.fork)
    fork(os.fork)
    time.sleep(0.1)
else:
    fork(ctypes.CDLL(None).fork)
with open(os.path.join(folder, "told"), "w") as file:
    print(os.getpid(), len(sys._current_frames()), file=file)
time.sleep(1000)
"""


def test_what_is_closed_does_not_count_as_being_spoken_to(python: Python, tmp_path: Path) -> None:
    with watching(python.path, "-c", STARTING, CLOSING, str(tmp_path), "closes") as session:
        told = numbers_in(tmp_path / "told", session)
        os.kill(told[0], 9)

        assert told[1] == 1


def test_a_fork_without_hooks_leaves_its_parent_the_connection(python: Python, tmp_path: Path) -> None:
    with watching(python.path, "-c", STARTING, CLOSING, str(tmp_path), "forks") as session:
        told = numbers_in(tmp_path / "told", session)
        rows = speaking(session, 2)
        try:
            (key,) = (row.key for row in rows if row.pid == told[0])
            found = over(session, session.order_each(Order("collect"), [key]))
            assert [reply.state for reply in found.replies] == ["done"], found
        finally:
            end(rows)


@pytest.mark.parametrize("python", [python for python in find_pythons() if python.version >= (3, 15, 0)], ids=str)
def test_one_that_imports_lazily_obeys(python: Python) -> None:
    variables = ("env", "PYTHON_LAZY_IMPORTS=all")
    with watching(*variables, python.path, "-c", STARTING, "import time; time.sleep(1000)") as session:
        rows = speaking(session, 2)
        try:
            found = over(session, session.order_each(Order("freeze"), [row.key for row in rows]))
            assert [reply.state for reply in found.replies] == ["done", "done"], found
        finally:
            end(rows)


@pytest.mark.parametrize(
    "value", ["\n", "x\n{folder}", "read=\n{folder}", "read=1,\n{folder}", "read=1x\n{folder}", "read=1\n.", "read=1"]
)
def test_what_is_no_setting_is_not_taken_for_one(python: Python, tmp_path: Path, value: str) -> None:
    own = Path(gctui.agent.__file__).parent / "bootstrap"
    folder = tmp_path / "folder"
    folder.mkdir()
    code = "import gc, sys; print(len(gc.callbacks))"
    done = subprocess.run(
        [python.path, "-c", code], cwd=folder, check=False, capture_output=True, text=True,
        env=environment(PYTHONPATH=str(own), GCTUI_AGENT=value.format(folder=folder)),
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (0, "0\n", "")
    assert not list(folder.iterdir())


def numbers_in(path: Path, session: WatchSession) -> list[int]:
    wait_for(lambda: session.tick() and path.exists() and path.read_text(), "it runs")
    return list(map(int, path.read_text().split()))


def test_a_last_word_that_promises_code_is_no_obstacle(tmp_path: Path) -> None:
    program = tmp_path / "tool.py"
    program.write_text("import gc; gc.collect()")
    code = f"import subprocess, sys; subprocess.run([sys.executable, {str(program)!r}, '-c'], check=True)"
    done, summary = summary_of(tmp_path, PRIMARY, "-c", code)
    assert done.returncode == 0, done.stderr

    _, child = summary["processes"]
    assert child["argv"][-1] == "-c" and child["interpreters"][0]["events_received"] == 2


#: A child of a child that has another root and user before anybody speaks to it, and one that forks again.
LEAVING = """
import os, sys, time
folder = sys.argv[1]
empty = os.path.join(folder, "empty")
os.mkdir(empty)
while not os.path.exists(os.path.join(folder, "go")):
    time.sleep(0.01)
if os.fork() == 0:
    if os.fork() == 0:
        time.sleep(1000)
    os.chroot(empty)
    os.setgid(65534)
    os.setuid(65534)
    time.sleep(1000)
time.sleep(0.1)
open(os.path.join(folder, "ready"), "w").close()
time.sleep(1000)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may change its root")
@pytest.mark.parametrize("is_spoken_to", [False, True])
def test_one_with_another_root_and_another_user_obeys(python: Python, tmp_path: Path, is_spoken_to: bool) -> None:
    """Whether or not somebody spoke to its parent before it was forked."""
    with watching(python.path, "-c", STARTING, LEAVING, str(tmp_path)) as session:
        if is_spoken_to:
            speaking(session, 2)
        (tmp_path / "go").touch()
        wait_for(lambda: session.tick() and (tmp_path / "ready").exists(), "they are there")
        rows = speaking(session, 4)
        try:
            found = over(session, session.order_each(Order("collect"), [row.key for row in rows]))
            assert [reply.state for reply in found.replies] == ["done"] * 4, found
            for row in rows:
                session.show_process(row.key)
                assert Guest(session, tmp_path).census().types
        finally:
            end(rows)


#: Forks all the time, and each child ends at once.
FORKING = """
import gc, os, sys
folder = sys.argv[1]
while not os.path.exists(os.path.join(folder, "enough")):
    pid = os.fork()
    if pid == 0:
        gc.collect(0)
        sys.exit()
    if os.waitpid(pid, 0)[1]:
        open(os.path.join(folder, "broken"), "w").close()
        break
    open(os.path.join(folder, "ready"), "w").close()
time.sleep(1000)
"""


def test_one_that_forks_while_it_is_spoken_to_obeys_and_so_do_its_forks(python: Python, tmp_path: Path) -> None:
    with watching(python.path, "-c", STARTING, FORKING, str(tmp_path)) as session:
        wait_for(lambda: session.tick() and (tmp_path / "ready").exists(), "it forks")
        session.want_relatives(True)
        (child,) = psutil.Process(session.tick().program.pid).children()

        def key_of_the_child() -> int | None:
            relatives = session.tick().relatives
            rows = relatives.rows if relatives else ()
            return next((row.key for row in rows if row.pid == child.pid and row.speaks), None)

        key = wait_for(key_of_the_child, "it speaks")
        try:
            for _ in range(3):
                found = over(session, session.order_each(Order("collect"), [key]))
                assert [reply.state for reply in found.replies] == ["done"], found
            assert not (tmp_path / "broken").exists()
        finally:
            (tmp_path / "enough").touch()
            child.kill()


def test_its_end_is_told_apart_from_its_death(tmp_path: Path) -> None:
    code = "import os, sys; sys.argv[1] == 'end' or os.kill(os.getpid(), 9)"
    program = (
        "import subprocess, sys\n"
        "for how in ('end', 'die'):\n"
        f"    subprocess.run([sys.executable, '-c', {code!r}, how])\n"
    )
    done, summary = summary_of(tmp_path, PRIMARY, "-c", program)
    assert done.returncode == 0, done.stderr

    processes = summary["processes"]
    assert {one["argv"][-1]: one["clean_exit"] for one in processes[1:]} == {"end": True, "die": False}


#: Writes into pipes as the system usually has it: without a reader that ends the process. All end when gctui is killed.
PIPING = """
import os, signal, subprocess, sys, time
folder, what = sys.argv[1:]
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
def wait(what):
    open(os.path.join(folder, what), "w").close()
    while not os.path.exists(os.path.join(folder, "killed")):
        time.sleep(0.01)
    time.sleep(0.1)
if what == "first":
    started = subprocess.Popen([sys.executable, __file__, folder, "started"])
    forked = os.fork()
    if forked:
        status = os.waitpid(forked, 0)[1]
        with open(os.path.join(folder, "told"), "w") as file:
            print(status, started.wait(), file=file)
    else:
        wait("forked")
else:
    wait("started")
"""


def test_where_gctui_was_killed_all_end_as_they_would(python: Python, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PIPING)
    command = [sys.executable, "-m", "gctui", "--headless", python.path, str(program), str(tmp_path), "first"]
    gctui = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: all((tmp_path / what).exists() for what in ("forked", "started")), "they run")
    gctui.kill()
    gctui.wait()
    (tmp_path / "killed").touch()

    assert wait_for(lambda: (tmp_path / "told").exists() and (tmp_path / "told").read_text(), "they end") == "0 0\n"
