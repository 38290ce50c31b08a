"""A program that replaces what the agent uses too: functions, modules, standard streams, signal handlers."""

from __future__ import annotations

import pytest

from tests.integration.guests import Outcome, answer_to, bare, environment, wait_for_gauges, watched, watching
from tests.integration.pythons import PRIMARY, Python
from tests.integration.waiting import wait_for

#: Each function of these modules notes when it is called from a file of the agent's, and fails there as a mock would.
REPLACING = """
import builtins, _io, fcntl, gc, mmap, os, posix, select, sys, threading, time, _thread, _tracemalloc
import signal, tracemalloc
caught = set()
def replaced(module, name, original):
    def call(*arguments, **named):
        caller = sys._getframe().f_back
        if caller is not None and "/gctui/agent/" in caller.f_code.co_filename:
            caught.add((module.__name__, name))
            raise RuntimeError("replaced by the program")
        return original(*arguments, **named)
    return call
for module in (os, posix, select, time, fcntl, mmap, gc, _thread, threading, signal, tracemalloc, _tracemalloc, _io):
    for name, original in list(vars(module).items()):
        if callable(original) and not isinstance(original, type) and not name.startswith("__"):
            setattr(module, name, replaced(module, name, original))
builtins.open = replaced(builtins, "open", open)
"""
FORKING = """
for _ in range(3):
    gc.collect()
    child = os.fork()
    if child == 0:
        gc.collect()
        if caught: print("in the child", *sorted(caught), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    time.sleep(0.1)
print(*sorted(caught), "done")
"""
#: What a program can do to its own modules and streams.
CRUELTIES = {
    "modules deleted": "import sys\nfor name in list(sys.modules):\n    if 'gctui' in name: del sys.modules[name]\n",
    "modules cleared": "import sys; kept = dict(sys.modules); sys.modules.clear()\n",
    "modules replaced": "import sys; sys.modules = {}\n",
    "streams closed": "import os, sys; sys.stdout.close(); sys.stderr.close(); os.close(0); os.close(1); os.close(2)\n",
    "streams gone": "import sys; sys.stdin = sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None\n",
    "no hooks": "import sys; del sys.excepthook, sys.unraisablehook, sys.path_hooks[:], sys.meta_path[:]\n",
}


def test_no_function_that_the_program_replaced_is_called(python: Python) -> None:
    command = (python.path, "-W", "ignore", "-c", REPLACING + FORKING)
    without = bare(*command)

    assert without.stdout == "done\n"
    assert watched(*command) == without


def test_the_agent_obeys_while_all_it_uses_is_replaced() -> None:
    with watching(PRIMARY, "-c", REPLACING + "while not caught: time.sleep(0.01)") as session:
        session.want_allocations(True)
        wait_for_gauges(session)
        collected, traced = answer_to(session, session.collect(2)), answer_to(session, session.trace(2, 0))
        wait_for(lambda: session.tick().allocations, "an allocation snapshot comes")
        wait_for_gauges(session)

        assert (collected.error, traced.error, session.tick().notices) == ("", "", ())
        assert session.tick().program.state == "running"


@pytest.mark.parametrize("cruelty", CRUELTIES)
def test_the_agent_survives(cruelty: str) -> None:
    with watching(PRIMARY, "-c", "import time\n" + CRUELTIES[cruelty] + "while True: time.sleep(0.01)") as session:
        session.want_allocations(True)
        wait_for_gauges(session)
        collected, traced = answer_to(session, session.collect(2)), answer_to(session, session.trace(2, 0))
        wait_for(lambda: session.tick().allocations, "an allocation snapshot comes")

        assert (collected.error, traced.error, session.tick().notices) == ("", "", ())


@pytest.mark.parametrize("cruelty", CRUELTIES)
def test_the_program_ends_as_without_gctui(python: Python, cruelty: str) -> None:
    command = (python.path, "-c", "import gc, os\n" + CRUELTIES[cruelty] + "gc.collect()\nos.fork()\ngc.collect()\n")
    without, with_gctui = bare(*command), watched(*command)

    assert (with_gctui.stdout, with_gctui.code) == (without.stdout, without.code)
    assert "gctui" not in with_gctui.stderr


def test_a_handler_that_raises_is_never_lost(python: Python) -> None:
    # At the least favourable moments: in collections, before and after forks. A TimeoutError is an OSError too.
    code = (
        "import gc, os, signal\n"
        "live, parent, lost = [[] for _ in range(20000)], os.getpid(), 0\n"
        "def late(number, frame):\n"
        "    if os.getpid() != parent: os._exit(0)\n"
        "    raise TimeoutError\n"
        "signal.signal(signal.SIGALRM, late)\n"
        "for turn in range(60):\n"
        "    try:\n"
        "        signal.setitimer(signal.ITIMER_REAL, 0.0002 + turn * 0.0001)\n"
        "        for _ in range(40):\n"
        "            gc.collect()\n"
        "            child = os.fork()\n"
        "            if child == 0: os._exit(0)\n"
        "            os.waitpid(child, 0)\n"
        "        lost += 1\n"
        "    except TimeoutError:\n"
        "        pass\n"
        "print(lost, signal.pthread_sigmask(signal.SIG_BLOCK, ()))\n"
    )
    command = (python.path, "-W", "ignore", "-c", code)
    without = bare(*command)

    assert without == Outcome(0, "0 set()\n", "")
    assert watched(*command) == without


@pytest.mark.parametrize("options", [("-X", "dev"), ("-W", "error"), ("-b",)])
def test_asyncio_in_debug_mode_says_the_same(python: Python, options: tuple[str, ...]) -> None:
    code = (
        "import asyncio, gc, sys\n"
        "async def work(number):\n"
        "    made = {}; made['made'] = made\n"
        "    await asyncio.sleep(0.001)\n"
        "    gc.collect()\n"
        "    process = await asyncio.create_subprocess_exec(sys.executable, '-c', 'print(1)', stdout=-1)\n"
        "    return number, await process.communicate(), process.returncode\n"
        "async def main():\n"
        "    asyncio.get_running_loop().slow_callback_duration = 10\n"
        "    print(await asyncio.gather(*[work(number) for number in range(3)]))\n"
        "asyncio.run(main())\n"
    )
    command, debug = (python.path, *options, "-c", code), environment(PYTHONASYNCIODEBUG="1")

    assert watched(*command, env=debug) == bare(*command, env=debug)
