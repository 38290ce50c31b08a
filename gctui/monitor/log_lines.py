"""What stands on each line of the collection log: collections, and between them, in time, what was set of the
collector."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from gctui.monitor.log_filter import LogFilter, LogSearch
from gctui.monitor.model import CollectionLog
from gctui.monitor.settings import SettingsChange

_COLLECTION = -1


class Place(NamedTuple):
    """Which line it is, whatever comes and goes around it."""

    number: int
    """Of the collection, or of the one that a change stands before."""
    made_ns: int = _COLLECTION
    """When the change was made."""


class LogLines:
    """Lines are found when they are asked for, by bisection: nothing is kept per line but what the filter found."""

    def __init__(self, log: CollectionLog, wanted: LogFilter) -> None:
        self.log = log
        self._wanted = wanted
        self._search = LogSearch(log, wanted) if wanted.chooses_collections else None
        self._first = self._end = log.first
        self._all: tuple[SettingsChange, ...] = ()
        self._places: list[int] = []
        """For each change the number of the collection that it stands before; ascending."""
        self._changes: tuple[SettingsChange, ...] = ()
        self._before: list[int] = []
        """Those that the filter lets through, and their places."""

    def update(self, first: int, end: int, changes: tuple[SettingsChange, ...]) -> None:
        """Show the collections `first` to `end` - 1, and these changes, as far as the filter lets them through."""
        known, open_end = {id(one): number for one, number in zip(self._all, self._places, strict=True)}, self._end
        self._first, self._end, self._all, self._places = first, end, changes, []
        if self._search is not None:
            self._search.drop(first)
        least = first
        for one in changes:
            number = known.get(id(one))
            if number is None or number >= open_end:  # new, or as yet with nothing after it
                number = self._place(one, number or first)
            least = max(least, number)
            self._places.append(least)
        self._choose()

    def _choose(self) -> None:
        """The changes that the filter lets through."""
        if not self._wanted.words and self._wanted.changes:
            self._changes, self._before = self._all, self._places
            return
        chosen = [at for at, one in enumerate(self._all) if self._wanted.fits_change(str(one))]
        self._changes = tuple(self._all[at] for at in chosen)
        self._before = [self._places[at] for at in chosen]

    def _place(self, change: SettingsChange, first: int) -> int:
        """The first collection, from `first` on, that began after it."""
        first, log = max(first, self._first, self.log.first), self.log
        held = range(first, max(first, self._end))
        return first + bisect_right(held, change.made_ns, key=lambda number: log[number].started_ns)

    def filtered(self, wanted: LogFilter) -> LogLines:
        """The same under another filter."""
        made = LogLines(self.log, wanted)
        made._first, made._end, made._all, made._places = self._first, self._end, self._all, self._places
        made._choose()
        return made

    @property
    def held(self) -> int:
        """All lines that there are without a filter."""
        return self._end - self._first + len(self._all)

    @property
    def is_filtered(self) -> bool:
        return self._wanted != LogFilter()

    def __len__(self) -> int:
        return self._matches_before(self._end) + len(self._changes)

    def __getitem__(self, line: int) -> int | SettingsChange:
        """The number of a collection, or a change."""
        changes = self._changes_before(line)
        if changes < len(self._changes) and self._line_of_change(changes) == line:
            return self._changes[changes]
        return self._search[line - changes] if self._search is not None else self._first + line - changes

    def place(self, line: int) -> Place:
        """Where that line is."""
        shown = self[line]
        if isinstance(shown, int):
            return Place(shown)
        return Place(self._before[self._changes_before(line)], shown.made_ns)

    def line(self, place: Place) -> int:
        """The line of a place; where that is not shown, the one that follows."""
        if place.made_ns == _COLLECTION:
            changes = bisect_right(self._before, place.number)
        else:
            changes = bisect_left(self._changes, place.made_ns, key=lambda change: change.made_ns)
        return self._matches_before(place.number) + changes

    def _changes_before(self, line: int) -> int:
        return bisect_left(range(len(self._changes)), line, key=self._line_of_change)

    def _line_of_change(self, index: int) -> int:
        return self._matches_before(self._before[index]) + index

    def _matches_before(self, number: int) -> int:
        """Collections that are shown and older than that one."""
        if not self._wanted.collections:
            return 0
        if self._search is not None:
            return self._search.place(number)
        return min(max(number, self._first), self._end) - self._first

    # --- searching ----------------------------------------------------------------------------------------------------

    @property
    def is_done(self) -> bool:
        """Every collection has been looked at."""
        return self._search is None or self._search.done(self._end)

    @property
    def progress(self) -> float:
        """How much has been looked at, 0 to 1."""
        return 1.0 if self._search is None else self._search.progress(self._end)

    def advance(self, limit: int) -> None:
        """Look at so many more collections at most."""
        if self._search is not None:
            self._search.advance(self._end, limit)
