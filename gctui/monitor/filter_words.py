"""The words of a filter: those that have to be there, and, after `!`, those that must not be."""

from __future__ import annotations


def filter_words(text: str) -> tuple[list[str], list[str]]:
    """(wanted, unwanted), in lower case. A `!` alone says nothing yet."""
    words = text.casefold().split()
    wanted = [word for word in words if not word.startswith("!")]
    return wanted, [word[1:] for word in words if word.startswith("!") and len(word) > 1]
