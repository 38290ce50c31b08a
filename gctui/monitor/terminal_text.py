"""Hostile text made harmless: names for one line of the screen, and a program's output with its colours.

What a program prints or calls its files never reaches the user's terminal as it is. `printable` is for names;
`segments`, `plain` and `coloured` are for one line of output, of which they keep the text and the attributes
(colour, bold, ...) and drop every other escape sequence: titles, clipboard, links, charsets, jumps to other
lines, the bell. No control character ever comes out, save the sequences that `coloured` writes itself.

The grammar is that of ECMA-48 with one simplification: ESC always begins a new sequence, and none reaches
over the end of a line. All work is linear in the length of the line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from gctui.monitor.sgr import PLAIN, SGR, Sgr, apply

TAB = 8
"""Columns between the tab stops of a program's terminal."""
NAME_TAB = 4
"""Columns between tab stops in names and source lines."""
REACH = 1000
"""Furthest column to which a cursor movement alone can go; text can be longer."""

_RESETS = (b"\x1b[0m", b"\x1b[m")
_UNSURE = re.compile(r"[^ -~]+")
_SEQUENCE = r"\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|[ -/]*[0-~]?)"
_TOKEN = re.compile(rf"[^\x00-\x1f\x7f-\x9f]+|{_SEQUENCE}|[\x00-\x1f\x7f-\x9f]")
_CURSOR = re.compile(r"[\x08\t\r]|\x1b\[[0-?]*[CDG]|\x1b\[[12]K")
_SILENT = re.compile(rf"{_SEQUENCE}|[\x00-\x1f\x7f-\x9f]")


class Segment(NamedTuple):
    """A stretch of a line with one set of attributes."""

    text: str
    sgr: Sgr


def printable(text: str) -> str:
    """The same text on one line, with a visible sign for everything that could steer a terminal or hide.

    Controls become their pictures (ESC is `␛`, a newline `␊`); C1 controls, bidi and other format controls,
    lone surrogates and unassigned characters `�`; every kind of space a space. Free for clean text.
    """
    if text.isprintable():
        return text
    return _UNSURE.sub(_harmless, text.expandtabs(NAME_TAB))


def _harmless(match: re.Match[str]) -> str:
    run = match.group()
    return run if run.isprintable() else "".join(map(_visible, run))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return {"Zs": " ", "Co": character}.get(unicodedata.category(character), "�")


def segments(raw: bytes, carried: Sgr = PLAIN) -> tuple[Segment, ...]:
    """What a terminal would show of one line of output, where `carried` holds at its beginning.

    The line may end in CR and must not contain a newline. Invalid UTF-8 becomes `�`.
    """
    text = _decode(raw)
    if text.isprintable():
        return (Segment(text, carried),) if text else ()
    line = _Line(carried)
    for token in _TOKEN.findall(text):
        line.take(token)
    return line.segments()


def plain(raw: bytes) -> str:
    """The text of one line of output, without attributes."""
    text = _decode(raw)
    if text.isprintable():
        return text
    if text.isascii() and not _CURSOR.search(text):
        return _SILENT.sub("", text)
    return "".join(segment.text for segment in segments(raw))


def coloured(raw: bytes, carried: Sgr = PLAIN) -> str:
    """One line of output with SGR as its only escapes: safe to print to a real terminal. Ends plain."""
    return "".join(
        f"{segment.sgr.sequence()}{segment.text}\x1b[0m" if segment.sgr is not PLAIN else segment.text
        for segment in segments(raw, carried)
    )


def carried_over(raw: bytes, carried: Sgr = PLAIN) -> Sgr:
    """The attributes that hold after `raw`, where `carried` holds before it."""
    if raw.startswith(_RESETS, raw.rfind(b"\x1b[")):
        return PLAIN
    for parameters in SGR.findall(raw):
        carried = apply(parameters, carried)
    return carried


def _decode(raw: bytes) -> str:
    return raw.rstrip(b"\r").decode("utf-8", "replace")


def _width(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return 0 if unicodedata.category(character) in ("Mn", "Me") else 1


class _Line:
    """One line of a terminal: a cursor over cells. A wide character is followed by an empty cell."""

    def __init__(self, sgr: Sgr) -> None:
        self._sgr = sgr
        self._column = 0
        self._cells: list[str] = []
        self._styles: list[Sgr] = []
        self._blank = 0
        """So many cells at the beginning are known to be erased, and need not be erased again."""

    def take(self, token: str) -> None:
        first = token[0]
        if first == "\r":
            self._column = 0
        elif first == "\b":
            self._column = max(0, self._column - 1)
        elif first == "\t":
            self._advance(TAB - self._column % TAB)
        elif token.startswith("\x1b["):
            self._control(token[2:-1], token[-1])
        elif first >= " " and not "\x7f" <= first <= "\x9f":
            self._write(printable(token))

    def segments(self) -> tuple[Segment, ...]:
        found: list[Segment] = []
        start = 0
        for end in range(1, len(self._cells) + 1):
            if end == len(self._cells) or self._styles[end] is not self._styles[start]:
                found.append(Segment("".join(self._cells[start:end]), self._styles[start]))
                start = end
        return tuple(found)

    def _control(self, parameters: str, final: str) -> None:
        if final == "m":
            if parameters.isascii() and not parameters.strip("0123456789:;"):
                self._sgr = apply(parameters.encode(), self._sgr)
        elif final in "CDG" and not parameters.strip("0123456789"):
            count = min(int(parameters[:6] or 1), REACH) or 1
            if final == "C":
                self._advance(count)
            elif final == "D":
                self._column = max(0, self._column - count)
            else:
                self._column = count - 1
        elif final == "K" and parameters in ("", "0", "1", "2"):
            self._erase(parameters or "0")

    def _advance(self, columns: int) -> None:
        self._column = max(self._column, min(self._column + columns, REACH))

    def _erase(self, what: str) -> None:
        if what != "0":
            until = min(self._column + 1, len(self._cells))
            if until > self._blank:
                blanks = until - self._blank
                self._cells[self._blank : until] = [" "] * blanks
                self._styles[self._blank : until] = [PLAIN] * blanks
                self._mend(until)
                self._blank = until
        if what != "1":
            self._mend(self._column)
            del self._cells[self._column :], self._styles[self._column :]
            self._blank = min(self._blank, len(self._cells))

    def _mend(self, column: int) -> None:
        """Before `column` is cut: a wide character that would lose one half becomes spaces."""
        if 0 < column < len(self._cells) and not self._cells[column]:
            self._cells[column - 1 : column + 1] = "  "

    def _write(self, text: str) -> None:
        missing = self._column - len(self._cells)
        if missing > 0:
            self._cells.extend(" " * missing)
            self._styles.extend([PLAIN] * missing)
        self._blank = min(self._blank, self._column)
        if text.isascii():
            self._put(text)
            return
        for character in text:
            width = _width(character)
            if width:
                self._put((character, "")[:width])
            elif self._column:
                self._combine(character)

    def _put(self, cells: Iterable[str] | tuple[str, ...]) -> None:
        new = list(cells)
        end = self._column + len(new)
        self._mend(self._column)
        self._mend(end)
        self._cells[self._column : end] = new
        self._styles[self._column : end] = [self._sgr] * len(new)
        self._column = end

    def _combine(self, mark: str) -> None:
        """A mark joins the character before it; a few are enough for any script."""
        column = self._column - 1
        if not self._cells[column] and column:
            column -= 1
        if len(self._cells[column]) < 5:
            self._cells[column] += mark
