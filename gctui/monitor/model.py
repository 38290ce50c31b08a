"""The frozen values of one tick: what every screen, report and export is made from. Times are `monotonic_ns`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from gctui.monitor.advice import Advice
    from gctui.monitor.objects import ObjectsRead
    from gctui.monitor.pauses import PauseReport
    from gctui.monitor.relatives import Relatives, Round
    from gctui.monitor.settings import CollectorSettings, SettingsChange

AgentState = Literal["waiting", "connected", "absent", "gone"]
ProgramState = Literal["starting", "running", "stopped", "ended"]


@dataclass(frozen=True, slots=True)
class Program:
    """The launched command."""

    argv: tuple[str, ...]
    pid: int
    state: ProgramState
    started_ns: int
    ended_ns: int | None
    exit_code: int | None
    """Its own exit status; None while it runs or when a signal ended it."""
    signal: int | None
    """Number of the signal that ended it."""


@dataclass(frozen=True, slots=True)
class Agent:
    """The agent whose interpreter the screen shows."""

    state: AgentState
    reason: str
    """A sentence for the screen when there is no agent or it failed; else empty."""
    pid: int
    """0 while none said hello."""
    interpreter: int
    python: str
    """Version, as in '3.12.1'; empty until hello."""
    collector: str
    """'generational', 'incremental' or 'free-threaded'; empty until hello."""
    clean_exit: bool
    """It said goodbye at interpreter exit."""
    argv: tuple[str, ...] = ()
    """Command of its process, which may be a child of the launched one."""


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """What the operating system says of the observed process. None: not allowed, or not known yet."""

    rss: int | None
    """Resident set, bytes."""
    uss: int | None
    """Memory that is its alone, bytes."""
    cpu_percent: float | None
    """Share of one core since the figure before, percent."""
    threads: int | None
    """Threads, the agent's left out."""
    open_files: int | None
    """Open descriptors, the agent's left out."""


@dataclass(frozen=True, slots=True)
class GenerationTotals:
    """One entry of `gc.get_stats()`."""

    collections: int
    collected: int
    uncollectable: int


@dataclass(frozen=True, slots=True)
class Gauges:
    """The collector's state, as the agent read it at `taken_ns`."""

    taken_ns: int
    counts: tuple[int, int, int]
    thresholds: tuple[int, int, int]
    enabled: bool
    debug_flags: int
    frozen: int
    """Objects in the permanent generation (`gc.get_freeze_count()`)."""
    totals: tuple[GenerationTotals, GenerationTotals, GenerationTotals]
    trace_frames: int
    """Frames that tracemalloc keeps per traceback; 0 = tracing is off."""
    traced: int
    """Bytes traced now."""
    traced_peak: int
    """Most bytes traced at any time."""
    tracer_memory: int
    """Bytes that tracemalloc itself takes."""
    sample_bytes: int
    """Bytes between two samples on average; 0: every allocation is traced, or none."""
    tracing_since_ns: int
    """When gctui started to trace; 0: it did not."""
    burst_until_ns: int
    """Every allocation is traced until then, and what was traced before after it; 0: there is no burst."""
    tracing_cost_ns: int
    """What the program has spent in tracemalloc since then, of which a part is the allocations themselves; 0: not
    known."""
    recording: bool
    """False: the program has taken gctui's callback out of `gc.callbacks`; its collections are counted, no more."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """Pauses of one generation, nanoseconds, from the flight recorder. All 0 while there is none."""

    events: int
    total: int
    maximum: int
    average: int
    p50: int
    p95: int
    p99: int


@dataclass(frozen=True, slots=True)
class Generation:
    """One row of the generations pane."""

    number: int
    label: str
    """'0', '1', '2', or what they are called under another collector (`monitor/collectors.py`)."""
    count: int | None
    """Towards the next collection; it can pass the threshold. None until the agent said it."""
    threshold: int | None
    """0: never collected automatically; None also where the collector does not use it."""
    collections: int
    collected: int
    uncollectable: int
    rate: float
    """Collections per second over the last 10 s."""
    pauses: Pauses


@dataclass(frozen=True, slots=True)
class Running:
    """A collection that has started and not stopped."""

    generation: int
    started_ns: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """A quarter of a second of the pause time line."""

    start_ns: int
    longest: tuple[int, int, int]
    """Longest pause that started in it, per generation, nanoseconds."""
    total: int
    """Time spent in collections that started in it, nanoseconds."""
    collections: tuple[int, int, int]


BUCKET_NS = 250_000_000


@dataclass(frozen=True, slots=True)
class Site:
    """Where the program was when a collection stopped it."""

    filename: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.filename}:{self.line} {self.function}" if self.filename else self.function


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection, as the flight recorder has it."""

    number: int
    """Its place in this interpreter's log, from 0."""
    started_ns: int
    pause_ns: int
    generation: int
    collected: int
    uncollectable: int
    thread: int
    site: Site
    forced: bool
    """gctui asked for it."""
    is_probe: bool = False
    """It is one of the two of a cycle probe, which is forced too."""
    by_program: bool = False
    """The program asked for it, with gc.collect(). Known of generation 2 only."""
    candidates: int | None = None
    """Objects that it looked at; None before Python 3.15, which alone tells."""
    pid: int = 0
    """Its process, in a log of several; 0 in one of a single interpreter."""
    collector: str = ""
    """The kind of that process's, as `Agent.collector`; empty where it has not said it."""


