"""All rings of the session's folder: finds new ones, reads what is new in each.

The observed program can do to that folder what it likes: fill it, put other things there, put another one in its place.
"""

from __future__ import annotations

import errno
import os
import time
from itertools import count

from gctui.monitor.family import MOST_INTERPRETERS
from gctui.monitor.messages import Message, Notice, RingEnded, RingFound, RingRead
from gctui.monitor.process import argv_of, user_of
from gctui.monitor.process_table import runs_on
from gctui.monitor.ring_reader import BadRing, RingReader

#: Rings read at once. A program that makes more processes than this is told of it.
MOST_RINGS = 2000
#: New rings opened and collections read in one poll; what is left comes in the next one.
MOST_NEW, MOST_RECORDS = 1000, 200_000
#: Names in the folder beyond which listing it takes time, and how many of those one listing may bring per second.
MANY_NAMES, NAMES_PER_S = 2000, 20_000
#: Sentences on files that cannot be read. A program can make any number of those.
MOST_COMPLAINTS = 5
#: Seconds between two looks for rings whose processes have ended.
ENDED_EVERY_S = 0.5
#: Seconds between two questions for the user of a process, which only root asks.
USER_EVERY_S = 5.0


class Rings:
    """Reads every ring that processes of the family put into `folder`, and removes those of ended processes: a tmpfs is
    memory, often little, and the program's own shared memory lies there too."""

    def __init__(self, folder: str) -> None:
        self._folder: int | None = None
        self._taken_away: list[Message] = []
        try:
            # Held open: a link or a mount that the program puts in its place later leads nowhere.
            self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            self._taken_away.append(Notice(f"The folder of the flight recorders cannot be opened: {_reason(error)}."))
        self._known: set[str] = set()
        self._numbers = count(1)
        self._readers: dict[int, RingReader] = {}
        self._running: dict[int, tuple[int, int] | None] = {}
        self._user_due: dict[int, float] = {}
        self._look_for_ended = self._list_again = 0.0
        self._complaints = 0
        self._said: set[str] = set()

    def poll(self) -> list[Message]:
        if self._folder is None:
            messages, self._taken_away = self._taken_away, []
            return messages
        now = time.monotonic()
        messages = self._find(self._folder, now) if now >= self._list_again else []
        look = now >= self._look_for_ended
        if look:
            self._look_for_ended = now + ENDED_EVERY_S
        left = MOST_RECORDS
        for number, reader in list(self._readers.items()):
            if left <= 0:
                break
            self._readers[number] = self._readers.pop(number)  # those that wait come first in the next poll
            if look and os.geteuid() == 0 and now >= self._user_due.get(number, 0.0):
                self._user_due[number] = now + USER_EVERY_S
                messages += self._look_at_user(reader.pid)
            read = self._read(number, reader, look)
            messages += read
            left -= sum(len(message.records) for message in read if isinstance(message, RingRead))
            if reader.children_lost:
                messages += self._say_once(
                    f"Child processes of process {reader.pid} could not make a flight recorder: what they collect is "
                    "not seen."
                )
        return messages

    def _read(self, number: int, reader: RingReader, look: bool) -> list[Message]:
        has_ended = look and reader.writer_has_gone()  # asked first: what it wrote is then all there
        try:
            records, missed, running, sites = reader.read()
        except (BadRing, OSError) as error:
            self._forget(number)
            return self._complaint(f"The flight recorder of process {reader.pid} cannot be read: {_reason(error)}.")
        if has_ended:
            running = None
        changed = bool(records or missed or running != self._running.get(number))
        self._running[number] = running
        messages: list[Message] = [RingRead(number, records, missed, running, sites)] if changed else []
        if has_ended:
            self._forget(number)
            self._remove(reader.name)
            messages.append(RingEnded(number, time.monotonic_ns(), runs_on(reader.pid, reader.started_ns)))
        return messages

    def _forget(self, number: int) -> None:
        self._readers.pop(number).close()
        self._running.pop(number, None)
        self._user_due.pop(number, None)

    def _remove(self, name: str) -> None:
        try:
            os.unlink(name, dir_fd=self._folder)
        except OSError:
            pass  # it goes with the folder

    def _find(self, folder: int, now: float) -> list[Message]:
        try:
            names = os.listdir(folder)
        except OSError as error:
            return self._say_once(f"The folder of the flight recorders cannot be read: {_reason(error)}.")
        self._list_again = now + max(len(names) - MANY_NAMES, 0) / NAMES_PER_S
        self._known.intersection_update(names)
        new = sorted(name for name in names if name.endswith(".ring") and name not in self._known)
        messages: list[Message] = []
        found: list[RingFound] = []
        for name in new[:MOST_NEW]:
            if len(self._readers) >= MOST_RINGS:
                messages += self._say_once(
                    f"More than {MOST_RINGS:,} processes at once: the others are read when some of these have ended."
                )
                break
            try:
                reader = RingReader(name, folder)
            except FileNotFoundError:
                continue
            except (BadRing, OSError) as error:
                if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
                    messages += self._say_once(
                        "Too many files are open: some processes are not read now. Raise the limit with ulimit -n."
                    )
                    break
                self._known.add(name)
                messages += self._complaint(f"The flight recorder {name} cannot be read: {_reason(error)}.")
                continue
            self._known.add(name)
            number = next(self._numbers)
            self._readers[number] = reader
            argv = argv_of(reader.pid)
            found.append(
                RingFound(number, reader.pid, reader.ppid, reader.interpreter, reader.python, reader.started_ns, argv)
            )
            if number > MOST_INTERPRETERS:
                messages += self._say_once(
                    f"More than {MOST_INTERPRETERS:,} processes and interpreters: the later ones are not counted."
                )
        return [*messages, *sorted(found, key=lambda ring: ring.started_ns)]

    def _look_at_user(self, pid: int) -> list[Message]:
        """A program that gives up root's rights can no longer enter root's folder, and nor can what it starts."""
        if "user" in self._said or user_of(pid) in (None, os.geteuid()):
            return []
        self._said.add("user")
        return [
            Notice(
                f"Process {pid} has given up root's rights: processes that it starts from now on cannot write into "
                "gctui's folder and are not recorded."
            )
        ]

    def _say_once(self, text: str) -> list[Message]:
        if text in self._said:
            return []
        self._said.add(text)
        return [Notice(text)]

    def _complaint(self, text: str) -> list[Message]:
        self._complaints += 1
        if self._complaints > MOST_COMPLAINTS:
            return []
        more = " Further ones are not mentioned." if self._complaints == MOST_COMPLAINTS else ""
        return [Notice(text + more)]

    def close(self) -> None:
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()
        if self._folder is not None:
            os.close(self._folder)
            self._folder = None


def _reason(error: BadRing | OSError) -> str:
    return str(error.strerror) if isinstance(error, OSError) else str(error)
