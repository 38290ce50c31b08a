"""Differences that are known, and why a user can accept each. `docs/transparency.md` is made from this list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

EVERY = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15")


@dataclass(frozen=True, slots=True)
class Explained:
    """One difference."""

    module: str
    test: str
    """As the report names it; `*` stands for any part of it."""
    versions: tuple[str, ...]
    reason: str
    """One sentence for users: what differs, and why it must."""
    alloc: str = "off or exact"
    """With which `--alloc` it differs."""


EXPLAINED: tuple[Explained, ...] = ()


def reason_for(module: str, test: str, version: str, alloc: str, known: Iterable[Explained] = EXPLAINED) -> str:
    """Why this test differs, when it is known to; empty when it is not. `version`: such as 3.14."""
    for entry in known:
        applies = module == entry.module and version in entry.versions and alloc in entry.alloc.split(" or ")
        if applies and fnmatchcase(test, entry.test):
            return entry.reason
    return ""
