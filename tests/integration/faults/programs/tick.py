"""Ticks: makes garbage, collects and prints, and notes its longest gap between two ticks and how its memory grew.

Arguments: a folder, and for how many seconds. It makes the file `ready` in the folder, measures from the moment when
`go` is there, and writes `result`: the longest gap in seconds, the growth in bytes, its collections and the
lines that it has printed.
"""

import gc
import json
import os
import sys
import time

folder, seconds = sys.argv[1], float(sys.argv[2])
LINE = b"." * 399 + b"\n"
LINES_PER_TICK, COLLECTIONS_PER_TICK = 25, 10
printed = 0


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def tick() -> None:
    global printed
    for _ in range(COLLECTIONS_PER_TICK):
        one: list[object] = []
        one.append(one)
        del one
        gc.collect(0)
    os.write(1, LINE * LINES_PER_TICK)
    printed += LINES_PER_TICK
    time.sleep(0.002)


gc.freeze()
gc.disable()
open(os.path.join(folder, "ready"), "w").close()
while not os.path.exists(os.path.join(folder, "go")):
    tick()
before, longest = resident(), 0.0
last = time.monotonic()
end = last + seconds
while last < end:
    tick()
    now = time.monotonic()
    longest, last = max(longest, now - last), now
grown = resident() - before
with open(os.path.join(folder, "writing"), "w") as result:
    json.dump([longest, grown, gc.get_stats()[0]["collections"], printed], result)
os.rename(os.path.join(folder, "writing"), os.path.join(folder, "result"))
