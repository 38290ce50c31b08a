"""Why no agent answered, and what would work: one sentence from what can be seen from outside."""

from __future__ import annotations

import os

from gctui.monitor.launch import looks_like_python
from gctui.monitor.process import executable_of

#: Options of Python with which it reads neither PYTHONPATH nor sitecustomize, by letter.
_DEAF = {"I": "-I", "E": "-E", "S": "-S"}


def why_no_agent(argv: tuple[str, ...], pid: int, ended: bool, seen: bool) -> str:
    """A sentence for the screen. `seen`: some Python process has begun to record without saying hello."""
    if seen:
        return "The Python process here does not hold gctui's channel: its collections are shown, it takes no commands."
    executable = executable_of(pid) or argv[0]
    if not looks_like_python(executable) and not looks_like_python(argv[0]):
        name = os.path.basename(argv[0])
        return f"No agent answered: {name!r} is not Python, and it has started none that gctui can see."
    option = _deaf_option(argv)
    if option:
        return f"No agent answered: with {option} Python ignores what gctui sets. Run it without {option}."
    if ended:
        return "No agent answered: the program ended before Python had started."
    return (
        "No agent answered: this Python is older than 3.8, frozen, not CPython, or has not started yet. "
        "gctui needs CPython 3.8 or later."
    )


def _deaf_option(argv: tuple[str, ...]) -> str:
    for word in argv[1:]:
        if not word.startswith("-") or word == "-":
            return ""
        if word.startswith("--"):
            continue
        for letter in word[1:]:
            if letter in _DEAF:
                return _DEAF[letter]
            if letter in "cmWX":  # what follows belongs to these, or is no option of Python any more
                break
        if word[1:2] in ("c", "m"):
            return ""
    return ""
