"""Stand-ins for a live program: snapshots with fixed figures and a session that plays them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from gctui.agent import wire
from gctui.monitor.collectors import words
from gctui.monitor.history import InterpreterHistory
from gctui.monitor.messages import Hello, Message, RingFound, RingRead
from gctui.monitor.model import (
    BUCKET_NS,
    Agent,
    AllocationEntry,
    Allocations,
    Answer,
    Bucket,
    Collection,
    Frame,
    Gauges,
    Generation,
    GenerationTotals,
    Losses,
    Pauses,
    ProcessFigures,
    Program,
    Running,
    Site,
    Snapshot,
)
from gctui.monitor.objects import TypeCount
from gctui.monitor.output import Output
from gctui.monitor.pause_history import PauseHistory
from gctui.monitor.relatives import Order, Relative, Relatives, Reply, Round
from gctui.monitor.settings import CollectorSettings
from gctui.monitor.source import ProgramStatus

SECOND = 1_000_000_000
NOW = 1000 * SECOND
NOBODY = 2**22 + 1
"""Over the largest process number there is, so that nothing is read of a process that happens to run."""
SETTINGS = CollectorSettings(True, (700, 10, 10), 0, 0)
FOUND = RingFound(1, NOBODY, 1, 0, "3.12.1", 0, ("python", "app.py"))
HELLO = Hello(wire.PROTOCOL, NOBODY, 1, 0, 0, 1, "3.12.1", "", "generational", "/usr/bin/python", ("python", "app.py"))


class FakeLog(Sequence[Collection]):
    """A collection log over a plain list."""

    def __init__(self, collections: Sequence[Collection], first: int = 0) -> None:
        self._collections = list(collections)
        self.first = first

    @property
    def end(self) -> int:
        return self.first + len(self._collections)

    def __len__(self) -> int:
        return len(self._collections)

    def __getitem__(self, number: Any) -> Any:
        if not self.first <= number < self.end:
            raise IndexError(number)
        return self._collections[number - self.first]

    def columns(self, first: int, end: int) -> tuple[list[int], list[int]]:
        chosen = self._collections[first - self.first : end - self.first]
        return [one.generation for one in chosen], [one.pause_ns for one in chosen]


def make_collection(number: int, generation: int = 0, pause_ns: int = 20_000, **changes: Any) -> Collection:
    base = Collection(
        number=number,
        started_ns=NOW - 60 * SECOND + number * SECOND // 10,
        pause_ns=pause_ns,
        generation=generation,
        collected=number % 7,
        uncollectable=0,
        thread=1,
        site=Site("/srv/app/views.py", 10 + number % 5, "handle"),
        forced=False,
    )
    return replace(base, **changes)


def make_log(length: int = 100) -> FakeLog:
    """Mostly generation 0, every 10th 1, every 50th 2 with a pause of 120 ms."""
    kinds = ((2, 120_000_000) if n % 50 == 49 else (1, 400_000) if n % 10 == 9 else (0, 20_000) for n in range(length))
    return FakeLog([make_collection(n, generation, pause) for n, (generation, pause) in enumerate(kinds)])


def make_pauses(log: FakeLog | None = None) -> PauseHistory:
    """Of the collections of the log."""
    log = log or make_log()
    collections = [log[number] for number in range(log.first, log.end)]
    sites = {8 + number: site for number, site in enumerate(dict.fromkeys(one.site for one in collections))}
    numbers = {site: number for number, site in sites.items()}
    records = [
        (
            one.started_ns, one.pause_ns, one.generation, one.collected, one.uncollectable, one.thread,
            numbers[one.site], one.number + 1,
        )
        for one in collections
    ]  # fmt: skip
    history = InterpreterHistory(0, NOW - 60 * SECOND)
    history.fold_ring(RingRead(1, records, 0, None, sites))
    return history.pauses


def make_allocations(entries: int = 40, scale: int = 1, taken_ns: int = NOW) -> Allocations:
    made = tuple(
        AllocationEntry(
            frames=(
                Frame(f"/srv/app/module{n % 8}.py", 10 + n),
                Frame("/srv/app/views.py", 100 + n % 3),
                Frame("/srv/app/main.py", 7),
            ),
            size=(entries - n) * 10_000 * scale,
            count=(n + 1) * scale,
            folded=False,
            samples=(n + 1) * scale,
        )
        for n in range(entries)
    )
    return Allocations(
        taken_ns=taken_ns,
        total_size=sum(one.size for one in made),
        total_count=sum(one.count for one in made),
        entries=made,
        trace_frames=5,
        tracebacks=entries,
        stall_ns=4_200_000,
        aggregate_ns=9_000_000,
    )


def make_generation(number: int, count: int, threshold: int, longest_ns: int) -> Generation:
    pauses = Pauses(
        events=90 // 10**number,
        total=longest_ns * 3,
        maximum=longest_ns,
        average=longest_ns // 2,
        p50=longest_ns // 2,
        p95=longest_ns * 9 // 10,
        p99=longest_ns,
    )
    return Generation(number, str(number), count, threshold, 90 // 10**number, 400, 0, 1.5, pauses)


def make_snapshot(**changes: Any) -> Snapshot:
    buckets = tuple(
        Bucket(
            NOW - (240 - n) * BUCKET_NS,
            (20_000, 400_000 if n % 4 == 3 else 0, 120_000_000 if n % 40 == 39 else 0),
            120_420_000 if n % 40 == 39 else 20_000,
            (2, int(n % 4 == 3), int(n % 40 == 39)),
        )
        for n in range(240)
    )
    base = Snapshot(
        taken_ns=NOW,
        program=Program(("python", "app.py", "--serve"), 4242, "running", NOW - 60 * SECOND, None, None, None),
        agent=Agent("connected", "", 4242, 0, "3.12.1", "generational", False),
        figures=ProcessFigures(rss=128 << 20, uss=96 << 20, cpu_percent=37.5, threads=3, open_files=17),
        gauges=Gauges(
            taken_ns=NOW,
            counts=(431, 3, 14),
            thresholds=(700, 10, 10),
            enabled=True,
            debug_flags=0,
            frozen=0,
            totals=(GenerationTotals(90, 400, 0), GenerationTotals(9, 400, 0), GenerationTotals(2, 400, 0)),
            trace_frames=5,
            traced=8 << 20,
            traced_peak=9 << 20,
            tracer_memory=1 << 20,
            sample_bytes=0,
            tracing_since_ns=NOW - 50 * SECOND,
            burst_until_ns=0,
            tracing_cost_ns=0,
            recording=True,
        ),
        generations=(
            make_generation(0, 431, 700, 30_000),
            make_generation(1, 3, 10, 500_000),
            make_generation(2, 14, 10, 120_000_000),
        ),
        running=None,
        paused_share=0.12,
        paused_share_total=0.04,
        timeline=buckets,
        log=make_log(),
        pauses=make_pauses(),
        allocations=make_allocations(),
        mark=None,
        peak=None,
        answers=(),
        losses=Losses(),
        notices=(),
        processes=1,
        interpreters=(0,),
        settings=SETTINGS,
        settings_at_start=SETTINGS,
        settings_without_gctui=SETTINGS,
    )
    return replace(base, **changes)


def make_relative(number: int, **changes: Any) -> Relative:
    """The launched process is number 0, the others are its workers."""
    base = Relative(
        key=number + 1,
        pid=4242 + number,
        ppid=4242 if number else 4000,
        depth=min(number, 1),
        argv=("python", "app.py", "--serve") if not number else ("/usr/bin/python", "worker.py", str(number)),
        python="3.12.1",
        collector="generational",
        started_ns=NOW - 60 * SECOND,
        state="running",
        ending="",
        interpreters=1,
        running=None,
        paused_share=0.01 * number,
        paused_ns=number * 100_000_000,
        longest_ns=number * 10_000_000,
        collections=100 * (number + 1),
        rate=float(number),
        rss=(100 + number) << 20,
        pss=(40 + number) << 20,
        uss=(20 + number) << 20,
        cpu_percent=5.0 * number,
        speaks=True,
        enabled=True,
        frozen=0,
        thresholds=(700, 10, 10),
        is_shown=not number,
    )
    return replace(base, **changes)


def make_relatives(*rows: Relative) -> Relatives:
    """These, added up; without any: four workers, of which one collects, one is stopped and one was killed, and a
    shell."""
    if not rows:
        rows = (
            make_relative(0),
            make_relative(1, running=Running(2, NOW - 3_200_000_000)),
            make_relative(2, state="stopped"),
            make_relative(3, speaks=False, frozen=None, enabled=None, thresholds=None),
            make_relative(5, key=0, argv=("/bin/sh", "-c", "sleep 9"), python="", speaks=False, frozen=None),
            make_relative(4, state="ended", ending="killed by SIGKILL", speaks=False, rss=None, pss=None, uss=None),
        )
    living = [one for one in rows if one.state != "ended"]
    return Relatives(
        rows=rows,
        folded=0,
        processes=len(rows),
        living=len(living),
        paused_ns=sum(one.paused_ns for one in rows),
        longest_ns=max(one.longest_ns for one in rows),
        collections=sum(one.collections for one in rows),
        rss=sum(one.rss or 0 for one in living),
        pss=sum(one.pss or 0 for one in living),
        cpu_percent=sum(one.cpu_percent or 0 for one in living),
    )


def make_of_family(relatives: Relatives | None = None, **changes: Any) -> Snapshot:
    """The same figures in a program of several processes."""
    relatives = relatives or make_relatives()
    return make_snapshot(relatives=relatives, processes=len(relatives.rows), **changes)


def make_of_collector(collector: str, **changes: Any) -> Snapshot:
    """The same figures under another collector, labelled as the monitor labels them."""
    base, called = make_snapshot(**changes), words(collector)
    first, second, third = (
        replace(
            one,
            label=called.labels[one.number],
            threshold=one.threshold if called.counted[one.number] else None,
        )
        for one in base.generations
    )
    agent = replace(base.agent, python="3.14.2", collector=collector)
    return replace(base, agent=agent, generations=(first, second, third))


class FakeSession:
    """Plays `snapshots`, the last one for ever, and notes in `calls` what it was asked to do."""

    has_terminal = True
    accepts_input = True

    def __init__(self, *snapshots: Snapshot) -> None:
        self.output = Output()
        self.calls: list[tuple[Any, ...]] = []
        self.snapshots = list(snapshots or (make_snapshot(),))
        self.answer: Callable[[int], Answer] | None = None
        self._answers: list[Answer] = []

    def tick(self) -> Snapshot:
        snapshot = self.snapshots.pop(0) if len(self.snapshots) > 1 else self.snapshots[0]
        answers, self._answers = tuple(self._answers), []
        return replace(snapshot, answers=snapshot.answers + answers)

    def _note(self, *call: Any) -> int:
        self.calls.append(call)
        return len(self.calls)

    def collect(self, generation: int) -> int:
        return self._order("collect", generation)

    def set_enabled(self, enabled: bool) -> int:
        return self._order("set_enabled", enabled)

    def set_thresholds(self, thresholds: tuple[int, int, int]) -> int:
        return self._order("set_thresholds", thresholds)

    def freeze(self, collect_first: bool) -> int:
        return self._order("freeze", collect_first)

    def unfreeze(self) -> int:
        return self._order("unfreeze")

    def set_debug_flags(self, flags: int) -> int:
        return self._order("set_debug_flags", flags)

    def restore_settings(self) -> tuple[int, ...]:
        return (self._order("restore_settings"),)

    def _order(self, *call: Any) -> int:
        number = self._note(*call)
        if self.answer is not None:
            self._answers.append(self.answer(number))
        return number

    def silence(self, name: str, silenced: bool) -> None:
        self._note("silence", name, silenced)
        self.snapshots = [
            replace(one, advice=tuple(replace(a, silenced=silenced) if a.name == name else a for a in one.advice))
            for one in self.snapshots
        ]

    def record_again(self) -> None:
        self._note("record_again")

    def show_interpreter(self, step: int) -> None:
        self._note("show_interpreter", step)

    def want_relatives(self, wanted: bool) -> None:
        self._note("want_relatives", wanted)

    def show_process(self, key: int) -> None:
        self._note("show_process", key)
        self.snapshots = [_showing(one, key) for one in self.snapshots]

    def order_each(self, order: Order, keys: Sequence[int]) -> int:
        """The round has begun with the next tick; a test lets it go on."""
        number = self._note("order_each", order, tuple(keys))
        pids = {one.key: one.pid for one in (self.snapshots[0].relatives or Relatives()).rows}
        replies = tuple(Reply(key, pids.get(key, 0), "waiting") for key in keys)
        self.snapshots = [replace(one, round=Round(number, order, replies)) for one in self.snapshots]
        return number

    def trace(self, frames: int, sample_bytes: int) -> int:
        return self._note("trace", frames, sample_bytes)

    def burst(self, frames: int, seconds: float) -> int:
        return self._note("burst", frames, seconds)

    def resume_allocations(self) -> None:
        self._note("resume_allocations")

    def count_objects(self) -> int:
        return self._note("count_objects")

    def list_instances(self, kind: TypeCount) -> int:
        return self._note("list_instances", kind.full_name)

    def find_referrers(self, object_id: int, kind: TypeCount) -> int:
        return self._note("find_referrers", object_id, kind.full_name)

    def show_object(self, object_id: int, kind: TypeCount) -> int:
        return self._note("show_object", object_id, kind.full_name)

    def probe_cycles(self) -> int:
        return self._note("probe_cycles")

    def want_allocations(self, wanted: bool) -> None:
        self._note("want_allocations", wanted)

    def mark(self) -> None:
        self._note("mark")
        self.snapshots = [replace(one, mark=one.allocations) for one in self.snapshots]

    def set_rate(self, hertz: float) -> None:
        self._note("set_rate", hertz)

    def type(self, data: bytes) -> None:
        self._note("type", data)

    def resize(self, columns: int, lines: int) -> None:
        self._note("resize", columns, lines)

    def signal(self, number: int) -> None:
        self._note("signal", number)

    def close(self) -> None:
        self._note("close")


def _showing(snapshot: Snapshot, key: int) -> Snapshot:
    if snapshot.relatives is None:
        return snapshot
    rows = tuple(replace(one, is_shown=one.key == key) for one in snapshot.relatives.rows)
    shown = next(one for one in rows if one.is_shown)
    agent = replace(snapshot.agent, pid=shown.pid, argv=shown.argv)
    return replace(snapshot, relatives=replace(snapshot.relatives, rows=rows), agent=agent)


class FakeSource:
    """A source that yields what was put into `messages`."""

    argv: tuple[str, ...] = ("python", "app.py")
    pid = NOBODY
    started_ns = 0
    has_terminal = accepts_input = False

    def __init__(self, *messages: Message) -> None:
        self.output = Output()
        self.messages = list(messages)
        self.now = SECOND
        self.ended = ProgramStatus()
        self.commands: list[tuple[int, int, int]] = []
        self.has_agent = True

    def clock(self) -> int:
        return self.now

    def poll(self) -> list[Message]:
        messages, self.messages = self.messages, []
        return messages

    def status(self) -> ProgramStatus:
        return self.ended

    def command(self, kind: int, number: int, first: int, second: int = 0, channel: int = 0) -> bool:
        self.commands.append((kind, number, first))
        return self.has_agent

    def type(self, data: bytes) -> None: ...
    def resize(self, columns: int, lines: int) -> None: ...
    def signal(self, number: int) -> None: ...
    def close(self) -> None: ...
