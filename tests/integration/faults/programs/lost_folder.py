"""Starts a child in a folder that is removed under it."""

import os
import subprocess
import sys

code = "import gc, os; gc.disable(); [gc.collect(1) for _ in range(3)]; print(os.path.exists('.'), os.listdir('.'))"
folder = os.path.join(sys.argv[1], "gone")
os.mkdir(folder)
os.chdir(folder)
os.rmdir(folder)
print(subprocess.run([sys.executable, "-c", code]).returncode)
