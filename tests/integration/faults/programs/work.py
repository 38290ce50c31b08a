"""Makes garbage, collects, starts a thread, a child and a file: an ordinary program. Its faults come from outside."""

import gc
import os
import sys
import threading

gc.disable()
for _ in range(6):
    gc.collect(1)
kept: "list[str]" = []
thread = threading.Thread(target=kept.append, args=("thread",))
try:
    thread.start()
    thread.join()
except RuntimeError as error:
    kept.append(str(error))
try:
    pid = os.fork()
    if pid == 0:
        gc.collect(1)
        os._exit(0)
    kept.append(str(os.waitpid(pid, 0)[1]))
except OSError as error:
    kept.append(str(error))
modules = sorted(name for name in sys.modules if name != "atexit" and not name.startswith("_gctui_agent"))
for stream in (sys.stdout, sys.stderr):
    if stream is not None:
        print(kept, sys.stdin is None, modules, file=stream)