class CollectionLog(Protocol):
    """The collections still held, by number: `first` to `end` - 1. Older ones live on in the statistics only."""

    @property
    def first(self) -> int: ...
    @property
    def end(self) -> int: ...
    def __getitem__(self, number: int) -> Collection:
        """IndexError when it is not held."""
        ...

    def columns(self, first: int, end: int) -> tuple[Sequence[int], Sequence[int]]:
        """(generations, pauses in ns) of `first` to `end` - 1, for filters that look at many collections."""
        ...


class Frame(NamedTuple):
    """One frame of an allocation's traceback. A tuple, since tens of thousands are compared and hashed per snapshot."""

    filename: str
    line: int


@dataclass(frozen=True, slots=True)
class AllocationEntry:
    """All live blocks that were allocated from one place."""

    frames: tuple[Frame, ...]
    """Most recent call first."""
    size: int
    """Bytes."""
    count: int
    """Blocks."""
    folded: bool
    """It stands for many small tracebacks that share `frames` (one frame; line 0 = anywhere in that file)."""
    samples: int
    """How many of the blocks tracemalloc was shown: all, or those that `size` and `count` are estimated from."""
    size_variance: float = 0.0
    """Of the estimate, bytes squared; 0 where every block is traced."""
    count_variance: float = 0.0


@dataclass(frozen=True, slots=True)
class Allocations:
    """Everything tracemalloc had at one moment, aggregated by traceback in the observed process."""

    taken_ns: int
    total_size: int
    total_count: int
    entries: tuple[AllocationEntry, ...]
    """Largest first; sizes and counts add up to the totals."""
    trace_frames: int
    tracebacks: int
    """How many there were before the small ones were folded."""
    stall_ns: int
    """How long the read stopped the program."""
    aggregate_ns: int
    """Processor time that the agent's thread spent on it beside the program."""
    sample_bytes: int = 0
    """Bytes between two samples on average; 0: every block was traced."""
    apart: bool = False
    """A child process read it: it stopped the program only for its fork."""
    after_burst: bool = False
    """At the end of a burst: it is shown until the user asks for another, since no later one has all allocations."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command."""

    command: int
    """The id that sending it returned; 0: an option asked for it."""
    kind: Literal["collect", "trace", "steer"]
    error: str
    """Why it was not done; empty when it was."""
    generation: int = 0
    freed: int = 0
    """Unreachable objects found, as `gc.collect` returns them."""
    uncollectable: int = 0
    pause_ns: int = 0
    rss_before: int | None = None
    rss_after: int | None = None
    trace_frames: int = 0
    sample_bytes: int = 0
    burst_ms: int = 0
    """How long every allocation is traced, milliseconds; 0: it is no burst."""
    order: int = 0
    """Which of `wire.STEERING`; 0: none, or what an option wanted at the start."""
    before: CollectorSettings | None = None
    """Of the collector, when its settings were to be changed; None when that was not even tried."""
    after: CollectorSettings | None = None


