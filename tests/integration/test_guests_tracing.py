"""Trace and profile functions of the program, which are never handed a frame of gctui's, and faulthandler."""

from __future__ import annotations

import re

import pytest

from tests.integration.guests import bare, callback_in_c, wait_for_gauges, watched, watching
from tests.integration.pythons import PRIMARY, Python

pytestmark = callback_in_c

#: Notes each function that it is told of while garbage is collected, a thread runs, a child is forked, and at the exit.
NOTING = """
import atexit, gc, os, sys, threading
seen = {}
def note(frame, event, argument):
    if event in ("call", "return", "exception"):
        code = frame.f_code
        key = os.path.basename(code.co_filename), code.co_name, event
        seen[key] = seen.get(key, 0) + 1
    return note
def work():
    for _ in range(200):
        made = {}; made["made"] = made
    gc.collect()
def fork():
    child = os.fork()
    if child == 0:
        work()
        tell("the child")
        os._exit(0)
    os.waitpid(child, 0)
def tell(who):
    HOW(None)
    lines = [line for line in sorted(seen.items()) if line[0][0] not in LEFT_OUT]
    print(who, len(lines), *lines, sep="\\n", flush=True)
# Garbage sets off collections wherever it likes; these happen in the same places with and without gctui.
gc.disable()
# The interpreter's own files: how often one waits there for the other is not the same each time.
LEFT_OUT = "threading.py", "_weakrefset.py"
threading.THREADS(note)
atexit.register(tell, "the program")
HOW(note)
work()
thread = threading.Thread(target=work)
thread.start()
thread.join()
fork()
"""
#: From 3.12 on there are two more ways, and both reach threads that were there before.
ALL_THREADS = """
import gc, sys, threading, time
ours = set()
def note(frame, event, argument):
    ours.add((frame.f_code.co_filename, frame.f_code.co_name))
    return note
threading.HOW(note)
end = time.monotonic() + 1
while time.monotonic() < end:
    gc.collect()
    time.sleep(0.01)
threading.HOW(None)
print([name for name in sorted(ours) if name[0] != "<string>"])
"""
MONITORING = """
import gc, sys, time
seen, monitoring = set(), sys.monitoring
monitoring.use_tool_id(4, "a test")
for event in ("PY_START", "PY_RETURN", "LINE", "CALL", "C_RETURN"):
    number = getattr(monitoring.events, event)
    monitoring.register_callback(4, number, lambda code, *rest: seen.add((code.co_filename, code.co_name)))
monitoring.set_events(4, monitoring.events.PY_START | monitoring.events.LINE | monitoring.events.CALL)
end = time.monotonic() + 1
while time.monotonic() < end:
    gc.collect()
    time.sleep(0.01)
monitoring.set_events(4, 0)
print([name for name in sorted(seen) if name[0] != "<string>"])
"""


@pytest.mark.parametrize("how", ["trace", "profile"])
def test_a_trace_function_is_told_of_the_programs_frames_only(python: Python, how: str) -> None:
    code = NOTING.replace("THREADS", f"set{how}").replace("HOW", f"sys.set{how}")
    command = (python.path, "-W", "ignore", "-c", code)  # 3.12.1 counts a thread that is just ending
    without = bare(*command)

    assert watched(*command) == without
    assert "('<string>', 'work', 'return')" in without.stdout and without.stdout.count("the child") == 1


OF_ALL_THREADS = {
    "settrace_all_threads": ALL_THREADS.replace("HOW", "settrace_all_threads"),
    "setprofile_all_threads": ALL_THREADS.replace("HOW", "setprofile_all_threads"),
    "sys.monitoring": MONITORING,
}


@pytest.mark.parametrize("how", OF_ALL_THREADS)
def test_what_is_told_of_all_threads_is_not_told_of_the_agents(python: Python, how: str) -> None:
    if python.version < (3, 12):
        pytest.skip("it came with Python 3.12")

    command = (python.path, "-c", OF_ALL_THREADS[how])

    assert watched(*command) == bare(*command)


#: What faulthandler prints of a thread: who it is, then its frames.
THREAD = re.compile(r"^((?:Current t|T)hread 0x\w+).*\n((?:  File .*\n)+)", re.MULTILINE)


#: Until it has seen two threads, or the seconds that it is given are over.
DUMPING = """
import faulthandler, sys, tempfile, time
end, dump = time.monotonic() + float(sys.argv[1]), tempfile.TemporaryFile("w+")
def here():
    LOOK
while True:
    here()
    dump.seek(0)
    text = dump.read()
    if "agent.py" in text or time.monotonic() > end: break
    dump.seek(0)
    dump.truncate()
print(text)
"""
LOOKS = {
    "at once": "faulthandler.dump_traceback(dump, all_threads=True)",
    "later": "faulthandler.dump_traceback_later(0.05, file=dump); time.sleep(0.2)",
}


@pytest.mark.parametrize("when", LOOKS)
def test_faulthandler_shows_the_agents_thread_beside_the_programs(python: Python, when: str) -> None:
    code = DUMPING.replace("LOOK", LOOKS[when])
    without = THREAD.findall(bare(python.path, "-c", code, "0").stdout)
    with_gctui = THREAD.findall(watched(python.path, "-c", code, "20").stdout)

    assert len(without) == 1 and len(with_gctui) == 2
    (frames,) = [frames for _, frames in with_gctui if frames != without[0][1]]
    assert frames.count("File") == frames.count("/gctui/agent/"), "it can be told by its frames"


def test_a_crash_is_dumped_while_the_agent_goes_on(python: Python) -> None:
    code = "import faulthandler, os, signal\nfaulthandler.enable()\nos.kill(os.getpid(), signal.SIGSEGV)\n"
    without, with_gctui = (run(python.path, "-c", code) for run in (bare, watched))

    assert (with_gctui.code, without.code) == (128 + 11, -11)
    assert "Fatal Python error: Segmentation fault" in with_gctui.stderr


def test_a_debugger_leaves_the_agent_running() -> None:
    code = "import sys\nsys.settrace(lambda *event: None)\nwhile True: [{} for _ in range(9)]\n"
    with watching(PRIMARY, "-c", code) as session:
        wait_for_gauges(session)
