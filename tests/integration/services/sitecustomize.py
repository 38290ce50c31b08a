"""Lets every Python process of a program count its own collections, as the program itself would.

Python imports it at start because the test has its folder on PYTHONPATH. Each collection is one line, its pid, in the
file that COLLECTIONS names; a forked child goes on with the callback and the descriptor of its parent. What came
before it could count, while gctui's agent was starting, it takes from the agent's ring.
"""

import gc
import os

WRITTEN = 6 * 8
"""Where a ring says how many records it has: see gctui/agent/wire.py."""

write, own_pid = os.write, os.getpid
log = os.open(os.environ["COLLECTIONS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
counted = 0


def count(phase: str, info: object) -> None:
    global counted
    if phase == "stop":
        counted += 1
        write(log, b"%d\n" % own_pid())


def recorded() -> int:
    """Collections that the agent of this process has recorded; 0 without one."""
    folder = os.environ.get("GCTUI_AGENT", "").partition("\n")[2]
    rings = sorted(name for name in os.listdir(folder or os.curdir) if name.startswith(f"{own_pid()}-0-"))
    if not rings:
        return 0
    with open(os.path.join(folder, rings[-1]), "rb") as ring:
        ring.seek(WRITTEN)
        return int.from_bytes(ring.read(8), "little")


gc.callbacks.append(count)
gc.disable()
write(log, b"%d\n" % own_pid() * max(recorded() - counted, 0))
gc.enable()
