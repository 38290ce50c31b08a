"""What is said and obeyed in the main interpreter of a process, on the agent's thread."""

from gc import get_stats
from time import monotonic, monotonic_ns

from . import gauges, wire
from .channel import Channel, through_the_door
from .descriptor import CLOSED, LinkLost
from .door import come_in
from .greeting import failure, hello
from .link import Link, ready
from .recorder import Recorder
from .snapshots import Snapshots
from .steering import Steering, collect
from .thread import Thread
from .tracer import Tracer
from .unasked import Unasked

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Callable, Sequence, Tuple

#: Seconds that interpreter exit waits for the last words.
EXIT_PATIENCE = 0.25

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
        self,
        channel: "Channel | None",
        settings: "dict[str, int]",
        recorder: "Recorder | None",
        folder: str,
        own_folder: str,
        is_followed: "Callable[[], bool]",
    ) -> None:
        """`channel`: None where there is nobody to speak to, but may be in a forked child. `folder`: the session's.
        `is_followed`: whether the process, if it is such a child, is to have an agent."""
        self._channel, self._is_followed = channel, is_followed
        self._recorder, self._folder = recorder, folder
        self._interval, self._keeps_callback = settings["interval_ms"] / 1000, bool(settings.get("keep_callback"))
        self.tracer, self._trace_first = Tracer(), (settings.get("frames", 0), settings.get("sample", 0))
        self._snapshots = Snapshots(own_folder, self.tracer)
        self._unasked = Unasked(self.tracer, settings.get("unasked", 0))
        self._gauges = gauges.Gauges(self._is_recording, self.tracer)
        self._steering = Steering(self._gauges.count_frozen, settings.get("freeze_after_ms", 0))
        waits = bool(settings.get("visiting"))
        self._thread = Thread(self._speak, self._wake, self._has_channel, self._ends, waits)
        self._leaving = False
        self._clock = monotonic

    def _has_channel(self) -> bool:
        return self._channel is not None

    def _ends(self) -> "Tuple[int, int, int]":
        return (-1, -1, -1) if self._channel is None else self._channel.ends()

    def _wake(self) -> None:
        if self._channel is not None:
            self._channel.wake()

    # --- the thread -------------------------------------------------------------------------------------------------

    def greet(self, said: "Sequence[Tuple[int, bytes]]") -> None:
        """Hello, and then what there is to be `said`, by type and payload. From then on allocations are traced."""
        if self._channel is not None:
            link = self._channel.link
            link.send(wire.HELLO, hello(0, monotonic_ns()))
            for frame in said:
                link.send(*frame)
            untraced = self.tracer.switch(*self._trace_first) if self._trace_first[0] else ""
            if untraced:
                link.send(wire.FAILURE, failure(untraced))

    def start(self) -> None:
        """Begin to speak, where there is somebody."""
        failure = self._thread.start()
        if failure:
            self.give_up(failure)

    def in_this_thread(self) -> "Callable[[], None]":
        """What to call in a thread that has waited for this, instead of `start`."""
        return self._thread.in_this_one()

    def _speak(self) -> None:
        try:
            self._converse()
        except LinkLost as lost:
            self.give_up(str(lost))
        except BaseException as error:
            self._report(error)

    def _converse(self) -> None:
        channel, due = self._channel, 0.0
        if channel is None:
            return
        link = channel.link
        while not self._thread.is_stopping:
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
            try:
                come, free = ready(channel.waited_for(), writers, wait)
            except (OSError, ValueError):  # closed since
                raise LinkLost(CLOSED) from None
            channel.take_wake(come)
            if free:
                link.flush()
            self._send_snapshot(link, self._snapshots.finished())
            if 0 < self.tracer.until <= monotonic_ns():
                self._end_burst(link)
                due = 0.0
            if 0 < self._steering.freeze_at <= self._clock() and not self._thread.is_stopping:
                link.send(wire.ANSWER, self._steering.freeze_now())
                due = 0.0
            if link.reader.number in come:
                for command in link.commands():
                    self._obey(link, *command)
                    due = 0.0
        if self._leaving:
            self._say_goodbye(link)

    def _say_goodbye(self, link: Link) -> None:
        self._leaving = False
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
        channel = self._channel
        try:
            if channel is not None:
                channel.link.send(wire.FAILURE, failure(reason, last=True))
                channel.link.flush_for(EXIT_PATIENCE)
        except BaseException:
            pass  # nobody is left to hear it
        self._let_go()

    def _let_go(self) -> None:
        channel, self._channel = self._channel, None
        self._snapshots.forget()
        self.tracer.end_burst()  # nobody would do it later
        if channel is not None:
            channel.close()

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
            from .objects import answer as answer_about_objects

            link.send(kind, answer_about_objects(kind, number, first, second, (self,), self.is_stopping))

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
            time = int(EXIT_PATIENCE / 2 * 1e9)
            self._send_snapshot(link, self._snapshots.take_within(time, self._unasked.most))

    def is_stopping(self) -> bool:
        return self._thread.is_stopping

    def _is_recording(self) -> bool:
        return self._recorder is None or self._recorder.is_installed()

    # --- fork and exit ----------------------------------------------------------------------------------------------

    def before_fork(self) -> None:
        self._thread.before_fork()

    def after_fork_in_child(self) -> None:
        """The channel is the parent's: let it go, and come in by the door, if this child is one to follow."""
        self._let_go()
        if not self._is_followed():
            return
        gauges.leave_out(get_stats())
        self._thread.renew()
        self._steering.freeze_at, self._unasked.most = 0.0, wire.VISITING["unasked"]
        self._interval = wire.VISITING["interval_ms"] / 1000
        try:
            channel = through_the_door(come_in(self._folder))
            channel.link.send(wire.HELLO, hello(0, monotonic_ns()))
        except (OSError, LinkLost):
            return  # what the child collects is recorded all the same
        self._channel = channel
        self.start()

    def leave(self) -> None:
        """At interpreter exit: last gauges and goodbye, bounded in time."""
        if self._channel is not None and self._thread.is_running:
            self._leaving = True
            # Gone, and not only told: its last act, without the GIL, is to free its state, for which tracemalloc must
            # still be there (CPython, PyThreadState_DeleteCurrent).
            if self._thread.end(EXIT_PATIENCE) and self._leaving:  # it had not begun
                self._say_goodbye(self._channel.link)
        self._snapshots.forget()
