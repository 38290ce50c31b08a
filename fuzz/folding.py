"""A session over messages that somebody made up, and what has to hold of everything that comes out of it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from gctui.export import summary_json, summary_text
from gctui.monitor.history import MOST_BUCKETS
from gctui.monitor.messages import GaugesRead, Message
from gctui.monitor.model import Answer, Snapshot
from gctui.monitor.objects import Census, ObjectsRead, matching_types, type_rows
from gctui.monitor.pauses import Span
from gctui.monitor.settings import MOST_CHANGES
from gctui.monitor.source import ProgramStatus
from gctui.monitor.summary import summarise
from gctui.monitor.verdict import verdict
from gctui.monitor.watch import MOST_NOTICES, WatchSession
from tests.fakes import FakeSource

_NOTHING = ((0, 0, 0), (0, 0, 0), (0, 0, 0))
GAUGES = GaugesRead(1, (1, 2, 3), (700, 10, 10), True, 0, 0, _NOTHING, 5, 100, 200, 50, 0, 0, 0, dropped=3)

#: Ten seconds after the program began: the time line is short, which saves most of the time that an input takes.
NOW_NS = 10_000_000_000

#: Characters of a notice that a screen can still show.
LONGEST_NOTICE = 2000
#: Rows of a histogram: two for each power of ten from a microsecond to minutes.
MOST_ROWS = 20
SPANS: tuple[Span, Span] = ("run", "minute")


class Folding:
    """Takes messages in portions, as ticks do."""

    def __init__(self) -> None:
        self._source = FakeSource()
        self.session = WatchSession(self._source, lambda: NOW_NS)
        self.session.want_allocations(True)
        self._census: Census | None = None

    def fold(self, messages: Iterable[Message]) -> Snapshot:
        """One tick."""
        self._source.messages = list(messages)
        snapshot = self.session.tick()
        assert len(snapshot.timeline) <= MOST_BUCKETS
        assert len(snapshot.notices) <= MOST_NOTICES
        assert all(len(notice) <= LONGEST_NOTICE for notice in snapshot.notices)
        assert len(snapshot.changes) <= MOST_CHANGES and all(str(change).isprintable() for change in snapshot.changes)
        assert 0 <= snapshot.paused_share <= 1 and 0 <= snapshot.paused_share_total <= 1
        for span in SPANS:
            self._look_at_pauses(snapshot, span)
        for read in snapshot.objects:
            self._look(read)
        if snapshot.log.end > snapshot.log.first:
            str(snapshot.log[snapshot.log.first].site), str(snapshot.log[snapshot.log.end - 1].site)
        return snapshot

    def _look(self, read: ObjectsRead) -> None:
        """What the screen makes of an answer about objects."""
        if isinstance(read, Census):
            rows = type_rows(read, self._census)
            assert all(one.type.full_name is not None for one in matching_types(rows, "!a"))
            before = self._census or read
            found = verdict(self._census, before, read, Answer(0, "collect", ""))
            assert found.text.isprintable()
            self._census = read

    def _look_at_pauses(self, snapshot: Snapshot, span: Span) -> None:
        figures = snapshot.pauses.figures(span, snapshot.taken_ns)
        assert 0 <= figures.throughput <= 1 and len(figures.histogram) <= MOST_ROWS
        assert all(one.minimum is None or 0 <= one.minimum <= 1 for one in figures.utilisations)
        assert sum(sum(one.collections) for one in figures.histogram) == figures.all.events
        for trigger in snapshot.pauses.triggers(span, snapshot.taken_ns)[:3]:
            for number in snapshot.pauses.numbers(trigger, 10):
                assert snapshot.log[number].generation in range(3)

    def end(self) -> str:
        """The program ends; what is left on the terminal. The JSON summary has to be JSON."""
        self._source.ended = ProgramStatus(ended_ns=NOW_NS, signal=9)
        summary = summarise(self.fold([]), self.session.processes())
        text = summary_text.render(summary) + summary_text.allocations(summary)
        assert text.endswith("\n") and all(line.isprintable() for line in text[:-1].split("\n"))
        json.loads(summary_json.render(summary), parse_constant=_refuse)
        return text


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")
