"""Which modules of CPython's own suite are run: `modules.txt`, read."""

from __future__ import annotations

from pathlib import Path

STAR = "*"


def read(text: str) -> dict[str, list[str]]:
    """The modules of each group, with their stars. What stands before the first group is for people."""
    groups: dict[str, list[str]] = {}
    for part in f"\n{text}".split("\n# ")[1:]:
        title, _, names = part.partition("\n")
        groups[title] = names.split()
    return groups


GROUPS = read(Path(__file__).with_name("modules.txt").read_text("utf-8"))
ALL = tuple(name.rstrip(STAR) for names in GROUPS.values() for name in names)
QUICK = tuple(name.rstrip(STAR) for names in GROUPS.values() for name in names if name.endswith(STAR))
