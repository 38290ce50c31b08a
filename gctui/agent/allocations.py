"""What tracemalloc holds, aggregated before it is sent."""

import _tracemalloc
from _collections import defaultdict, deque
from _functools import partial
from _operator import itemgetter
from itertools import chain, islice
from time import monotonic_ns, thread_time_ns

from . import wire
from .still import hold_still

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Callable, Iterable, Optional, Sequence, Tuple, TypeVar, Union

    Known = TypeVar("Known")

    Place = Tuple[str, int]
    Frames = Sequence[Place]
    Trace = Union[Tuple[int, int, Frames], Tuple[int, int, Frames, Optional[int]]]  # domain, size, frames
    #: Size, blocks, samples, and the variances of the first two: what is known of some blocks together.
    Figures = Tuple[float, float, int, float, float]


_E = 2.718281828459045  # `math` is not to be imported in the observed process


def snapshot(most: int, own_folder: str, mean: int, how: int = 0) -> bytes:
    """One ALLOCATIONS payload: the `most` largest tracebacks, all others folded by line, and if there are still
    too many, by file, so that the sums stay true. Blocks that the agent itself allocated are left out. `mean`: bytes
    between two samples; 0 when every block is traced. `how`: how it was taken, for the head."""
    began = monotonic_ns()
    traced = _read(itemgetter(0, 1) if mean else itemgetter(1))
    read, work = monotonic_ns(), thread_time_ns()
    groups = [
        (_estimate(blocks, mean) if mean else (sum(blocks), len(blocks), len(blocks), 0.0, 0.0), frames)
        for frames, blocks in traced.items()
        if not frames[0][0].startswith(own_folder)
    ]  # type: list[tuple[Figures, Frames]]
    groups.sort(key=_size, reverse=True)
    number = len(groups)
    kept, rest = groups[:most], groups[most:]
    entries = [(figures, frames, min(len(frames), wire.MAX_FRAMES)) for figures, frames in kept]
    by_line = _fold((figures, frames[0]) for figures, frames in rest)
    entries += [(figures, (place,), 1 | wire.FOLDED) for figures, place in by_line[:most]]
    by_file = _fold((figures, (place[0], 0)) for figures, place in by_line[most:])
    entries += [(figures, (place,), 1 | wire.FOLDED) for figures, place in by_file]
    return _packed(entries, number, began, read - began, work, mean, how)


def read_apart(result: "tuple[int, int, int, int, int, int, int, bytes]", began: int, mean: int, how: int) -> bytes:
    """The same of what a child process has read (native/aggregate.c)."""
    size, count, stall, work, names, entries, tracebacks, columns = result
    return _head(began, size, count, stall, work, mean, names, entries, tracebacks, how | wire.APART) + columns


def _head(began: int, size: int, count: int, stall: int, work: int, mean: int, *rest: int) -> bytes:
    """As wire.ALLOCATIONS_HEAD has it; the traceback limit comes before the `rest`."""
    limit = _tracemalloc.get_traceback_limit()
    return wire.integers(8, began, size, count, stall, work, mean) + wire.integers(4, limit, *rest)


def _estimate(blocks: "Iterable[tuple[int, int]]", mean: int) -> "Figures":
    """What all blocks are worth of which these (domain, size) were sampled. One of n bytes was, with probability
    p = 1 - exp(-n/mean), and stands for 1/p: the estimator of Horvitz and Thompson (1952), unbiased, whose variance is
    the sum of value^2 (1-p) / p^2. In another domain than Python's own every block is traced: its library tells
    tracemalloc."""
    size = count = size_variance = count_variance = 0.0
    samples = 0
    for domain, one in blocks:
        missed = 0.0 if domain else _E ** (-one / mean)
        weight = 1 / (1 - missed)
        spread = missed * weight * weight
        samples += 1
        size += one * weight
        count += weight
        size_variance += one * one * spread
        count_variance += spread
    return size, count, samples, size_variance, count_variance


def _read(known: "Callable[[Trace], Known]") -> "dict[Frames, list[Known]]":
    """What is to be `known` of each block, by the traceback that it was allocated from.

    tracemalloc hands out a tuple per block: more than any threshold. Were the collector on, it would start on them at
    once, and the pauses that the user is shown would be gctui's own. The steps allocate next to nothing per block,
    since what they allocate is traced, at many times the cost.
    """
    traces = []  # type: list[Trace]
    blocks = defaultdict(list)  # type: dict[Frames, list[Known]]
    frames = itemgetter(2)
    run = deque(maxlen=0).extend  # draws an iterator to its end, and keeps nothing
    hold_still(
        (
            partial(traces.extend, chain.from_iterable(islice(iter(_tracemalloc._get_traces, 0), 1))),
            partial(run, map(list.append, map(blocks.__getitem__, map(frames, traces)), map(known, traces))),
            traces.clear,
        )
    )
    return blocks


def _fold(items: "Iterable[tuple[Figures, Place]]") -> "list[tuple[Figures, Place]]":
    sums = {}  # type: dict[Place, Figures]
    for (size, count, samples, size_variance, count_variance), place in items:
        before = sums.get(place, (0, 0, 0, 0.0, 0.0))
        sums[place] = (
            before[0] + size, before[1] + count, before[2] + samples,
            before[3] + size_variance, before[4] + count_variance,
        )  # fmt: skip
    folded = [(figures, place) for place, figures in sums.items()]
    folded.sort(key=_size, reverse=True)
    return folded


def _size(group: "tuple[Figures, object]") -> float:
    return group[0][0]


def _packed(
    entries: "list[tuple[Figures, Sequence[Place], int]]",
    tracebacks: int,
    began: int,
    stall: int,
    work: int,
    mean: int,
    how: int,
) -> bytes:
    indexes = {}  # type: dict[str, int]
    places = []  # type: list[int]
    for _, frames, _ in entries:
        for name, line in frames[: wire.MAX_FRAMES]:
            places += (indexes.setdefault(name, len(indexes)), line)
    names = []
    for name in indexes:
        text = name.encode("utf-8", "replace")[:4096]
        names.append(wire.integers(2, len(text)) + text)
    number = len(entries)
    sizes = [int(figures[0] + 0.5) for figures, _, _ in entries]
    counts = [int(figures[1] + 0.5) for figures, _, _ in entries]
    work = thread_time_ns() - work
    head = _head(began, sum(sizes), sum(counts), stall, work, mean, len(indexes), number, tracebacks, how)
    columns = [
        wire.integers(8, *sizes),
        wire.integers(8, *counts),
        bytes([kind for _, _, kind in entries]),
        wire.integers(4, *places),
    ]
    if mean:
        columns += [
            wire.integers(8, *[figures[2] for figures, _, _ in entries]),
            _floats([figures[3] for figures, _, _ in entries]),
            _floats([figures[4] for figures, _, _ in entries]),
        ]
    return b"".join([head] + names + columns)


def _floats(numbers: "list[float]") -> bytes:
    packed = memoryview(bytearray(8 * len(numbers))).cast("d")
    for at, number in enumerate(numbers):
        packed[at] = number
    return packed.tobytes()
