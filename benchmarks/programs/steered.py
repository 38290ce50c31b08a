"""Runs a demo and changes a setting of its collector on the way, from inside, as its author would.

`python steered.py AFTER SETTING SCRIPT [ARG...]`: AFTER is in seconds from now; SETTING is `freeze`, `off`, `as-is`, or
three thresholds as in `5000,10,10`. For CPython 3.8 and later; what the script prints goes nowhere.
"""

from __future__ import annotations

import gc
import os
import runpy
import signal
import sys


def change(setting: str) -> None:
    if setting == "freeze":
        gc.freeze()
    elif setting == "off":
        gc.disable()
    elif setting != "as-is":
        gc.set_threshold(*map(int, setting.split(",")))


def main() -> None:
    after, setting, script = sys.argv[1:4]
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    signal.signal(signal.SIGALRM, lambda *_: change(setting))
    signal.setitimer(signal.ITIMER_REAL, float(after))
    sys.argv = sys.argv[3:]
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
