"""The session over a source: folds its messages, keeps what spans ticks, and freezes a Snapshot per tick."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import replace

from gctui.agent import wire
from gctui.monitor.absence import why_no_agent
from gctui.monitor.advice import AdviceTotal
from gctui.monitor.adviser import Adviser
from gctui.monitor.allocation_feed import AllocationFeed
from gctui.monitor.family import Family, Process
from gctui.monitor.garbage_size import GarbageSize
from gctui.monitor.history import InterpreterHistory
from gctui.monitor.messages import (
    AnswerRead,
    ChannelClosed,
    Failure,
    GaugesRead,
    Hello,
    Message,
    Notice,
    RingFound,
    RingRead,
)
from gctui.monitor.model import (
    Agent,
    AgentState,
    Allocations,
    Answer,
    Losses,
    ProcessTotals,
    Program,
    ProgramState,
    Snapshot,
)
from gctui.monitor.object_questions import ObjectQuestions
from gctui.monitor.objects import NotDone, ObjectsRead, TypeCount
from gctui.monitor.process import ProcessReader
from gctui.monitor.source import Source
from gctui.monitor.steering import SteeringSession

FIRST_ALLOCATIONS_S = 0.3
#: An agent that has not said hello after this long is declared absent, with the reason.
HELLO_PATIENCE_S = 2.0
MOST_NOTICES = 20

CALLBACK_GONE = (
    "The program has taken gctui's callback out of gc.callbacks: its collections are counted, but not recorded any "
    "more. Key r puts it back; --keep-callback always does."
)


class WatchSession(SteeringSession):
    """A `Session` over any `Source`."""

    def __init__(
        self, source: Source, clock: Callable[[], int] = time.monotonic_ns, silenced: Collection[str] = ()
    ) -> None:
        """`silenced`: names of rules that are not said."""
        super().__init__()
        self._source, self._clock = source, clock
        self.output, self.has_terminal, self.accepts_input = source.output, source.has_terminal, source.accepts_input
        self.family = Family()
        self._observed: Process | None = None
        self._shown = 0  # which of its interpreters
        self._observed_agent: Hello | None = None
        self._agent_state: AgentState = "waiting"
        self._reason = ""
        self._reader = ProcessReader(source.pid)
        self._notices: deque[str] = deque(maxlen=MOST_NOTICES)
        self._nothing = InterpreterHistory(0, source.started_ns)
        self._commands = 0
        self._collecting: dict[int, int | None] = {}  # id of a command -> RSS before
        self._asked = ObjectQuestions()
        self._frames_dropped = 0
        self._feed = AllocationFeed()
        self._garbage = GarbageSize()
        self._adviser = Adviser(silenced)

    # --- folding ----------------------------------------------------------------------------------------------------

    def tick(self) -> Snapshot:
        status = self._source.status()  # asked first: what came before the end is then in the poll
        for message in self._source.poll():
            self._fold(message)
        now = self._clock() if status.ended_ns is None else status.ended_ns
        if status.ended_ns is None:
            self._ask_for_allocations(now)
        self._notice_absence(now, ended=status.ended_ns is not None)
        stopped = status.ended_ns is None and self._reader.is_stopped()
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
        return replace(snapshot, advice=self._adviser.fold(snapshot))

    def _fold(self, message: Message) -> None:
        if isinstance(message, RingRead):
            history = self.family.of_ring(message.ring)
            if history is not None:
                history.fold_ring(message)
        elif isinstance(message, GaugesRead):
            self._fold_gauges(message)
        elif isinstance(message, Allocations):
            self._feed.fold(message, self._clock())
        elif isinstance(message, ObjectsRead):
            self._asked.fold(message)
        elif isinstance(message, AnswerRead):
            self._fold_answer(message)
        elif isinstance(message, RingFound):
            process = self.family.found(message)
            # The same process with another program in it: that is the one that runs now.
            if self._observed is None or (process.pid == self._observed.pid and process is not self._observed):
                self._observe(process)
        elif isinstance(message, Hello):
            self._fold_hello(message)
        elif isinstance(message, ChannelClosed):
            self._agent_state, self._reason = "gone", message.reason
            self._give_up_commands()
        elif isinstance(message, Failure) and not message.last:
            self._notices.append(f"The agent reports: {message.error}.")
        elif isinstance(message, Notice):
            self._notices.append(message.text)

    def _observe(self, process: Process) -> None:
        self._observed, self._shown = process, 0
        if process.pid != self._source.pid:
            self._reader = ProcessReader(process.pid)
            self._garbage = GarbageSize()

    def _fold_hello(self, hello: Hello) -> None:
        if hello.protocol != wire.PROTOCOL:
            self._reason = (
                f"The agent speaks protocol {hello.protocol}, gctui {wire.PROTOCOL}: they are of two versions."
            )
            self._agent_state = "absent"
            return
        self._observe(self.family.introduced(hello))
        self._observed_agent, self._agent_state, self._reason = hello, "connected", ""
        self._feed.forget(self._clock() + int(FIRST_ALLOCATIONS_S * 1e9))
        if self._feed.is_wanted is not None:  # the one before was told
            self.want_allocations(self._feed.is_wanted)

    def _fold_gauges(self, gauges: GaugesRead) -> None:
        if self._observed is None or self._observed_agent is None:
            return
        before = self._observed.main.gauges
        self._observed.main.fold_gauges(gauges)
        self._frames_dropped = gauges.dropped
        if not gauges.recording and (before is None or before.recording):
            self._notices.append(CALLBACK_GONE)
        if gauges.last:
            self._observed.clean_exit = True

    def _fold_answer(self, answer: AnswerRead) -> None:
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
                self._feed.forget(0)
        elif answer.kind == "steer" and self._observed is not None:
            self._fold_steered(answer, self._observed.main)
        elif answer.kind == "collect":
            self._answers.append(
                Answer(
                    command=answer.command,
                    kind="collect",
                    error=answer.error,
                    generation=answer.generation,
                    freed=answer.freed,
                    uncollectable=answer.uncollectable,
                    pause_ns=answer.pause_ns,
                    rss_before=self._collecting.pop(answer.command, None),
                    rss_after=self._reader.rss(),
                )
            )

    def _ask_for_allocations(self, now: int) -> None:
        if self._feed.is_due(now, self._observed.main.gauges if self._observed else None):
            self._source.command(wire.SNAPSHOT, 0, wire.MOST_TRACEBACKS)

    def _notice_absence(self, now: int, ended: bool) -> None:
        waited = now - self._source.started_ns > HELLO_PATIENCE_S * 1e9
        if self._agent_state == "waiting" and (waited or ended):
            self._agent_state = "absent"
            self._reason = why_no_agent(self._source.argv, self._source.pid, ended, seen=self._observed is not None)
        if ended and self._agent_state == "connected":
            self._agent_state = "gone"
        if ended:
            self._give_up_commands()

    def _give_up_commands(self) -> None:
        for command in self._collecting:
            self._answers.append(Answer(command, "collect", "the process ended before it answered"))
        self._collecting.clear()
        self._give_up_orders()
        self._asked.give_up()

    # --- the snapshot -----------------------------------------------------------------------------------------------

    @property
    def _history(self) -> InterpreterHistory:
        if self._observed is None:
            return self._nothing
        return self._observed.interpreters.get(self._shown) or self._observed.main

    def _snapshot(self, now: int, program: Program) -> Snapshot:
        history, process = self._history, self._observed
        connected = self._agent_state == "connected"
        answers, self._answers = tuple(self._answers), []
        figures = self._reader.figures(with_agent=connected)
        if process is not None:
            self._garbage.fold(figures.rss, process.main.totals(2).collected)
        return Snapshot(
            taken_ns=now,
            program=program,
            agent=Agent(
                state=self._agent_state,
                reason=self._reason,
                pid=process.pid if process else 0,
                interpreter=history.interpreter,
                python=process.python if process else "",
                collector=process.collector if process else "",
                clean_exit=process.clean_exit if process else False,
            ),
            figures=figures,
            gauges=history.gauges,
            generations=history.generations(now, process.collector if process else ""),
            running=history.running if program.state != "ended" else None,
            paused_share=history.paused_share(now),
            paused_share_total=history.paused_share_total(now),
            timeline=history.timeline(now),
            log=history.log,
            pauses=history.pauses,
            allocations=self._feed.latest,
            mark=self._feed.mark,
            peak=self._feed.peak,
            answers=answers,
            losses=Losses(history.missed, self._frames_dropped, self.output.dropped),
            notices=tuple(self._notices),
            processes=len(self.family.processes),
            interpreters=tuple(sorted(process.interpreters)) if process else (),
            objects=self._asked.taken(),
            garbage_bytes=self._garbage.bytes_each,
            settings=history.settings.now,
            settings_at_start=history.settings.at_start,
            settings_without_gctui=history.settings.without_gctui,
            changes=history.settings.changes,
        )

    def processes(self) -> tuple[ProcessTotals, ...]:
        """All processes of the family, for the summary."""
        now = self._clock()
        return tuple(process.summed_up(now) for process in self.family.processes)

    def advice(self) -> tuple[AdviceTotal, ...]:
        """What the rules said of the observed program at any time, for the summary."""
        return self._adviser.totals()

    # --- steering ---------------------------------------------------------------------------------------------------

    def _next_number(self) -> int:
        self._commands += 1
        return self._commands

    def _command(self, kind: int, first: int, second: int = 0) -> tuple[int, bool]:
        number = self._next_number()
        return number, self._source.command(kind, number, first, second)

    def collect(self, generation: int) -> int:
        rss = self._reader.rss()
        if self._history.interpreter:
            self._commands += 1
            error = "gctui has no thread in a subinterpreter, it only watches it"
            self._answers.append(Answer(self._commands, "collect", error, generation=generation))
            return self._commands
        number, sent = self._command(wire.COLLECT, generation)
        if sent:
            self._collecting[number] = rss
        else:
            self._answers.append(Answer(number, "collect", "no agent is there to do it", generation=generation))
        return number

    def silence(self, name: str, silenced: bool) -> None:
        (self._adviser.silenced.add if silenced else self._adviser.silenced.discard)(name)

    def record_again(self) -> None:
        self._command(wire.RECORD_AGAIN, 0)

    def show_interpreter(self, step: int) -> None:
        if self._observed is not None:
            numbers = sorted(self._observed.interpreters)
            self._shown = numbers[(numbers.index(self._history.interpreter) + step) % len(numbers)]

    def trace(self, frames: int, sample_bytes: int) -> int:
        number, sent = self._command(wire.TRACE, frames, sample_bytes)
        if not sent:
            self._answers.append(Answer(number, "trace", "no agent is there to do it"))
        self._feed.ask_at_once()
        return number

    def burst(self, frames: int, seconds: float) -> int:
        number, sent = self._command(wire.BURST, frames, round(seconds * 1000))
        if not sent:
            self._answers.append(Answer(number, "trace", "no agent is there to do it"))
        self._feed.ask_at_once()
        return number

    def resume_allocations(self) -> None:
        self._feed.resume()

    def count_objects(self) -> int:
        return self._asked.sent(*self._command(wire.CENSUS, 0))

    def list_instances(self, kind: TypeCount) -> int:
        return self._asked.sent(*self._command(wire.INSTANCES, kind.id, kind.checksum))

    def find_referrers(self, object_id: int, kind: TypeCount) -> int:
        return self._asked.sent(*self._command(wire.REFERRERS, object_id, kind.id))

    def show_object(self, object_id: int, kind: TypeCount) -> int:
        return self._asked.sent(*self._command(wire.REPR, object_id, kind.id))

    def probe_cycles(self) -> int:
        if self._history.interpreter:
            number = self._next_number()
            self._asked.fold(NotDone(number, "gctui has no thread in a subinterpreter, it only watches it"))
            return number
        return self._asked.sent(*self._command(wire.PROBE, 0))

    def want_allocations(self, wanted: bool) -> None:
        self._feed.is_wanted = wanted
        if self._agent_state == "connected":
            self._command(wire.UNASKED, wire.MOST_TRACEBACKS if wanted else 0)

    def mark(self) -> None:
        self._feed.mark = self._feed.latest

    def set_rate(self, hertz: float) -> None:
        self._command(wire.RATE, max(round(1000 / hertz), 1))

    def type(self, data: bytes) -> None:
        self._source.type(data)

    def resize(self, columns: int, lines: int) -> None:
        self._source.resize(columns, lines)

    def signal(self, number: int) -> None:
        self._source.signal(number)

    def close(self) -> None:
        self._source.close()
