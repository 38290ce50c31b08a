"""What a terminal sends for a key: the bytes that xterm, in its ordinary modes, would give the program."""

from __future__ import annotations

_CURSOR = {"up": "A", "down": "B", "right": "C", "left": "D", "end": "F", "home": "H"}
_TILDE = {
    "insert": 2,
    "delete": 3,
    "pageup": 5,
    "pagedown": 6,
    **{f"f{number}": code for number, code in zip(range(5, 13), (15, 17, 18, 19, 20, 21, 23, 24), strict=True)},
}
_FUNCTION = {"f1": "P", "f2": "Q", "f3": "R", "f4": "S"}
_PLAIN = {"enter": "\r", "tab": "\t", "backspace": "\x7f", "escape": "\x1b", "space": " "}
_CONTROL = {
    "@": "\0",
    "at": "\0",
    "space": "\0",
    "left_square_bracket": "\x1b",
    "backslash": "\x1c",
    "right_square_bracket": "\x1d",
    "circumflex_accent": "\x1e",
    "underscore": "\x1f",
}
_MODIFIERS = {"shift": 1, "alt": 2, "ctrl": 4}


def typed(key: str, character: str | None) -> bytes:
    """The bytes for a key, by Textual's name for it (`ctrl+c`, `shift+up`) and its character; empty: none."""
    *modifiers, name = key.split("+")
    number = 1 + sum(_MODIFIERS.get(modifier, 0) for modifier in modifiers)
    if name in _CURSOR or name in _FUNCTION or name in _TILDE:
        return _sequence(name, number).encode()
    if name == "tab" and "shift" in modifiers:
        return b"\x1b[Z"
    text = _text(name, modifiers, character)
    return (f"\x1b{text}" if text and "alt" in modifiers else text).encode("utf-8", "ignore")


def pasted(text: str) -> bytes:
    """The bytes for a pasted text. A terminal sends the enter key for each end of line."""
    return text.replace("\r\n", "\r").replace("\n", "\r").encode("utf-8", "ignore")


def _sequence(name: str, modifiers: int) -> str:
    if name in _TILDE:
        return f"\x1b[{_TILDE[name]}~" if modifiers == 1 else f"\x1b[{_TILDE[name]};{modifiers}~"
    final = _CURSOR.get(name) or _FUNCTION[name]
    if modifiers > 1:
        return f"\x1b[1;{modifiers}{final}"
    return f"\x1b[{final}" if name in _CURSOR else f"\x1bO{final}"


def _text(name: str, modifiers: list[str], character: str | None) -> str:
    if "ctrl" in modifiers and not (character and character < " "):
        if name in _CONTROL:
            return _CONTROL[name]
        if len(name) == 1 and name.isascii() and name.isalpha():
            return chr(ord(name.lower()) & 0x1F)
    if character:
        return character
    if name in _PLAIN:
        return _PLAIN[name]
    return (name.upper() if "shift" in modifiers else name) if len(name) == 1 else ""