@dataclass(frozen=True, slots=True)
class Losses:
    """What was lost on the way, counted."""

    collections: int = 0
    """Overwritten in the ring before they were read; still in the totals of `gc.get_stats()`."""
    frames: int = 0
    """Gauges that the agent dropped because the pipe was full."""
    output: int = 0
    """Bytes of the program's output no longer kept."""

    def __bool__(self) -> bool:
        return bool(self.collections or self.frames)


@dataclass(frozen=True, slots=True)
class InterpreterTotals:
    """One interpreter's figures for the summary."""

    id: int
    generations: tuple[Generation, Generation, Generation]
    events_received: int
    events_dropped: int


@dataclass(frozen=True, slots=True)
class ProcessTotals:
    """One process's figures for the summary."""

    pid: int
    ppid: int
    argv: tuple[str, ...]
    python: str
    collector: str
    interpreters: tuple[InterpreterTotals, ...]
    clean_exit: bool
    steered: tuple[SettingsChange, ...] = ()
    """What gctui set in its main interpreter."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One tick: everything the screen shows."""

    taken_ns: int
    program: Program
    agent: Agent
    figures: ProcessFigures
    gauges: Gauges | None
    """None until the agent sent any."""
    generations: tuple[Generation, Generation, Generation]
    running: Running | None
    paused_share: float
    """Share of wall time in the collector over the last 10 s, 0 to 1."""
    paused_share_total: float
    """The same since the first sign of the interpreter."""
    timeline: tuple[Bucket, ...]
    """Buckets back to back up to now, oldest first; empty ones are there too. At most 5 minutes."""
    log: CollectionLog
    pauses: PauseReport
    allocations: Allocations | None
    mark: Allocations | None
    """The allocations when the user set the mark; growth is against it."""
    peak: Allocations | None
    """The snapshot with most in it since allocations are traced as they are. It may be the latest one. There may have
    been more between two snapshots."""
    answers: tuple[Answer, ...]
    """Those that came since the tick before."""
    losses: Losses
    notices: tuple[str, ...]
    """Sentences on what went wrong, oldest first, at most 20."""
    processes: int
    """Python processes of the family seen so far, the observed one among them."""
    interpreters: tuple[int, ...]
    """Numbers of the interpreters seen in the observed process, in that order; the shown one is `agent.interpreter`."""
    objects: tuple[ObjectsRead, ...] = ()
    """What came since the tick before of what was asked about the program's objects."""
    advice: tuple[Advice, ...] = ()
    """What the rules say now, longest true first; silenced ones are among them."""
    settings: CollectorSettings | None = None
    """Those of the collector now; None until the agent said them."""
    settings_at_start: CollectorSettings | None = None
    """Before gctui set anything."""
    settings_without_gctui: CollectorSettings | None = None
    """What they would be now if only the program had set them."""
    changes: tuple[SettingsChange, ...] = ()
    """What was set while gctui watched, by it and by the program, oldest first; the last `settings.MOST_CHANGES`."""
    set_elsewhere: int = 0
    """Processes beside the observed one whose collectors are not set as they would be without gctui."""
    garbage_bytes: float | None = None
    """What a collected object gave back to the system on average, bytes; None while that cannot be told."""
    relatives: Relatives | None = None
    """All processes of the family; None while nobody looks at them."""
    family_log: CollectionLog | None = None
    """Of all processes on one time line, in the order in which it was read; None as long as there is one process."""
    round: Round | None = None
    """The latest order that went to several processes."""
