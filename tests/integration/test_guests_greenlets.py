"""gevent and eventlet, which put their own functions into `_thread`, `select`, `os` and `time` first thing."""

from __future__ import annotations

import pytest

from tests.integration.guests import answer_to, bare, wait_for_gauges, watched, watching
from tests.integration.pythons import PRIMARY
from tests.integration.waiting import wait_for

GEVENT = """
from gevent import monkey
monkey.patch_all()
from gevent import joinall as wait_all, sleep, spawn
"""
EVENTLET = """
import eventlet
eventlet.monkey_patch()
from eventlet import sleep, spawn
def wait_all(spawned):
    for one in spawned: one.wait()
"""
#: Greenlets take turns, in the program, in threads that are greenlets, and in forked children. Whose turn comes first
#: depends on the machine's load.
WORK = """
import gc, os, select, threading, time
told = []
def tell(name):
    for turn in range(5):
        told.append((name, turn))
        time.sleep(0.002)
    made = {}; made["made"] = made
    gc.collect()
    return name
wait_all([spawn(tell, name) for name in "abc"])
thread = threading.Thread(target=tell, args=("thread",))
thread.start()
wait_all([spawn(tell, "beside")])
thread.join()
for number in range(3):
    child = os.fork()
    if child == 0:
        wait_all([spawn(tell, "child"), spawn(tell, number)])
        os._exit(len(told) - 25)
    wait_all([spawn(tell, "parent")])
    told.append(os.WEXITSTATUS(os.waitpid(child, 0)[1]))
print(sorted(map(str, told)), threading.enumerate()[1:], threading.active_count(), flush=True)
"""
#: Never lets another greenlet run, after a fork that has the agent start its thread again. The child stays until the
#: parent is back from the fork: gevent misses one that ends before, also without gctui.
BUSY = """
import gc, os, time
sleep(0)
reader, writer = os.pipe()
child = os.fork()
if child == 0: os._exit(len(os.read(reader, 1)))
os.write(writer, b"x")
os.waitpid(child, 0)
spawn(gc.collect)
sleep(0.01)
while True:
    made = {}; made["made"] = made
"""


@pytest.fixture(params=[GEVENT, EVENTLET], ids=["gevent", "eventlet"])
def patched(request: pytest.FixtureRequest) -> str:
    """The beginning of a program."""
    beginning: str = request.param
    return beginning


def test_greenlets_threads_and_forks_are_as_without_gctui(patched: str) -> None:
    command = (PRIMARY, "-W", "ignore", "-c", patched + WORK)

    assert watched(*command) == bare(*command)


def test_the_agent_goes_on_beside_greenlets_that_never_yield(patched: str) -> None:
    with watching(PRIMARY, "-W", "ignore", "-c", patched + BUSY) as session:
        wait_for(lambda: session.tick().generations[2].collections > 0, "the program is busy")
        wait_for_gauges(session)

        assert answer_to(session, session.collect(1)).error == ""
        log = session.tick().log
        collections = [log[number] for number in range(log.first, log.end)]
        threads = {one.thread for one in collections if one.site.filename == "<string>"}
        assert len(threads) == 1, "threads are the system's, not greenlets"
