"""Faults of the monitor and its terminal, which the program must not feel. `test_stalls.py` brings each about."""

from __future__ import annotations

from dataclasses import dataclass

HOLDS = "no gap between two ticks that it would not have without gctui, and no growth of its memory"


@dataclass(frozen=True, slots=True)
class Stall:
    """Something that keeps gctui from its work while a program ticks."""

    name: str
    command: str
    """What a reader types; the test does the same with the process and the terminal that it made."""
    happened: str


_HEADLESS = "gctui --headless python tick.py {folder} 6"
_SCREEN = "gctui python tick.py {folder} 6"

STOPPED = Stall(
    "monitor stopped, headless",
    _HEADLESS + " > /dev/null & kill -STOP $!; touch {folder}/go; sleep 7; kill -CONT $!",
    "no stall and no growth; collections that the ring could not hold are counted exactly in the summary",
)
KILLED = Stall(
    "monitor killed, headless",
    _HEADLESS + " > /dev/null & kill -KILL $!; touch {folder}/go",
    "no stall and no growth; the program goes on alone",
)
FULL_STDERR = Stall(
    "gctui's stderr a pipe that is full",
    _HEADLESS + " 2>&1 > /dev/null | { touch {folder}/go; sleep 7; tail -1; }  # with the pipe filled before",
    "no stall and no growth; the summary waits until the pipe is read",
)
SCREEN_STOPPED = Stall(
    "monitor stopped, with the screen",
    _SCREEN + ", and elsewhere: pkill -STOP gctui; touch {folder}/go; sleep 7; pkill -CONT gctui",
    "no stall and no growth; the keeper reads on, and the output pane's title counts what it could not keep",
)
SCREEN_KILLED = Stall(
    "monitor killed, with the screen",
    _SCREEN + ", and elsewhere: pkill -KILL gctui; touch {folder}/go",
    "no stall and no growth; the keeper reads on for as long as the program prints",
)
FLOW_CONTROL = Stall(
    "terminal flow-controlled (Ctrl-S)",
    _SCREEN + ", the terminal stopped, and elsewhere: touch {folder}/go",
    "no stall and no growth; the screen goes on when the terminal does",
)
OUTPUT_FULL = Stall(
    "disk full for --output",
    "gctui --output /dev/full python tick.py {folder} 6, and elsewhere: touch {folder}/go",
    "no stall and no growth; a notice says that the output is no longer written, and why",
)

STALLS = (STOPPED, KILLED, FULL_STDERR, SCREEN_STOPPED, SCREEN_KILLED, FLOW_CONTROL, OUTPUT_FULL)
