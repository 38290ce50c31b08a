"""All rings of the session's folder: finds new ones, reads what is new in each."""

from __future__ import annotations

import os

from gctui.monitor.messages import Message, Notice, RingFound, RingRead
from gctui.monitor.process import argv_of
from gctui.monitor.ring_reader import BadRing, RingReader

#: Rings read at once. A program that makes more processes than this is told of it.
MOST_RINGS = 500


class Rings:
    """Reads every ring that processes of the family put into `folder`."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._known: set[str] = set()
        self._readers: dict[int, RingReader] = {}
        self._running: dict[int, tuple[int, int] | None] = {}

    def poll(self) -> list[Message]:
        messages = self._find()
        for number, reader in list(self._readers.items()):
            try:
                records, missed, running, sites = reader.read()
            except (BadRing, OSError) as error:
                reader.close()
                del self._readers[number]
                messages.append(Notice(f"The flight recorder of process {reader.pid} cannot be read: {error}."))
                continue
            if records or missed or running != self._running.get(number):
                self._running[number] = running
                messages.append(RingRead(number, records, missed, running, sites))
        return messages

    def _find(self) -> list[Message]:
        try:
            names = sorted(name for name in os.listdir(self._folder) if name.endswith(".ring"))
        except OSError:
            return []
        messages: list[Message] = []
        found: list[RingFound] = []
        for name in names:
            if name in self._known:
                continue
            self._known.add(name)
            if len(self._readers) >= MOST_RINGS:
                messages.append(Notice(f"More than {MOST_RINGS} processes: {name} is not read."))
                continue
            try:
                reader = RingReader(os.path.join(self._folder, name))
            except (BadRing, OSError) as error:
                messages.append(Notice(f"The flight recorder {name} cannot be read: {error}."))
                continue
            number = len(self._known)
            self._readers[number] = reader
            argv = argv_of(reader.pid)
            found.append(
                RingFound(number, reader.pid, reader.ppid, reader.interpreter, reader.python, reader.started_ns, argv)
            )
        return [*messages, *sorted(found, key=lambda ring: ring.started_ns)]

    def close(self) -> None:
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()
