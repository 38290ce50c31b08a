"""Makes and ends subinterpreters with collections in them; forks between, and starts programs while they live.

It does not fork while one lives: every CPython from 3.8 to 3.15 hangs or crashes in that child by itself.
"""

import gc
import os
import subprocess
import sys
import warnings

if sys.version_info >= (3, 13):
    import _interpreters as interpreters
else:
    import _xxsubinterpreters as interpreters

CODE = """
import gc
for _ in range(20):
    one = []
    one.append(one)
gc.collect(1)
gc.collect()
"""


def create(isolated: bool) -> object:
    if sys.version_info >= (3, 13):
        return interpreters.create("isolated" if isolated else "legacy")
    if sys.version_info >= (3, 9):  # noqa: UP036
        return interpreters.create(isolated=isolated)
    return interpreters.create()


warnings.simplefilter("ignore")
statuses = set()
for turn in range(int(sys.argv[1])):
    pair = [create(isolated=True), create(isolated=False)]
    for one in pair:
        interpreters.run_string(one, CODE)
    if turn % 20 == 10:
        statuses.add(subprocess.run(["true"]).returncode)
        gc.collect()
    for one in pair:
        interpreters.destroy(one)
    if turn % 20 == 0:
        pid = os.fork()
        gc.collect()
        if pid == 0:
            interpreters.destroy(create(isolated=True))
            os._exit(0)
        statuses.add(os.waitpid(pid, 0)[1])
left = [create(isolated=True), create(isolated=False)]  # still there at the interpreter's exit
interpreters.run_string(left[0], CODE)
print("done", statuses)
