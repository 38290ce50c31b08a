"""Keys are what xterm sends, whether the terminal told Textual the character or only the key's name."""

from __future__ import annotations

import pytest

from gctui.ui.typed_keys import pasted, typed


@pytest.mark.parametrize(
    ("key", "character", "expected"),
    [
        ("a", "a", b"a"),
        ("upper_a", "A", b"A"),
        ("ö", "ö", "ö".encode()),
        ("question_mark", "?", b"?"),
        ("plus", "+", b"+"),
        ("space", " ", b" "),
        ("enter", "\r", b"\r"),
        ("enter", None, b"\r"),
        ("tab", "\t", b"\t"),
        ("shift+tab", None, b"\x1b[Z"),
        ("backspace", "\x7f", b"\x7f"),
        ("backspace", "\x08", b"\x08"),
        ("ctrl+c", "\x03", b"\x03"),
        ("ctrl+c", None, b"\x03"),
        ("ctrl+d", None, b"\x04"),
        ("ctrl+shift+a", None, b"\x01"),
        ("ctrl+@", None, b"\0"),
        ("ctrl+backslash", None, b"\x1c"),
        ("ctrl+right_square_bracket", "\x1d", b"\x1d"),
        ("ctrl+z", None, b"\x1a"),
        ("alt+x", "x", b"\x1bx"),
        ("alt+x", None, b"\x1bx"),
        ("alt+shift+x", "X", b"\x1bX"),
        ("alt+backspace", "\x7f", b"\x1b\x7f"),
        ("ctrl+alt+c", None, b"\x1b\x03"),
        ("up", None, b"\x1b[A"),
        ("left", None, b"\x1b[D"),
        ("ctrl+right", None, b"\x1b[1;5C"),
        ("alt+shift+up", None, b"\x1b[1;4A"),
        ("home", None, b"\x1b[H"),
        ("end", None, b"\x1b[F"),
        ("delete", None, b"\x1b[3~"),
        ("shift+pageup", None, b"\x1b[5;2~"),
        ("f1", None, b"\x1bOP"),
        ("shift+f4", None, b"\x1b[1;2S"),
        ("f5", None, b"\x1b[15~"),
        ("f12", None, b"\x1b[24~"),
        ("caps_lock", None, b""),
    ],
)
def test_a_key_is_what_a_terminal_sends(key: str, character: str | None, expected: bytes) -> None:
    assert typed(key, character) == expected


def test_a_paste_has_the_enter_key_for_its_line_ends() -> None:
    assert pasted("one\r\ntwo\nthrée\ud800") == "one\rtwo\rthrée".encode()
