"""The session over a source: folds its messages, keeps what spans ticks, and freezes a Snapshot per tick."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from gctui.agent import wire
from gctui.monitor.absence import why_no_agent
from gctui.monitor.advice import AdviceTotal
from gctui.monitor.asking import AskingSession
from gctui.monitor.family import Family, Process
from gctui.monitor.kin import Kin
from gctui.monitor.messages import (
    AnswerRead,
    ChannelClosed,
    Failure,
    GaugesRead,
    Goodbye,
    Hello,
    Message,
    Notice,
    RingEnded,
    RingFound,
    RingRead,
    Said,
)
from gctui.monitor.model import (
    Allocations,
    Answer,
    Losses,
    ProcessTotals,
    Program,
    ProgramState,
    Snapshot,
)
from gctui.monitor.objects import ObjectsRead
from gctui.monitor.process_table import runs_on
from gctui.monitor.relatives import Order
from gctui.monitor.rounds import Rounds
from gctui.monitor.source import Source
from gctui.monitor.watched import Watched

FIRST_ALLOCATIONS_S = 0.3
#: An agent that has not said hello after this long is declared absent, with the reason.
HELLO_PATIENCE_S = 2.0
#: A process that came in by the door is asked for its figures when it has lived so long: being spoken to costs it some
#: milliseconds, and most live for less.
NEWCOMER_S = 1.0
MOST_NOTICES = 20
#: The channel of what comes through the inherited pipe.
INHERITED = 0
#: Between the gauges of a shown process that came in by the door, while nobody has chosen a rate.
USUAL_INTERVAL_MS = 250

CALLBACK_GONE = (
    "The program has taken gctui's callback out of gc.callbacks: its collections are counted, but not recorded any "
    "more. Key r puts it back; --keep-callback always does."
)


class WatchSession(AskingSession):
    """A `Session` over any `Source`."""

    def __init__(
        self, source: Source, clock: Callable[[], int] = time.monotonic_ns, silenced: Collection[str] = ()
    ) -> None:
        """`silenced`: names of rules that are not said."""
        super().__init__()
        self._source, self._clock = source, clock
        self.output, self.has_terminal, self.accepts_input = source.output, source.has_terminal, source.accepts_input
        self.family = Family()
        self._silenced = set(silenced)
        self._shown = Watched(None, source.pid, source.started_ns, self._silenced)
        self._usual = self._shown  # where the user has chosen none: who holds the pipe, or held it last
        self._is_chosen = False
        self._watched: dict[Process, Watched] = {}
        self._channels: dict[int, Watched] = {}
        self._interval_ms = 0  # between gauges of the shown process, once somebody has said; 0: as it was started
        self._notices: deque[str] = deque(maxlen=MOST_NOTICES)
        self._commands = 0
        self._rounds = Rounds(self._tell_by_key)
        self._kin = Kin(self.family, source.pid)
        self._wants_relatives = False
        self._newcomers: dict[Watched, int] = {}  # whom nobody has asked for figures, and from when on they may be

    # --- folding ----------------------------------------------------------------------------------------------------

    def tick(self) -> Snapshot:
        status = self._source.status()  # asked first: what came before the end is then in the poll
        for message in self._source.poll():
            if isinstance(message, Said):
                self._fold(message.message, message.channel)
            else:
                self._fold(message, INHERITED)
        if self.family.log is not None:
            self.family.log.arrange()
        now = self._clock() if status.ended_ns is None else status.ended_ns
        for process in self.family.fold_ended(now):
            self._watched.pop(process, None)
        if status.ended_ns is None:
            self._ask_for_allocations(now)
            self._ask_newcomers(now)
        self._notice_absence(now, ended=status.ended_ns is not None)
        stopped = status.ended_ns is None and self._shown.reader.is_stopped()
        state: ProgramState = "ended" if status.ended_ns is not None else "stopped" if stopped else "running"
        program = Program(
            argv=self._source.argv,
            pid=self._source.pid,
            state=state,
            started_ns=self._source.started_ns,
            ended_ns=status.ended_ns,
            exit_code=status.exit_code,
            signal=status.signal,
        )
        snapshot = self._snapshot(now, program)
        return replace(snapshot, advice=self._shown.adviser.fold(snapshot))

    def _fold(self, message: Message, channel: int) -> None:
        one = self._channels.get(channel)
        if isinstance(message, RingRead):
            self.family.read(message)
        elif isinstance(message, RingEnded):
            self.family.ended(message)
        elif isinstance(message, RingFound):
            process = self.family.found(message)
            # The same process with another program in it: that is the one that runs now.
            shown = self._shown.process
            if shown is None or (process.pid == shown.pid and process is not shown):
                self._show(self._watch(process))
                if not self._is_chosen:
                    self._usual = self._shown
        elif isinstance(message, Hello):
            self._fold_hello(message, channel)
        elif isinstance(message, Notice):
            self._notices.append(message.text)
        elif isinstance(message, ChannelClosed):
            self._fold_closed(message, channel)
        elif isinstance(message, Failure):
            if not message.last:
                self._notices.append(f"The agent reports: {message.error}.")
        elif one is None or one.process is None or one.process.is_folded:
            pass  # nobody has said hello there, or long ago
        elif isinstance(message, Goodbye):
            one.process.clean_exit = True
        elif isinstance(message, GaugesRead):
            self._fold_gauges(message, one, one.process)
        elif isinstance(message, Allocations):
            one.feed.fold(message, self._clock())
        elif isinstance(message, AnswerRead):
            self._fold_answer(message, one)
        elif isinstance(message, ObjectsRead):
            self._asked.fold(message)

    def _watch(self, process: Process) -> Watched:
        found = self._watched.get(process)
        if found is None:
            found = Watched(process, process.pid, process.main.started_ns, self._silenced)
            self._watched[process] = found
            if self._shown.process is None:  # what was waited for is it, or its parent
                found.state, found.reason, found.started_ns = (
                    self._shown.state, self._shown.reason, self._shown.started_ns,
                )  # fmt: skip
        return found

    def _show(self, one: Watched) -> None:
        before, self._shown = self._shown, one
        if one.process is not None:
            self.family.show(one.process)
        if before is not one:
            if before.channel is not None:
                self._tell(before, wire.UNASKED, 0)
                self._tell(before, wire.RATE, wire.VISITING["interval_ms"])
            self._attend()

    def _attend(self) -> None:
        """Let the shown process say what the screen needs."""
        if self._shown.channel is not None:
            if self._interval_ms or self._shown.channel != INHERITED:
                self._tell(self._shown, wire.RATE, self._interval_ms or USUAL_INTERVAL_MS)
            if self._wants_allocations is not None:
                self._tell(self._shown, wire.UNASKED, wire.MOST_TRACEBACKS if self._wants_allocations else 0)

    def _fold_hello(self, hello: Hello, channel: int) -> None:
        if hello.protocol != wire.PROTOCOL:
            self._shown.reason = (
                f"The agent speaks protocol {hello.protocol}, gctui {wire.PROTOCOL}: they are of two versions."
            )
            self._shown.state = "absent"
            return
        process = self.family.introduced(hello)
        if process is None:
            return
        one = self._watch(process)
        one.channel, one.state, one.reason = channel, "connected", ""
        self._channels[channel] = one
        one.feed.forget(self._clock() + int(FIRST_ALLOCATIONS_S * 1e9))
        if one is self._shown:
            self._attend()
        elif channel != INHERITED:
            self._newcomers[one] = self._clock() + int(NEWCOMER_S * 1e9)
        elif not self._is_chosen:
            self._show(one)
        if channel == INHERITED:
            self._usual = one

    def _fold_closed(self, closed: ChannelClosed, channel: int) -> None:
        one = self._channels.pop(channel, None)
        if one is None and channel == INHERITED:
            one = self._shown
        if one is not None:
            one.state, one.reason, one.channel = "gone", closed.reason, None
            self._newcomers.pop(one, None)
            self._give_up_commands(one)
            process, now = one.process, self._clock()
            if process is not None and not process.has_ring and not runs_on(process.pid, process.started_ns):
                self.family.end(process, now, lives_on=False)
            if process is not None and not process.key:  # nothing is kept of it
                self._watched.pop(process, None)

    def _fold_gauges(self, gauges: GaugesRead, one: Watched, process: Process) -> None:
        before = process.main.gauges
        process.main.fold_gauges(gauges)
        one.frames_dropped = gauges.dropped
        if not gauges.recording and (before is None or before.recording):
            self._notices.append(CALLBACK_GONE)
        if gauges.last:
            process.clean_exit = True

    def _fold_answer(self, answer: AnswerRead, one: Watched) -> None:
        if answer.kind == "trace":
            self._answers.append(
                Answer(
                    answer.command,
                    "trace",
                    answer.error,
                    trace_frames=answer.trace_frames,
                    sample_bytes=answer.sample_bytes,
                    burst_ms=answer.burst_ms,
                )
            )
            if not answer.error:
                one.feed.forget(0)
        elif answer.kind == "steer" and one.process is not None:
            self._fold_steered(answer, one, one.process.main)
        elif answer.kind == "collect":
            self._fold_collected(answer, one)

    def _ask_for_allocations(self, now: int) -> None:
        one = self._shown
        is_due = self._wants_allocations and one.process and one.feed.is_due(now, one.process.main.gauges)
        if is_due and one.channel is not None:
            self._source.command(wire.SNAPSHOT, 0, wire.MOST_TRACEBACKS, channel=one.channel)

    def _notice_absence(self, now: int, ended: bool) -> None:
        one = self._shown
        waited = now - one.started_ns > HELLO_PATIENCE_S * 1e9
        if one.state == "waiting" and (waited or ended):
            one.state = "absent"
            one.reason = why_no_agent(self._source.argv, self._source.pid, ended, seen=one.process is not None)
        if ended:
            for other in (one, *self._channels.values()):
                if other.state == "connected":
                    other.state = "gone"
                self._give_up_commands(other)

    def _give_up_commands(self, one: Watched) -> None:
        self._asked.give_up(self._give_up_orders(one))

    # --- the snapshot -----------------------------------------------------------------------------------------------

    @property
    def _target(self) -> Watched:
        return self._shown

    def _snapshot(self, now: int, program: Program) -> Snapshot:
        one = self._shown
        history, process = one.history, one.process
        came = len(self._answers)
        self._rounds.go_on(self._answers[:came], now)
        self._rounds.go_on(self._answers[came:], now)  # of those that nobody was there to take
        answers, self._answers = tuple(self._answers), []
        figures = one.reader.figures(with_agent=one.state == "connected", inherited=one.channel == INHERITED)
        if process is not None:
            one.garbage.fold(figures.rss, process.main.totals(2).collected)
        return Snapshot(
            taken_ns=now,
            program=program,
            agent=one.agent(),
            figures=figures,
            gauges=history.gauges,
            generations=history.generations(now, process.collector if process else ""),
            running=history.running if program.state != "ended" else None,
            paused_share=history.paused_share(now),
            paused_share_total=history.paused_share_total(now),
            timeline=history.timeline(now),
            log=history.log,
            pauses=history.pauses,
            allocations=one.feed.latest,
            mark=one.feed.mark,
            peak=one.feed.peak,
            answers=answers,
            losses=Losses(history.missed, one.frames_dropped, self.output.dropped),
            notices=tuple(self._notices),
            processes=len(self.family.processes),
            interpreters=one.interpreters,
            objects=self._asked.taken(),
            garbage_bytes=one.garbage.bytes_each,
            settings=history.settings.now,
            settings_at_start=history.settings.at_start,
            settings_without_gctui=history.settings.without_gctui,
            changes=history.settings.changes,
            set_elsewhere=self._set_elsewhere(),
            relatives=self._kin.relatives(now, program, self._watched, process) if self._wants_relatives else None,
            family_log=self.family.log,
            round=self._rounds.latest,
        )

    def processes(self) -> tuple[ProcessTotals, ...]:
        """All processes of the family, for the summary."""
        now = self._clock()
        return tuple(process.summed_up(now) for process in self.family.processes)

    def advice(self) -> tuple[AdviceTotal, ...]:
        """What the rules said of the shown program at any time, for the summary."""
        return self._shown.adviser.totals()

    # --- steering ---------------------------------------------------------------------------------------------------

    def _next_number(self) -> int:
        self._commands += 1
        return self._commands

    def _tell(self, one: Watched, kind: int, first: int, second: int = 0) -> tuple[int, bool]:
        number = self._next_number()
        if one.channel is None:
            return number, False
        return number, self._source.command(kind, number, first, second, channel=one.channel)

    def _command(self, kind: int, first: int, second: int = 0) -> tuple[int, bool]:
        return self._tell(self._shown, kind, first, second)

    def _tell_by_key(self, key: int, order: Order) -> int | None:
        process = self.family.of_key(key)
        return None if process is None or process.ended_ns else self._obey(self._watch(process), order)

    def want_relatives(self, wanted: bool) -> None:
        self._wants_relatives = wanted

    def _ask_newcomers(self, now: int) -> None:
        """Those that came in by the door say nothing of their collectors before they are spoken to."""
        due = [one for one, at in self._newcomers.items() if at <= now] if self._wants_relatives else []
        for one in due:
            del self._newcomers[one]
            if one is not self._shown:
                self._tell(one, wire.RATE, wire.VISITING["interval_ms"])

    def order_each(self, order: Order, keys: Sequence[int]) -> int:
        found = [(process.key, process.pid) for process in map(self.family.of_key, keys) if process is not None]
        return self._rounds.begin(order, found)

    def show_process(self, key: int) -> None:
        process = self.family.of_key(key)
        if process is not None and not process.is_folded:
            self._is_chosen = True
            self._show(self._watch(process))

    def show_usual(self) -> None:
        """Show what would be shown had the user chosen nothing: the summary is about that."""
        self._is_chosen = False
        if self._usual.process is None or not self._usual.process.is_folded:
            self._show(self._usual)

    def silence(self, name: str, silenced: bool) -> None:
        (self._silenced.add if silenced else self._silenced.discard)(name)

    def record_again(self) -> None:
        self._command(wire.RECORD_AGAIN, 0)

    def show_interpreter(self, step: int) -> None:
        self._shown.show_interpreter(step)

    def set_rate(self, hertz: float) -> None:
        self._interval_ms = max(round(1000 / hertz), 1)
        self._command(wire.RATE, self._interval_ms)

    def type(self, data: bytes) -> None:
        self._source.type(data)

    def resize(self, columns: int, lines: int) -> None:
        self._source.resize(columns, lines)

    def signal(self, number: int) -> None:
        self._source.signal(number)

    def close(self) -> None:
        self._source.close()
