"""Comparing drawn lines, so that only what changed is painted again."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content


def same(one: Sequence[Content], other: Sequence[Content]) -> bool:
    """Whether two sets of lines look alike. `==` would compare their text only, not their styles."""
    return len(one) == len(other) and all(a.is_same(b) for a, b in zip(one, other, strict=True))
