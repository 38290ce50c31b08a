"""Whatever a program prints or calls its files, what comes out is text, and the work is bounded."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor.sgr import PLAIN, Sgr, apply
from gctui.monitor.terminal_text import Segment, carried_over, coloured, plain, printable, segments

FORBIDDEN = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
PIECES = (
    *(
        b"\x1b[",
        b"\x1b]",
        b"\x1bP",
        b"\x1b_",
        b"\x1b\\",
        b"\x1b(",
        b"\x1b",
        b"\x9b",
        b"\xc2\x9b",
        b"\x07",
        b"\r",
    ),
    *(
        b"\b",
        b"\t",
        b"m",
        b"K",
        b"1K",
        b"2K",
        b"G",
        b"C",
        b"D",
        b"0",
        b"1;31",
        b"38;5;9",
        b"48:2::1:2:3",
        b";",
        b"7",
    ),
    *(
        b"text",
        "日本語".encode(),
        "e\u0301".encode(),
        "\u202e".encode(),
        b"\xff\xfe",
        b"\x00",
        b"\x7f",
        b"8;;http://x",
    ),
)
lines = st.one_of(
    st.binary(max_size=300).map(lambda raw: raw.replace(b"\n", b"")),
    st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join),
)


def is_harmless(text: str) -> bool:
    return all(unicodedata.category(character) not in FORBIDDEN for character in text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain.py", "plain.py"),
        ("größe_日本語_🐍.py", "größe_日本語_🐍.py"),
        ("a\x1b[31mb\x00\x07\x7f", "a␛[31mb␀␇␡"),
        ("two\nlines\r", "two␊lines␍"),
        ("\u202egnp.exe\u2069\u200b", "�gnp.exe��"),
        ("\x9b31m\udcff", "�31m�"),
        ("\tx\ty", "    x   y"),
        ("no\u00a0break\u2028", "no break�"),
        ("[bold]markup[/]", "[bold]markup[/]"),
        ("\ue0b0", "\ue0b0"),
    ],
)
def test_a_name_becomes_one_harmless_line(text: str, expected: str) -> None:
    assert printable(text) == expected


@given(st.text(st.characters()))
def test_no_name_keeps_a_control(text: str) -> None:
    safe = printable(text)

    assert is_harmless(safe)
    assert printable(safe) == safe


def test_a_clean_name_is_not_copied() -> None:
    name = "/srv/app/größe.py"

    assert printable(name) is name


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"hello\r", "hello"),
        (b"10%\r 20%\r100%", "100%"),
        (b"a long line\rshort", "shortg line"),
        (b"a long line\r\x1b[Kshort", "short"),
        (b"abc\b\bX", "aXc"),
        (b"a\tb", "a       b"),
        (b"abc\x1b[2DX", "aXc"),
        (b"\x1b[5Gx\x1b[2Cy", "    x  y"),
        (b"abc\x1b[1K", "   "),
        (b"abcdef\x1b[3G\x1b[1Kx", "  xdef"),
        (b"abc\x1b[2Kx", "   x"),
        ("日本\b\bx".encode(), "日x "),
        ("日本\rab\x1b[K".encode(), "ab"),
        ("日本\ra".encode(), "a 本"),
        ("日本\x1b[3D\x1b[K".encode(), " "),
        ("e\u0301t\u0301\u0301".encode(), "e\u0301t\u0301\u0301"),
        (b"\x1b]0;title\x07text", "text"),
        (b"\x1b]52;c;Z2N0dWk=\x1b\\text", "text"),
        (b"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\.", "link."),
        (b"seen\x1b]0;never ends", "seen"),
        (b"\x1bPq#0;2;0;0;0~~\x1b\\text\x1b_apc\x1b\\\x1b^pm\x1b\\", "text"),
        (b"\x1b(0lqk\x1b(B\x1b=\x1b>\x1b7\x1b8", "lqk"),
        (b"\x1b[2J\x1b[H\x1b[?1049h\x1b[10;10Hx\x1b[6n", "x"),
        (b"bell\x07\x00\x0b\x0c", "bell"),
        (b"\xff\xfeok\xc3", "��ok�"),
        (b"\xc2\x9b31mx", "31mx"),
        ("\u202eab".encode(), "�ab"),
        (b"\x1b[999999999999999999999Cx", " " * 1000 + "x"),
        (b"", ""),
    ],
)
def test_a_line_is_what_a_terminal_would_show(raw: bytes, expected: str) -> None:
    assert plain(raw) == expected


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (b"", PLAIN),
        (b"1;31", Sgr(foreground=1, bold=True)),
        (b"97;100", Sgr(foreground=15, background=8)),
        (b"38;5;208;48;5;17", Sgr(foreground=208, background=17)),
        (b"38;2;1;2;3;4", Sgr(foreground=(1, 2, 3), underline=True)),
        (b"38:2::1:2:3", Sgr(foreground=(1, 2, 3))),
        (b"48:5:9;2;3;7;9", Sgr(background=9, dim=True, italic=True, reverse=True, strike=True)),
        (b"58;5;1;4:3", Sgr(underline=True)),
        (b"1;4;22;24", PLAIN),
        (b"31;39;41;49", PLAIN),
        (b"38;2;999;0;0", PLAIN),
        (b"38", PLAIN),
        (b"1;;3", Sgr(italic=True)),
        (b"5;6;8;53;99999999", PLAIN),
    ],
)
def test_attributes_follow_the_sequence(parameters: bytes, expected: Sgr) -> None:
    assert apply(parameters, PLAIN) == expected


def test_attributes_are_carried_from_line_to_line() -> None:
    red = carried_over(b"\x1b[31mred")

    assert red == Sgr(foreground=1)
    assert segments(b"still\x1b[0m plain", red) == (Segment("still", red), Segment(" plain", PLAIN))
    assert carried_over(b"still\x1b[0m plain", red) is PLAIN


def test_overwriting_keeps_the_colour_of_what_stays() -> None:
    red = Sgr(foreground=1)

    assert segments(b"\x1b[31mabc\x1b[0m\rx") == (Segment("x", PLAIN), Segment("bc", red))


def test_coloured_has_attributes_and_nothing_else() -> None:
    raw = b"\x1b]0;t\x07a\x1b[1;38;5;208mb\x1b[Hc\x1b[0;94;48;2;1;2;3md\x1b[m\r"

    expected = "a\x1b[0;1;38;5;208mbc\x1b[0m\x1b[0;94;48;2;1;2;3md\x1b[0m"
    assert coloured(raw) == expected


@given(lines, st.sampled_from([PLAIN, Sgr(bold=True, foreground=3)]))
def test_nothing_but_text_comes_out(raw: bytes, carried: Sgr) -> None:
    shown = segments(raw, carried)

    text = "".join(segment.text for segment in shown)
    assert is_harmless(text)
    assert plain(raw) == text
    assert all(segment.text for segment in shown)
    without = re.sub(r"\x1b\[[0-9;]+m", "", coloured(raw, carried))
    assert without == text


@given(lines, lines)
def test_the_state_carried_is_the_state_of_the_text_after(first: bytes, second: bytes) -> None:
    end = b"\r\x1b[2K\rX"
    *_, last = segments(first + b"\x1b\\" + end)

    assert last.text.endswith("X")
    assert last.sgr == carried_over(first)
    assert carried_over(second, carried_over(first + b"\x1b\\")) == carried_over(first + b"\x1b\\" + second)


@given(st.builds(Sgr, *[st.sampled_from([None, 0, 7, 8, 15, 16, 255, (1, 2, 3)])] * 2, *[st.booleans()] * 6))
def test_a_sequence_says_all_of_the_state(sgr: Sgr) -> None:
    assert carried_over(sgr.sequence().encode(), Sgr(bold=True, background=4)) == sgr


@pytest.mark.parametrize(
    "unit",
    [
        b"\x1b[", b"\x1b]0;", b"\x1b", b"\x1b[1K", b"\r\x1b[999Cx\x1b[1K", b"x\x1b[1K", b"\r", b"\t", b"\b",
        b"\x1b[1;31mx", b"e\xcc\x81", b"\xcc\x81", "日".encode(), b"\x1b[2K\x1b[999Gx", b"\x1b[38;2;1;2;3",
        b"1;", b"\xff",
    ],
)  # fmt: skip
def test_the_longest_line_takes_bounded_work(unit: bytes) -> None:
    raw = b"x" * 16384 + unit * (49152 // len(unit))

    began = time.process_time()
    shown = segments(raw, PLAIN)

    assert time.process_time() - began < 1.5
    assert sum(len(segment.text) for segment in shown) <= 10 * len(raw)
