"""What to run: from the words of the command line to an executable and an environment, or a sentence why not."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gctui.monitor.errors import CannotRun, CommandNotFound, UsageError


@dataclass(frozen=True, slots=True)
class Command:
    """A program that can be started."""

    argv: tuple[str, ...]
    """As the program will see it."""
    executable: str
    """Path of the file to execute."""
    environment: Mapping[str, str]


def resolve(words: Sequence[str], environment: Mapping[str, str]) -> Command:
    """Find the executable. `app.py ARG...` and `-m MODULE ARG...` are short for `python ...`.

    Raises UsageError for no command, CommandNotFound (exit code 127) and CannotRun (126).
    """
    if not words:
        raise UsageError("There is no command to run. Try: gctui python app.py")
    environment = without_tool_folder(environment)
    path = environment.get("PATH", os.defpath)
    if words[0] == "-m" or _is_script(words[0]):
        if words[0] == "-m" and len(words) == 1:
            raise UsageError("-m needs the name of a module: gctui -m MODULE")
        if words[0] != "-m" and not os.path.exists(words[0]):
            raise CommandNotFound(f"There is no file {words[0]!r}.")
        python = shutil.which("python", path=path) or shutil.which("python3", path=path) or sys.executable
        return Command((os.path.basename(python), *words), python, environment)
    return Command(tuple(words), _find(words[0], path), environment)


def _is_script(word: str) -> bool:
    """A .py file that cannot be executed by itself; one that can is run as it says in its first line."""
    return word.endswith((".py", ".pyc", ".pyz")) and not ("/" in word and os.access(word, os.X_OK))


def _find(word: str, path: str) -> str:
    if "/" in word:
        if not os.path.exists(word):
            raise CommandNotFound(f"There is no command {word!r}.")
        if os.path.isdir(word):
            raise CannotRun(f"{word!r} is a folder; it cannot be run.")
        if not os.access(word, os.X_OK):
            raise CannotRun(f"{word!r} is not executable.")
        return word
    found = shutil.which(word, path=path)
    if found:
        return found
    for folder in path.split(os.pathsep):
        candidate = os.path.join(folder or ".", word)
        if os.path.isfile(candidate):
            raise CannotRun(f"{candidate!r} is not executable.")
    if word == "python" and shutil.which("python3", path=path):
        raise CommandNotFound("There is no command 'python' here, but there is 'python3': gctui python3 ...")
    raise CommandNotFound(f"There is no command {word!r} on the PATH.")


def without_tool_folder(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment in which the program looks for its own Python, not for gctui's.

    `uvx gctui` (it sets UV, and not VIRTUAL_ENV) puts the hidden environment of the tool first on the PATH: `python`
    there is one without the program's packages. An environment that the user chose stays as it is.
    """
    environment = dict(environment)
    own = os.path.join(sys.prefix, "bin")
    if "UV" in environment and environment.get("VIRTUAL_ENV") != sys.prefix and "PATH" in environment:
        folders = environment["PATH"].split(os.pathsep)
        environment["PATH"] = os.pathsep.join(folder for folder in folders if folder != own)
    return environment
