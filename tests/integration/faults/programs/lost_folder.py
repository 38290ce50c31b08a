"""Starts a child in a folder that is removed under it, with a relative entry on the path."""

import os
import subprocess
import sys

code = "import gc, os; gc.disable(); [gc.collect(1) for _ in range(3)]; print(os.path.exists('.'), os.listdir('.'))"
folder = os.path.join(sys.argv[1], "gone")
os.mkdir(folder)
os.chdir(folder)
os.rmdir(folder)
path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), "relative")))
print(subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}).returncode)
