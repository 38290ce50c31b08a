"""Python source in a few tones. Made for the handful of lines around a frame; the text is made harmless first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.token import Token  # type: ignore[import-untyped]

from gctui.monitor.terminal_text import printable

Piece = tuple[str, str]
"""Text and its tone; an empty tone is the normal text."""

_TONES: dict[Any, str] = {
    Token.Comment: "muted",
    Token.Keyword: "accent",
    Token.Literal.String: "low",
    Token.Literal.Number: "raised",
    Token.Operator.Word: "accent",
}


def highlighted(lines: Iterable[str]) -> list[list[Piece]]:
    """The pieces of each line. A fragment that begins inside a string is coloured wrongly, and only that."""
    clean = [printable(line) for line in lines]
    found: list[list[Piece]] = [[] for _ in clean]
    at = 0
    lexer = get_lexer_by_name("python", stripnl=False, ensurenl=False)
    for token, text in lexer.get_tokens("\n".join(clean)):
        for number, part in enumerate(text.split("\n")):
            at += number > 0
            if part and at < len(found):
                found[at].append((part, _tone(token)))
    return found


def _tone(token: Any) -> str:
    """That of the token's kind, or of the nearest wider kind that has one."""
    while token is not None:
        if token in _TONES:
            return _TONES[token]
        token = token.parent
    return ""
