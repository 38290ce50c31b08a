"""Starts children by posix_spawn, by vfork and with a function to run in between."""

import os
import subprocess
import sys

code = [sys.executable, "-c", "import gc; gc.disable(); [gc.collect(1) for _ in range(3)]; print('child')"]
print(os.waitpid(os.posix_spawn(sys.executable, code, os.environ), 0)[1], flush=True)
print(subprocess.run(code, close_fds=False).returncode, flush=True)
print(subprocess.run(code).returncode, flush=True)
print(subprocess.run(code, preexec_fn=os.getpid).returncode, flush=True)
