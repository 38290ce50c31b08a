"""Collects, and ends in the way of its argument."""

import ctypes
import faulthandler
import gc
import os
import resource
import signal
import sys
import threading
import time

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
gc.disable()
for _ in range(6):
    gc.collect(1)
print("before the end", flush=True)
way = sys.argv[1]
if way == "pipe":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    reader, writer = os.pipe()
    os.close(reader)
    os.write(writer, b"x")
elif way == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
elif way == "segv":
    faulthandler.disable()
    ctypes.string_at(0)
elif way == "abort":
    os.abort()
elif way == "fatal":
    ctypes.pythonapi.Py_FatalError(b"by hand")
elif way == "threads":

    def spin() -> None:
        while True:
            one: list[object] = []
            one.append(one)

    gc.enable()
    for _ in range(4):
        threading.Thread(target=spin, daemon=True).start()
    time.sleep(0.1)
    sys.exit(9)
elif way == "interrupt":
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(10)
