"""Finds the lines of output that contain a text, in small steps, so that no amount of output holds up the screen."""

from __future__ import annotations

from bisect import bisect_left
from time import perf_counter

from gctui.monitor.output import Output


class OutputSearch:
    """The numbers of the lines that contain `text`, case ignored, oldest first."""

    def __init__(self, output: Output, text: str) -> None:
        self._output = output
        self._text = text.casefold()
        self._numbers: list[int] = []
        self._next = output.first

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, index: int) -> int:
        return self._numbers[index]

    def place(self, number: int) -> int:
        """How many of the lines found come before that one."""
        return bisect_left(self._numbers, number)

    def advance(self, first: int, end: int, seconds: float) -> bool:
        """Look at lines up to `end` - 1 for about so long, and forget those before `first`; whether all are done.

        The last line may still grow, so it is looked at again each time.
        """
        del self._numbers[: self.place(first)]
        del self._numbers[self.place(self._next) :]
        number, until = max(self._next, first), perf_counter() + seconds
        while number < end and perf_counter() < until:
            if self._contains(number):
                self._numbers.append(number)
            number += 1
        self._next = number - 1 if number == end > first else number
        return number >= end

    def _contains(self, number: int) -> bool:
        try:
            return self._text in self._output.line(number).plain.casefold()
        except IndexError:  # dropped since
            return False
