"""The programs in C that prove the agent's C part without an interpreter, and how they are built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


class CannotBuild(Exception):
    """What is missing here, as a sentence."""


def build(program: str, folder: Path, *flags: str) -> Path:
    """The executable `program` in `folder`, which was run once with no arguments if it is sanitized: some sanitizers
    can be linked and do not start."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        raise CannotBuild("there is no C compiler here")
    if sys.platform != "linux":
        raise CannotBuild("the programs use what Linux has")
    probe = folder / "probe.c"
    probe.write_text("int main(void) { return 0; }\n")
    probed = [compiler, *flags, str(probe), "-o", str(folder / "probe"), "-pthread"]
    for command in (probed, [str(folder / "probe")]):
        if subprocess.run(command, capture_output=True, timeout=60, check=False).returncode:
            raise CannotBuild(f"the compiler here cannot do {' '.join(flags) or 'threads'}")
    executable = folder / program
    strict = ("-std=c11", "-Wall", "-Wextra", "-Werror")
    source = FOLDER / f"{program}.c"
    subprocess.run([compiler, *strict, *flags, str(source), "-o", str(executable), "-lm", "-pthread"], check=True)
    return executable
