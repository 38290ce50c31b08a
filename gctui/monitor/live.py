"""A live program as a source: one thread reads its channels, rings and terminal, whatever the screen is doing."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections import deque
from socket import socket

from gctui.agent import wire
from gctui.monitor import keeper, layouts
from gctui.monitor.door import MOST_VISITORS, Door, Visitor
from gctui.monitor.errors import GctuiError
from gctui.monitor.launch import Launch
from gctui.monitor.messages import ChannelClosed, Message, Notice, RingRead
from gctui.monitor.open_files import OpenFiles
from gctui.monitor.output import Output
from gctui.monitor.pipe import Pipe
from gctui.monitor.rings import MOST_RINGS, Rings
from gctui.monitor.source import ProgramStatus

#: The rings are read this often even when nobody polls; and more often while a reading brings so many records that the
#: program might overwrite some of the 2048 that a ring holds.
RING_INTERVAL_S, BUSY_INTERVAL_S = 0.05, 0.01
BUSY_RECORDS = 1000
#: Those that come in by the door are heard this often, and so several at once: a child that lives for 10 ms connects,
#: says hello, goodbye, and is gone, and each time the system would have to wake the reader for it.
VISITORS_INTERVAL_S = 0.02
#: Whether the owner of the channel is alive is asked this often.
OWNER_INTERVAL_S = 0.5
#: When so much waits to be polled, nothing more is read: the rings count what they overwrite, the agent what it drops.
MOST_RECORDS, MOST_MESSAGES, MOST_BYTES = 400_000, 20_000, 64 << 20
#: Packets of output read in one go, so that a program that prints without end does not keep the rings waiting.
MOST_PACKETS = 64
#: Looks at the visitors when the program has ended, before its end is said.
MOST_LAST_LOOKS = 3
#: Files that the monitor needs beside rings and connections.
OTHER_FILES = 100
#: How long the output of a program that has ended is waited for, when a child of it keeps its terminal open.
LAST_OUTPUT_S = 0.2


class LiveSource:
    """A `Source` over a program that `Launch` started."""

    def __init__(self, launch: Launch, started_ns: int) -> None:
        self._launch = launch
        self._streams, self._process = launch.streams, launch.process
        self.argv, self.pid, self.started_ns = launch.command.argv, launch.process.pid, started_ns
        self.has_terminal, self.accepts_input = launch.streams.has_terminal, launch.streams.accepts_input
        self.output = Output()
        self._packets = launch.packets
        self._rings = Rings(launch.folder.path)
        self._pipe = Pipe(launch.channel, self.pid)
        self._visitors: dict[int, Visitor] = {}
        self._by_descriptor: dict[int, Visitor] = {}
        self._ready = select.epoll()
        """Of the visitors, so that a look costs the same however many there are."""
        self._files = OpenFiles(MOST_RINGS + MOST_VISITORS + OTHER_FILES)
        self._room = min(MOST_VISITORS, max((self._files.limit - OTHER_FILES) // 2, 0))
        self._visitors_due = 0.0
        self._lock = threading.Lock()
        self._queue: deque[Message] = deque()
        self._waiting_records = self._waiting_bytes = 0
        self._ended: ProgramStatus | None = None
        self._has_ended = threading.Event()
        self._failure: Exception | None = None
        self._rings_due = self._owner_due = 0.0
        self._ring_interval_s = RING_INTERVAL_S
        self._death = _death_notice(self.pid)
        self._wake_reader, self._wake_writer = os.pipe()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="gctui reader", daemon=True)
        self._thread.start()

    # --- the reader thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._read_on()
        except Exception as error:  # raised again where somebody can say it: in the session's thread
            self._failure = error
            self._has_ended.set()

    def _read_on(self) -> None:
        while not self._closing:
            self._wait_and_read()
            now = time.monotonic()
            has_just_ended = self._ended is None and self._process.poll() is not None
            if now >= self._rings_due or has_just_ended:
                with self._lock:
                    self._read_rings()
                if has_just_ended:
                    self._finish()
                self._rings_due = now + self._ring_interval_s
            if now >= self._owner_due and self._ended is None:
                with self._lock:
                    self._queue.extend(self._pipe.check_owner())
                self._owner_due = now + OWNER_INTERVAL_S

    def _wait_and_read(self) -> None:
        has_room = len(self._queue) < MOST_MESSAGES and self._waiting_bytes < MOST_BYTES
        visitors_in_s = self._visitors_due - time.monotonic()
        poll = select.poll()  # not `select`, which knows no descriptor above 1023
        ends: dict[int, Pipe | Door | select.epoll | socket | None] = dict.fromkeys((*self._death, self._wake_reader))
        if self._packets:
            ends[self._packets.fileno()] = self._packets
        if has_room and self._pipe.is_open:
            ends[self._pipe.fileno()] = self._pipe
        if has_room and visitors_in_s <= 0:
            ends[self._ready.fileno()] = self._ready
            if self._launch.door and len(self._visitors) < self._room:
                ends[self._launch.door.fileno()] = self._launch.door
        for number in ends:
            poll.register(number, select.POLLIN)
        if self._streams.has_unsent:
            poll.register(self._streams.master, select.POLLOUT)
        timeout = self._ring_interval_s if self._ended is None else 10 * RING_INTERVAL_S
        if visitors_in_s > 0:
            timeout = min(timeout, visitors_in_s)
        visitors_speak = False
        for number, _ in poll.poll(timeout * 1000):
            end = ends.get(number)
            if number == self._streams.master and end is None:
                self._streams.flush()
            elif isinstance(end, Door | select.epoll):
                visitors_speak = True
            elif isinstance(end, Pipe):
                with self._lock:
                    self._read_pipe()
            elif end is not None:
                self._read_output(end)
        if visitors_speak:
            self._hear_visitors()

    def _read_output(self, packets: socket) -> None:
        for _ in range(MOST_PACKETS):
            try:
                packet = packets.recv(keeper.PIECE + 1)
            except BlockingIOError:
                return
            except OSError:
                packet = b""
            kind, data = packet[:1], packet[1:]
            if kind == keeper.OUTPUT:
                self.output.feed(data)
            elif kind == keeper.LOST:
                self.output.lose(int(data))
            elif kind == keeper.FILE_FAILED:
                self._queue.append(Notice(f"The output is no longer written to the file: {data.decode()}."))
            else:
                self._packets = None
                self._reap_keeper()
                return

    def _reap_keeper(self) -> None:
        """It ends when it has said all; one that was killed has ended as well."""
        if self._launch.keeper is not None:
            os.waitpid(self._launch.keeper, 0)

    def _read_pipe(self) -> None:
        messages, size = self._pipe.read(self._ended is not None)
        self._queue.extend(messages)
        self._waiting_bytes += size

    def _hear_visitors(self) -> None:
        """Let in who waits at the door, and read what any of them has said."""
        self._visitors_due = time.monotonic() + VISITORS_INTERVAL_S
        if self._launch.door:
            self._let_in(self._launch.door)
        for one, _ in self._ready.poll(0):
            self._listen_to(self._by_descriptor[one])

    def _let_in(self, door: Door) -> None:
        came = door.accept(self._room - len(self._visitors))
        for visitor in came:
            self._by_descriptor[visitor.fileno()] = visitor
            self._ready.register(visitor.fileno(), select.EPOLLIN)
        with self._lock:
            self._visitors |= {visitor.channel: visitor for visitor in came}

    def _listen_to(self, visitor: Visitor) -> None:
        with self._lock:
            said, size = visitor.read()
            self._queue.extend(said)
            self._waiting_bytes += size
            if said and isinstance(said[-1].message, ChannelClosed):
                del self._visitors[visitor.channel], self._by_descriptor[visitor.fileno()]
                visitor.close()  # and with that it is no longer in `_ready`
            elif visitor.has_unsent:
                visitor.flush()

    def _read_rings(self) -> None:
        if self._waiting_records > MOST_RECORDS:
            return
        messages = self._rings.poll()
        records = sum(len(message.records) for message in messages if isinstance(message, RingRead))
        self._queue.extend(messages)
        self._waiting_records += records
        self._ring_interval_s = BUSY_INTERVAL_S if records > BUSY_RECORDS else RING_INTERVAL_S

    def _finish(self) -> None:
        """The program has ended: read all that it left, then say so."""
        ended_ns, code = time.monotonic_ns(), self._process.returncode
        with self._lock:
            self._queue.extend(self._pipe.read_all(ended=True))
            self._read_rings()
        for _ in range(MOST_LAST_LOOKS):  # what the launched process became may have come in by the door, or wait there
            self._hear_visitors()
        end = time.monotonic() + LAST_OUTPUT_S
        while self._packets and time.monotonic() < end and select.select([self._packets], [], [], LAST_OUTPUT_S)[0]:
            self._read_output(self._packets)
        self._ended = ProgramStatus(
            ended_ns=ended_ns, exit_code=code if code >= 0 else None, signal=-code if code < 0 else None
        )
        for descriptor in self._death:
            os.close(descriptor)
        self._death = []
        self._has_ended.set()

    # --- the session's side -----------------------------------------------------------------------------------------

    def poll(self) -> list[Message]:
        with self._lock:
            self._read_rings()
            messages = list(self._queue)
            self._queue.clear()
            self._waiting_records = self._waiting_bytes = 0
        return messages

    def status(self) -> ProgramStatus:
        if self._failure is not None:
            raise GctuiError(f"Reading from the program failed: {self._failure!r}.") from self._failure
        return self._ended or ProgramStatus()

    def wait(self, seconds: float) -> None:
        """Wait until the program has ended, `seconds` at the most."""
        self._has_ended.wait(seconds)

    def command(self, kind: int, number: int, first: int, second: int = 0, channel: int = 0) -> bool:
        frame = wire.frame(kind, layouts.COMMAND.pack(number, first, second))
        if not channel:
            return self._pipe.command(frame)
        with self._lock:
            visitor = self._visitors.get(channel)
            return visitor is not None and visitor.command(frame)

    def type(self, data: bytes) -> None:
        self._streams.write(data)

    def resize(self, columns: int, lines: int) -> None:
        self._streams.resize(columns, lines)

    def signal(self, number: int) -> None:
        if self._ended is not None:
            return
        try:
            if self._streams.new_session:
                os.killpg(self.pid, number)
                if number not in (signal.SIGKILL, signal.SIGCONT):
                    os.killpg(self.pid, signal.SIGCONT)  # a stopped program could not obey
            else:
                os.kill(self.pid, number)
        except OSError:
            pass

    def close(self) -> None:
        self._closing = True
        os.write(self._wake_writer, b"x")
        self._thread.join(timeout=5)
        self._rings.close()
        for visitor in self._visitors.values():
            visitor.close()
        self._ready.close()
        self._files.restore()
        self._launch.close()
        for descriptor in (*self._death, self._wake_reader):
            os.close(descriptor)
        os.close(self._wake_writer)


def _death_notice(pid: int) -> list[int]:
    """A descriptor that becomes readable when the process ends, where the kernel has such a thing."""
    try:
        return [os.pidfd_open(pid)]
    except OSError:
        return []
