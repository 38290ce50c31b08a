"""Reads flight recorders. The file belongs to the observed program: it is read, never mapped, so that a program that
truncates it cannot raise SIGBUS here, and every word in it is checked before it is used."""

from __future__ import annotations

import fcntl
import os
import stat
from struct import Struct

from gctui.agent import wire
from gctui.monitor import layouts
from gctui.monitor.messages import Record
from gctui.monitor.model import Site

_WORD = Struct("<Q")

_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY

#: Sites named of one ring. Twice what the recorder remembers; their names together fit into the site area.
MOST_SITES = 4096

NO_FRAME = Site("", 0, "(no Python code was running)")
_SPECIAL = {
    wire.NO_SITE: NO_FRAME,
    wire.FORCED_SITE: Site("", 0, "(asked for by gctui)"),
    wire.PROBE_SITE: Site("", 0, "(gctui's cycle probe)"),
    wire.AGENT_SITE: Site("", 0, "(gctui's own allocations)"),
}


class BadRing(Exception):
    """The file is not a ring of ours, or not any more; the message says what was wrong."""


def _refuse_unless_ring(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise BadRing("it is not a regular file")
    if found.st_uid != os.geteuid():
        raise BadRing("it belongs to another user")


class RingReader:
    """One ring file. OSError or BadRing when it cannot be read as one."""

    def __init__(self, name: str, folder: int | None = None) -> None:
        """`name` is a path, or the name of a file in the open `folder`."""
        self.name = name
        # Looked at first: opening alone wakes whoever waits at the other end of a FIFO, or rewinds a tape.
        _refuse_unless_ring(os.stat(name, dir_fd=folder, follow_symlinks=False))
        self._descriptor = os.open(name, _FLAGS, dir_fd=folder)
        try:
            _refuse_unless_ring(os.fstat(self._descriptor))
            header = self._header()
        except BaseException:
            os.close(self._descriptor)
            raise
        self.pid, self.ppid, self.interpreter = header[wire.PID], header[wire.PARENT], header[wire.INTERPRETER]
        self.started_ns, self.capacity = header[wire.STARTED], header[wire.CAPACITY]
        version = header[wire.VERSION]
        self.python = f"{version >> 24 & 0xFF}.{version >> 16 & 0xFF}.{version >> 8 & 0xFF}"
        self.children_lost = 0
        """Forked children that could make no ring of their own, as of the last reading."""
        self._next = 0
        self._sites: set[int] = set()
        self._room_for_names = wire.SITES_SIZE

    def _header(self) -> tuple[int, ...]:
        data = os.pread(self._descriptor, layouts.HEADER.size, 0)
        if len(data) != layouts.HEADER.size:
            raise BadRing("the ring was cut off")
        words = layouts.HEADER.unpack(data)
        if words[wire.MAGIC] != wire.RING_MAGIC or words[wire.FORMAT] != wire.RING_FORMAT:
            raise BadRing("the ring has another format")
        if (
            words[wire.CAPACITY] not in wire.CAPACITIES
            or not 0 < words[wire.PID] < 1 << 31
            or max(words[wire.PARENT], words[wire.INTERPRETER], words[wire.STARTED]) >= 1 << 63
        ):
            raise BadRing("the ring's header is damaged")
        return words

    def read(self) -> tuple[list[Record], int, tuple[int, int] | None, dict[int, Site]]:
        """What is new: (records, number missed, collection that is running, sites named for the first time)."""
        header = self._header()
        written, running, self.children_lost = (
            header[word] for word in (wire.WRITTEN, wire.RUNNING, wire.CHILDREN_LOST)
        )
        if not self._next <= written < 1 << 62:
            raise BadRing("the ring counts backwards")
        records: list[Record] = []
        missed = 0
        if written > self._next:
            records, missed = self._copy(self._next, written)
            self._next = written
        sites = {}
        for record in records:
            if record[6] not in self._sites and len(self._sites) < MOST_SITES:
                self._sites.add(record[6])
                sites[record[6]] = self._site(record[6])
        return records, missed, (running & 3, running >> 2) if running else None, sites

    def _copy(self, start: int, written: int) -> tuple[list[Record], int]:
        capacity, size = self.capacity, layouts.RECORD.size
        first = max(start, written - capacity)
        data, at = b"", first
        while at < written:
            slots = min(written - at, capacity - at % capacity)
            part = os.pread(self._descriptor, slots * size, wire.RECORDS_OFFSET + at % capacity * size)
            if len(part) != slots * size:
                raise BadRing("the ring was cut off")
            data += part
            at += slots
        again = os.pread(self._descriptor, _WORD.size, wire.WRITTEN * 8)
        safe = max(first, _WORD.unpack(again)[0] - capacity + 1) if len(again) == _WORD.size else written
        records = [
            record
            for number, record in enumerate(layouts.RECORD.iter_unpack(data), first)
            if number >= safe and record[7] == number + 1
        ]
        return records, written - start - len(records)

    def _site(self, offset: int) -> Site:
        if offset in _SPECIAL:
            return _SPECIAL[offset]
        if offset + layouts.SITE.size > wire.SITES_SIZE:
            return NO_FRAME
        head = os.pread(self._descriptor, layouts.SITE.size, wire.SITES_OFFSET + offset)
        if len(head) != layouts.SITE.size:
            return NO_FRAME
        line, name_length, function_length = layouts.SITE.unpack(head)
        start = wire.SITES_OFFSET + offset + layouts.SITE.size
        length = min(name_length + function_length, wire.SITES_OFFSET + wire.SITES_SIZE - start, self._room_for_names)
        names = os.pread(self._descriptor, length, start)
        self._room_for_names -= len(names)
        name, function = names[:name_length], names[name_length : name_length + function_length]
        return Site(name.decode("utf-8", "replace"), line, function.decode("utf-8", "replace"))

    def writer_has_gone(self) -> bool:
        """Whether no process maps the ring any more: its lock is free, so nothing more will be written."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def close(self) -> None:
        os.close(self._descriptor)
