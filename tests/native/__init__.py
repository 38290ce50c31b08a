"""The programs in C that prove the agent's C part without an interpreter, and how they are built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import gctui.agent

FOLDER = Path(__file__).parent
AGENT = Path(gctui.agent.__file__).parent
STRICT = ("-std=c11", "-Wall", "-Wextra", "-Werror")


class CannotBuild(Exception):
    """What is missing here, as a sentence."""


def _compiler(folder: Path, *flags: str) -> str:
    """One that can do what the flags say, which was tried: some sanitizers can be linked and do not start."""
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
    return compiler


def build(program: str, folder: Path, *flags: str) -> Path:
    """The executable `program` in `folder`."""
    executable = folder / program
    source = FOLDER / f"{program}.c"
    command = (_compiler(folder, *flags), *STRICT, *flags, str(source), "-o", str(executable), "-lm", "-pthread")
    subprocess.run(command, check=True)
    return executable


def sanitized_agent(folder: Path) -> tuple[Path, Path]:
    """A copy of the agent's package in `folder` with the address sanitizer in its C part, and the library that has to
    be loaded before the interpreter for it."""
    flags = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer")
    compiler = _compiler(folder, *flags)
    headers = Path(sysconfig.get_path("include"))
    found = subprocess.run([compiler, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    library = Path(found.stdout.strip())
    if not (headers / "Python.h").exists() or not library.is_absolute():
        raise CannotBuild("the headers of Python or the library of the sanitizer are not here")
    package = folder / "agent"
    shutil.copytree(AGENT, package, ignore=shutil.ignore_patterns("_native*.so", "__pycache__"))
    sources = map(str, (package / "native").glob("*.c"))
    target = ("-fPIC", "-shared", "-DPy_LIMITED_API=0x03080000", f"-I{headers}", "-o", str(package / "_native.abi3.so"))
    subprocess.run([compiler, *STRICT, *flags, *sources, *target, "-lm", "-ldl"], check=True)
    return package, library
