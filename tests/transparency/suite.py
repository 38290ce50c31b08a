"""An interpreter and the test suite that came with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass

_ASK = """
import json, os, sys
import test.libregrtest
folder = os.path.dirname(os.path.dirname(test.libregrtest.__file__))
names = [os.path.splitext(name)[0] for name in os.listdir(folder) if name.startswith("test_")]
print(json.dumps(["%d.%d.%d" % sys.version_info[:3] + sys.abiflags, names]))
"""


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests of one interpreter."""

    python: str
    """Path of the interpreter, as it is started."""
    version: str
    """Such as 3.14.1, or 3.14.1t for the free-threaded build."""
    modules: frozenset[str]

    @property
    def feature_version(self) -> str:
        """Such as 3.14."""
        return ".".join(self.version.split(".")[:2])


def find_suite(python: str) -> Suite | None:
    """The suite of an interpreter, which is asked for it: many systems install Python without its tests."""
    python = os.path.abspath(shutil.which(python) or python)  # it is started in other folders than this one
    try:
        answer = subprocess.run(
            [python, "-c", _ASK], cwd="/", capture_output=True, timeout=60, check=True, stdin=subprocess.DEVNULL
        )
        version, modules = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Suite(python, version, frozenset(modules))
