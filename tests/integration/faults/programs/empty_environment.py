"""Starts a child with no environment at all."""

import subprocess
import sys

code = "import os, sys; print(sorted(set(os.environ) - {'LC_CTYPE'}), 'sitecustomize' in sys.modules)"
print(subprocess.run([sys.executable, "-c", code], env={}).returncode)
