"""All rings of the session's folder: finds new ones, reads what is new in each."""

from __future__ import annotations

import os
import time
from itertools import count

from gctui.monitor.messages import Message, Notice, RingFound, RingRead
from gctui.monitor.process import argv_of
from gctui.monitor.ring_reader import BadRing, RingReader

#: Rings read at once. A program that makes more processes than this is told of it.
MOST_RINGS = 500


#: Seconds between two looks for rings whose processes have ended.
ENDED_EVERY_S = 0.5


class Rings:
    """Reads every ring that processes of the family put into `folder`, and removes those of ended processes: a tmpfs is
    memory, often little, and the program's own shared memory lies there too."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._known: set[str] = set()
        self._numbers = count(1)
        self._readers: dict[int, RingReader] = {}
        self._running: dict[int, tuple[int, int] | None] = {}
        self._look_for_ended = 0.0

    def poll(self) -> list[Message]:
        messages = self._find()
        now = time.monotonic()
        look = now >= self._look_for_ended
        if look:
            self._look_for_ended = now + ENDED_EVERY_S
        for number, reader in list(self._readers.items()):
            has_ended = look and reader.writer_has_gone()  # asked first: what it wrote is then all there
            try:
                records, missed, running, sites = reader.read()
            except (BadRing, OSError) as error:
                self._forget(number)
                messages.append(Notice(f"The flight recorder of process {reader.pid} cannot be read: {error}."))
                continue
            if has_ended:
                running = None
            if records or missed or running != self._running.get(number):
                self._running[number] = running
                messages.append(RingRead(number, records, missed, running, sites))
            if has_ended:
                self._forget(number)
                _remove(reader.path)
        return messages

    def _forget(self, number: int) -> None:
        self._readers.pop(number).close()
        self._running.pop(number, None)

    def _find(self) -> list[Message]:
        try:
            names = sorted(name for name in os.listdir(self._folder) if name.endswith(".ring"))
        except OSError:
            return []
        self._known &= set(names)
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
            number = next(self._numbers)
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


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass  # it goes with the folder
