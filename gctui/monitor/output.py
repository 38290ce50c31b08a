"""What the program printed to its terminal: raw lines, bounded in number, bytes and length.

Lines are kept as they came and looked at only when they are shown; the one thing followed all along is the colour
that one line leaves on for the next. So 200 MB of output costs little more than splitting it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import islice
from threading import Lock

from gctui.monitor.sgr import PLAIN, Sgr
from gctui.monitor.terminal_text import carried_over, coloured, plain

MAX_LINES = 20_000
MAX_BYTES = 8 << 20
LINE_LIMIT = 64 << 10
"""Bytes kept of one line; the rest of it is counted."""
REWRITE_LIMIT = 4 << 10
"""A line that grows over this many bytes forgets what CR has overwritten, as progress bars do for ever."""


@dataclass(frozen=True, slots=True)
class OutputLine:
    """One line as it came, its newline left out."""

    raw: bytes
    carried: Sgr
    """The attributes that hold at its beginning."""
    truncated: int
    """Bytes at its end that were not kept."""
    finished: bool
    """Its newline has come."""

    @property
    def plain(self) -> str:
        """Its harmless text."""
        return plain(self.raw)

    @property
    def coloured(self) -> str:
        """Its text with colours and no other escapes."""
        return coloured(self.raw, self.carried)


class Output:
    """Lines by number, from 0: `first` to `end` - 1 are held, the last one possibly unfinished.

    Safe for one thread that feeds and any number that read; each call holds a lock for as long as one chunk is
    split. Between two calls lines may be dropped, so that `line` raises IndexError for a number just seen.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._lines: deque[bytes] = deque(maxlen=MAX_LINES)
        self._bytes = 0
        """Of the finished lines held, newlines left out."""
        self._finished = 0
        self._pending = bytearray()
        self._pending_lost = 0
        self._sgr = PLAIN
        """At the beginning of the pending line."""
        self._carried: dict[int, Sgr] = {}
        """Where it is not plain, by line number."""
        self._truncated: dict[int, int] = {}
        """Where it is not 0, by line number."""
        self._received = 0
        self._dropped = 0

    @property
    def first(self) -> int:
        """Number of the oldest line held."""
        with self._lock:
            return self._first

    @property
    def end(self) -> int:
        """One more than the number of the newest line."""
        with self._lock:
            return self._finished + bool(self._pending)

    @property
    def received(self) -> int:
        """Bytes fed so far. While it stays the same, nothing has changed."""
        return self._received

    @property
    def dropped(self) -> int:
        """Bytes no longer kept: old lines and the ends of very long ones. What CR overwrote does not count."""
        return self._dropped

    def line(self, number: int) -> OutputLine:
        """IndexError when it is not held."""
        with self._lock:
            return self._line(number)

    def tail(self, count: int) -> list[OutputLine]:
        """The last `count` lines, or as many as there are."""
        with self._lock:
            end = self._finished + bool(self._pending)
            return [self._line(number) for number in range(max(self._first, end - count), end)]

    def feed(self, data: bytes) -> None:
        """Add what the program printed, cut anywhere."""
        if not data:
            return
        with self._lock:
            self._received += len(data)
            head, *middle = data.split(b"\n")
            self._extend(head)
            if middle:
                tail = middle.pop()
                self._finish()
                if middle:
                    self._add(middle)
                self._extend(tail)

    def lose(self, size: int) -> None:
        """Count output that never came this far, bytes."""
        with self._lock:
            self._dropped += size

    @property
    def _first(self) -> int:
        return self._finished - len(self._lines)

    def _line(self, number: int) -> OutputLine:
        carried = self._carried.get(number, PLAIN)
        if self._first <= number < self._finished:
            raw = self._lines[number - self._first]
            return OutputLine(raw, carried, self._truncated.get(number, 0), True)
        if number == self._finished and self._pending:
            return OutputLine(bytes(self._pending), self._sgr, self._pending_lost, False)
        raise IndexError(number)

    def _extend(self, data: bytes) -> None:
        """Add to the pending line."""
        self._pending += data
        if len(self._pending) > REWRITE_LIMIT:
            self._forget_rewritten()
        if len(self._pending) > LINE_LIMIT:
            lost = len(self._pending) - LINE_LIMIT
            del self._pending[LINE_LIMIT:]
            self._pending_lost += lost
            self._dropped += lost

    def _forget_rewritten(self) -> None:
        """Keep what follows the last CR that has anything after it, and one CR at the end."""
        text_end = len(self._pending.rstrip(b"\r"))
        del self._pending[text_end + 1 :]
        start = self._pending.rfind(b"\r", 0, text_end) + 1
        if start:
            self._sgr = carried_over(bytes(self._pending[:start]), self._sgr)
            del self._pending[:start]
            self._pending_lost = 0

    def _finish(self) -> None:
        """The pending line got its newline. After a line that lost its end the colour is anyone's guess: plain."""
        raw = bytes(self._pending)
        self._note_carried(self._finished)
        if self._pending_lost:
            self._truncated[self._finished] = self._pending_lost
            self._sgr = PLAIN
        elif b"\x1b" in raw:
            self._sgr = carried_over(raw, self._sgr)
        self._pending.clear()
        self._pending_lost = 0
        self._push([raw])

    def _add(self, lines: list[bytes]) -> None:
        """Add whole lines; nothing is pending."""
        if max(map(len, lines)) > REWRITE_LIMIT:
            for line in lines:
                self._extend(line)
                self._finish()
            return
        if self._sgr is not PLAIN or b"\x1b" in b"".join(lines):
            for number, line in enumerate(lines, self._finished):
                self._note_carried(number)
                if b"\x1b" in line:
                    self._sgr = carried_over(line, self._sgr)
        self._push(lines)

    def _note_carried(self, number: int) -> None:
        if self._sgr is not PLAIN:
            self._carried[number] = self._sgr

    def _push(self, lines: list[bytes]) -> None:
        """Append finished lines and let old ones go, so that the bounds hold."""
        before = self._first
        surplus = len(self._lines) + len(lines) - MAX_LINES
        if surplus > 0:
            falling = [*islice(self._lines, surplus), *lines[: max(0, len(lines) - MAX_LINES)]]
            self._let_go(sum(map(len, falling)), surplus)
        self._bytes += sum(map(len, lines))
        self._lines.extend(lines)
        self._finished += len(lines)
        while self._bytes > MAX_BYTES:
            self._let_go(len(self._lines.popleft()), 1)
        for notes in (self._carried, self._truncated):
            if notes:
                for number in range(before, self._first):
                    notes.pop(number, None)

    def _let_go(self, lost: int, lines: int) -> None:
        self._bytes -= lost
        self._dropped += lost + lines
