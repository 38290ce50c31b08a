"""Allocation snapshots that stop the program for as short as can be: read here while tracemalloc holds little, else by
a child process that the program does not notice."""

import _tracemalloc
import gc
from time import monotonic_ns

from . import allocations, gauges, wire
from .greeting import failure
from .link import ready
from .tracer import Tracer

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Callable, Optional, Sequence, Tuple

    Frame = Tuple[int, bytes]  # of the pipe: its type and payload

try:
    from ._native import begin_reading, reading_result
except ImportError:

    def begin_reading(
        disable: "Callable[[], None]",
        get_traces: "Callable[[], Sequence[object]]",
        most: int,
        own_folder: str,
        mean: float,
        memory: int,
        /,
    ) -> object:
        """Without the C part there is no child that the program would not notice."""
        raise OSError

    def reading_result(reading: object, /) -> "tuple[int, int, int, int, int, int, int, bytes] | tuple[()] | None":
        return ()


#: What tracemalloc takes for one block, and how long its reading stops the program, ns.
BYTES_PER_BLOCK, NS_PER_BLOCK = 53, 300
#: How long it takes in all by a child process, its fork and its end included, ns.
NS_PER_BLOCK_APART = 1_000
#: So many are read here. A fork stops the program for 1.5 ms and for some 15 us per MB that it has: once it is known
#: how long, so many more are read here as take no longer.
FEW_BLOCKS = 20_000
#: Of the memory that tracemalloc takes, the most that a reading takes: a tuple per block, and one per frame.
READING_TAKES = 16
LEAST_READING_TAKES = 64 << 20
#: How long a child may take, ns, and how much more per block: 20 times what it does.
LIMIT, LIMIT_PER_BLOCK = 10_000_000_000, 6_000
#: How often a child is asked that is waited for, seconds.
INTERVAL = 0.002


def _blocks() -> int:
    """How many are traced, roughly."""
    return _tracemalloc.get_tracemalloc_memory() // BYTES_PER_BLOCK


class Snapshots:
    """Takes them one at a time."""

    def __init__(self, own_folder: str, tracer: Tracer) -> None:
        self._own_folder, self._tracer = own_folder, tracer
        self._get_traces, self._disable = _tracemalloc._get_traces, gc.disable
        self._reading = None  # type: Optional[object]
        self._began = self._mean = self._limit = self._how = self._most = self._fork = 0

    def take(self, most: int, how: int = 0) -> "Optional[Frame]":
        """Begin one, of the `most` largest tracebacks: the frame to send, or None when `finished` will have it. `how`:
        its bits for the head."""
        if self._reading is not None:
            return None
        self._began, self._mean, self._how, self._most = monotonic_ns(), self._tracer.mean, how, most
        tracer_memory, blocks = _tracemalloc.get_tracemalloc_memory(), _blocks()
        self._limit = LIMIT + LIMIT_PER_BLOCK * blocks
        if blocks > max(FEW_BLOCKS, self._fork // NS_PER_BLOCK):
            memory = LEAST_READING_TAKES + READING_TAKES * tracer_memory
            try:
                self._reading = begin_reading(
                    self._disable, self._get_traces, most, self._own_folder, float(self._mean), memory
                )
                return None
            except OSError:  # no more processes, no memory for one, or no C part
                pass
        return self._read_here(most)

    @property
    def is_waiting(self) -> bool:
        return self._reading is not None

    def finished(self) -> "Optional[Frame]":
        """The frame to send when the child has ended or its time is over."""
        if self._reading is None:
            return None
        try:
            result = reading_result(self._reading)
        except MemoryError:  # near the limit of the machine or of a container
            self.forget()
            return self._read_here(self._most) if gauges.is_tracing() else None
        if result is None and monotonic_ns() - self._began < self._limit:
            return None
        self.forget()
        if result:
            self._fork = result[2]
            return wire.ALLOCATIONS, allocations.read_apart(result, self._began, self._mean, self._how)
        why = "ended without an answer" if result == () else "took longer than %d s and was ended" % (self._limit / 1e9)
        return wire.FAILURE, failure("the process that read the allocations " + why)

    def take_within(self, nanoseconds: int, most: int) -> "Optional[Frame]":
        """One that is waited for, or that is under way already; None where there is not enough time."""
        end = monotonic_ns() + nanoseconds
        if self._reading is None and _blocks() * NS_PER_BLOCK_APART > nanoseconds:
            return None
        frame = self.finished() if self._reading is not None else self.take(most)
        while self._reading is not None and monotonic_ns() < end:
            ready([], [], INTERVAL)
            frame = self.finished()
        return frame

    def _read_here(self, most: int) -> "Frame":
        return wire.ALLOCATIONS, allocations.snapshot(most, self._own_folder, self._mean, self._how)

    def forget(self) -> None:
        """End the child, if there is one."""
        self._reading = None
