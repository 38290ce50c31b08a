"""How late the screen is: from a collection to its line, and from a key to what it does under a flood."""

from __future__ import annotations

import sys
import time

from benchmarks.figures import Figure
from benchmarks.terminal_run import TerminalRun

EVENTS = 40
LINE_LIMIT_MS, KEY_LIMIT_MS = 300.0, 200.0

#: Collects at moments that are known beforehand, each from a function of its own name, and at no other time.
SCHEDULED = f"""
import gc, sys, time
gc.disable()
start, step = float(sys.argv[1]), float(sys.argv[2])
for number in range({EVENTS}):
    scope = {{"gc": gc}}
    exec(f"def event_{{number:03}}(): gc.collect(1)", scope)
    time.sleep(max(0, start + number * step - time.monotonic()))
    scope[f"event_{{number:03}}"]()
time.sleep(60)
"""
#: A million collections a minute.
FLOOD = """
import gc, time
gc.disable()
due = time.monotonic()
while True:
    for _ in range(167):
        gc.collect(0)
    due += 0.01
    time.sleep(max(0, due - time.monotonic()))
"""
#: Not a multiple of the quarter of a second between two ticks, so that events fall anywhere between them.
STEP_S = 0.311


def measure() -> list[Figure]:
    lines, keys = _event_to_line(), _key_to_effect()
    return [
        Figure(
            "event in the program to its line on the screen, longest", max(lines), "ms", LINE_LIMIT_MS, tuple(lines)
        ),
        Figure(
            "key to its effect while 1 M collections a minute come, longest", max(keys), "ms", KEY_LIMIT_MS, tuple(keys)
        ),
    ]


def _event_to_line() -> list[float]:
    start = time.monotonic() + 4
    command = (sys.executable, "-c", SCHEDULED, str(start), str(STEP_S))
    with TerminalRun(sys.executable, "-m", "gctui", "--alloc", "off", *command) as run:
        late = []
        for number in range(EVENTS):
            run.milliseconds_until(b"event_%03d" % number)
            late.append((time.monotonic() - start - number * STEP_S) * 1000)
    return late


def _key_to_effect() -> list[float]:
    with TerminalRun(sys.executable, "-m", "gctui", "--alloc", "off", sys.executable, "-c", FLOOD) as run:
        run.milliseconds_until(b"Collection log")
        run.read_for(3)
        late = []
        for _ in range(20):
            run.forget()
            pressed = time.monotonic()
            run.press(b" ")
            run.milliseconds_until(b"FROZEN")
            late.append((time.monotonic() - pressed) * 1000)
            run.press(b" ")
            run.read_for(0.5)
    return late
