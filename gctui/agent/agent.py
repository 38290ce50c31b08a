"""The one thread that speaks and obeys, in the main interpreter of the process that holds the channel."""

import atexit
import os
from _functools import partial
from _signal import SIG_BLOCK, pthread_sigmask, valid_signals
from _thread import allocate_lock, start_new_thread
from select import select
from time import monotonic, monotonic_ns

from . import gauges, objects, wire
from .handlers import give_way, unharmed, unseen
from .link import CLOSED, Channel, Link, LinkLost
from .recorder import Recorder
from .snapshots import Snapshots
from .steering import Steering, collect
from .tracer import Tracer
from .unasked import Unasked

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Callable

#: Seconds that a fork waits for the agent's thread to be gone, and that interpreter exit waits for the last words.
FORK_PATIENCE = 0.05
EXIT_PATIENCE = 0.25
#: Seconds that a fork waits at the most until the thread counts as one again, as it did before the fork.
START_PATIENCE = 0.05

#: Gauges are never sent more often than this, seconds.
SHORTEST_INTERVAL = 0.02

#: How often it is asked whether a child process has read the allocations, seconds.
READING_INTERVAL = 0.02

#: Until the next gauges while the program's memory rises to a peak, seconds.
RISING_INTERVAL = 0.05


class Agent:
    """Everything that the agent keeps between calls. All that it calls is bound now, before the program can patch
    it."""

    def __init__(
        self, channel: "Channel", recorder: "Recorder | None", own_folder: str, settings: "dict[str, int]"
    ) -> None:
        self.link = channel.link  # type: Link | None
        self._recorder = recorder
        self._interval, self._keeps_callback = settings["interval_ms"] / 1000, bool(settings.get("keep_callback"))
        self.tracer = Tracer()
        self._snapshots = Snapshots(own_folder, self.tracer)
        self._unasked = Unasked(self.tracer, settings.get("unasked", 0))
        self._gauges = gauges.Gauges(self._is_recording, self.tracer)
        self._steering = Steering(self._gauges.count_frozen, settings.get("freeze_after_ms", 0))
        self._running = allocate_lock()  # held while the thread lives
        self._begun = allocate_lock()  # held until it has begun
        self._begun.acquire()
        self._stopping = self._leaving = False
        self._wake_reader, self._wake_writer = channel.wake_reader, channel.wake_writer
        self._write, self._read, self._listdir, self._clock = os.write, os.read, os.listdir, monotonic
        self._select = select
        self._begin = partial(start_new_thread, unseen(self._run))

    # --- the thread -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread, unless it runs.

        Here and in `stop` lock and thread change in one call into C: a signal handler of the program that raised in
        between would leave the lock held by nobody, and each fork waiting for it.
        """
        self._stopping = False  # also for a thread that was too busy to stop for a fork: it goes on
        if self.link is None:
            return
        no_arguments = {True: ()}.get
        try:
            if list(map(self._begin, map(no_arguments, filter(None, map(self._running.acquire, (False,)))))):
                self._begun.acquire(True, START_PATIENCE)
        except RuntimeError as error:
            trace = error.__traceback__
            if trace is None or trace.tb_next is not None:
                raise  # a handler's
            self._running.release()  # over the limit of processes
            self._report(error)

    def _run(self) -> None:
        pthread_sigmask(SIG_BLOCK, valid_signals())  # they belong to the program's own threads
        if self._begun.locked():
            self._begun.release()
        again = True
        while again:
            try:
                self._converse()
            except LinkLost as lost:
                self.give_up(str(lost))
            except BaseException as error:
                self._report(error)
            finally:
                self._running.release()
            # It may have been told to go on when it had just stopped.
            again = not self._stopping and self.link is not None and self._running.acquire(False)

    def _converse(self) -> None:
        link, due = self.link, 0.0
        while not self._stopping and link is not None:
            now = self._clock()
            if now >= due:
                if self._keeps_callback and self._recorder is not None:
                    self._recorder.install()
                link.send(wire.GAUGES, self._gauges.read(link.dropped), droppable=True)
                if not link.is_waiting and self._unasked.is_due():
                    self._take_snapshot(link, self._unasked.most)
                due = now + (min(self._interval, RISING_INTERVAL) if self._unasked.is_rising else self._interval)
            wait = min(due - now, READING_INTERVAL) if self._snapshots.is_waiting else due - now
            if self.tracer.until:
                wait = max(0, min(wait, (self.tracer.until - monotonic_ns()) / 1e9))
            if self._steering.freeze_at:
                wait = max(0, min(wait, self._steering.freeze_at - now))
            writers = [link.writer.number] if link.is_waiting else []
            if not (link.reader.is_ours() and self._wake_reader.is_ours()):
                raise LinkLost(CLOSED)
            try:
                ready, free, _ = self._select([link.reader.number, self._wake_reader.number], writers, [], wait)
            except (OSError, ValueError):  # closed since
                raise LinkLost(CLOSED) from None
            if self._wake_reader.number in ready and self._wake_reader.is_ours():
                self._read(self._wake_reader.number, 64)
            if free:
                link.flush()
            self._send_snapshot(link, self._snapshots.finished())
            if 0 < self.tracer.until <= monotonic_ns():
                self._end_burst(link)
                due = 0.0
            if 0 < self._steering.freeze_at <= self._clock() and not self._stopping:
                link.send(wire.ANSWER, self._steering.freeze_now())
                due = 0.0
            if link.reader.number in ready:
                for command in link.commands():
                    self._obey(link, *command)
                    due = 0.0
        if self._leaving and link is not None:
            self._take_last(link)
            link.send(wire.BYE, self._gauges.read(link.dropped))
            link.flush_for(EXIT_PATIENCE / 2)

    def _report(self, error: BaseException) -> None:
        """Say through the channel what went wrong in the agent, and be silent from then on."""
        trace, where = error.__traceback__, ""
        while trace is not None:
            where = "%s:%d" % (trace.tb_frame.f_code.co_name, trace.tb_lineno)
            trace = trace.tb_next
        self.give_up("%s: %s (in %s)" % (type(error).__name__, error, where))

    def give_up(self, reason: str) -> None:
        """Say why, as far as that can still be said, and be silent from then on."""
        link = self.link
        try:
            if link is not None:
                link.send(wire.FAILURE, gauges.failure(reason, last=True))
                link.flush_for(EXIT_PATIENCE)
        except BaseException:
            pass  # nobody is left to hear it
        self._let_go()

    def _let_go(self) -> None:
        link, self.link = self.link, None
        self._snapshots.forget()
        self.tracer.end_burst()  # nobody would do it later
        if link is not None:
            for descriptor in (link.reader, link.writer, self._wake_reader, self._wake_writer):
                descriptor.close()

    # --- commands ---------------------------------------------------------------------------------------------------

    def _obey(self, link: Link, kind: int, number: int, first: int, second: int) -> None:
        if kind == wire.COLLECT:
            generation = min(first, 2)
            answer = '{"command":%d,"kind":"collect","error":"","generation":%d,"freed":%d,"uncollectable":%d,'
            answer += '"pause_ns":%d}'
            link.send(wire.ANSWER, (answer % ((number, generation) + collect(generation))).encode())
        elif kind in wire.STEERING:
            link.send(wire.ANSWER, self._steering.obey(kind, number, first, second))
        elif kind == wire.RATE:
            self._interval = max(first / 1000, SHORTEST_INTERVAL)
        elif kind in (wire.TRACE, wire.BURST):
            self._snapshots.forget()  # what it would show was traced otherwise
            burst = second if kind == wire.BURST else 0
            error = self.tracer.begin_burst(first, burst * 1_000_000) if burst else self.tracer.switch(first, second)
            answer = '{"command":%d,"kind":"trace","error":%s,"trace_frames":%d,"sample_bytes":%d,"burst_ms":%d}'
            mean = 0 if burst else second
            link.send(wire.ANSWER, (answer % (number, wire.quote(error), first, mean, burst)).encode())
        elif kind == wire.RECORD_AGAIN and self._recorder is not None:
            self._recorder.install()
        elif kind == wire.SNAPSHOT and gauges.is_tracing():
            self._take_snapshot(link, first)
        elif kind == wire.UNASKED:
            self._unasked.most = first
        elif kind in wire.ABOUT_OBJECTS:
            link.send(kind, objects.answer(kind, number, first, second, (self,)))

    def _end_burst(self, link: Link) -> None:
        """A child process that reads what was traced has a copy of it."""
        self._snapshots.forget()
        if gauges.is_tracing():
            self._take_snapshot(link, wire.MOST_TRACEBACKS, wire.AFTER_BURST)
        self.tracer.end_burst()

    def _take_snapshot(self, link: Link, most: int, how: int = 0) -> None:
        if not self._snapshots.is_waiting:
            self._unasked.begun()
            self._send_snapshot(link, self._snapshots.take(most, how))

    def _send_snapshot(self, link: Link, frame: "tuple[int, bytes] | None") -> None:
        if frame is not None:
            self._unasked.sent(frame)
            link.send(*frame)

    def _take_last(self, link: Link) -> None:
        """What the program holds at its end, unless that takes longer than an end may."""
        if self._unasked.most and gauges.is_tracing():
            self._take_snapshot(link, self._unasked.most)
            self._send_snapshot(link, self._snapshots.finished_within(EXIT_PATIENCE / 2))

    def _is_recording(self) -> bool:
        return self._recorder is None or self._recorder.is_installed()

    # --- fork and exit ----------------------------------------------------------------------------------------------

    def stop(self, patience: float) -> bool:
        """Ask the thread to end and wait for it, `patience` seconds at the most. True when it has ended."""
        self._stopping = True
        try:
            if self._wake_writer.is_ours():
                self._write(self._wake_writer.number, b"x")
        except OSError as error:
            give_way(error)
        release: "Callable[..., None]" = self._running.__exit__  # takes arguments: from 3.15 on, just three
        acquired = filter(None, map(self._running.acquire, (True,), (patience,)))
        return bool(list(map(release, acquired, (None,), (None,))))

    def before_fork(self) -> None:
        """From 3.12 on a fork with more than one thread warns, and the kernel counts the thread until it is really
        gone."""
        if self.link is None or not self._running.locked():
            return
        end, threads = self._clock() + FORK_PATIENCE, self._threads()
        if self.stop(FORK_PATIENCE):
            while self._threads() >= threads > 1 and self._clock() < end:
                pass

    def _threads(self) -> int:
        try:
            return len(self._listdir("/proc/self/task"))
        except OSError as error:
            give_way(error)
            return 0

    def after_fork_in_child(self) -> None:
        """The channel is the parent's: forget it, and take no descriptor along."""
        self._let_go()

    def leave(self) -> None:
        """At interpreter exit: last gauges and goodbye, bounded in time."""
        if self.link is not None and self._running.locked():
            self._leaving = True
            self.stop(EXIT_PATIENCE)
        self._snapshots.forget()


def speak(
    channel: "Channel",
    settings: "dict[str, int]",
    recorder: "Recorder | None",
    own_folder: str,
    failure: str,
    declined: str,
    steered: bytes,
) -> None:
    """Say hello and what does not work, and start the thread. `declined`: why there is to be no agent. `steered`: the
    answer to what the options wanted of the collector, if anything."""
    link = channel.link
    link.send(wire.HELLO, gauges.hello(0, monotonic_ns()))
    if declined:
        link.send(wire.FAILURE, gauges.failure(declined, last=True))
        return
    agent = Agent(channel, recorder, own_folder, settings)
    os.register_at_fork(
        before=unharmed(agent.before_fork),
        after_in_parent=unharmed(agent.start),
        after_in_child=unharmed(agent.after_fork_in_child),
    )
    atexit.register(unharmed(agent.leave))
    untraced = agent.tracer.switch(settings["frames"], settings.get("sample", 0)) if settings.get("frames") else ""
    if steered:
        link.send(wire.ANSWER, steered)
    for sentence in filter(None, (failure, untraced)):
        link.send(wire.FAILURE, gauges.failure(sentence))
    agent.start()
