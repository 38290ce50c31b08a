"""Allocation tracing: tracemalloc switched on and off, and what it holds, aggregated before it is sent."""

import _tracemalloc
import gc
from _collections import defaultdict, deque
from _functools import partial
from _operator import itemgetter
from _struct import pack
from itertools import chain, islice
from time import monotonic_ns, thread_time_ns

from . import wire

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Callable, Iterable, Optional, Sequence, Tuple, Union

    Place = Tuple[str, int]
    Frames = Sequence[Place]
    Trace = Union[Tuple[int, int, Frames], Tuple[int, int, Frames, Optional[int]]]
    Entry = Tuple[Frames, int, int, int]  # frames, frame count as the wire has it, size, blocks


def is_tracing() -> bool:
    return bool(_tracemalloc.is_tracing())


try:
    from ._native import is_tracing_ours, start_tracing
except ImportError:
    _witness = []  # type: list[bytearray]  # allocated when we started

    def is_tracing_ours() -> bool:
        """Whether what we started goes on: who stops or clears it, which forgets the witness, has made it his own."""
        return is_tracing() and bool(_witness) and _tracemalloc._get_object_traceback(_witness[0]) is not None

    def start_tracing(start: "Callable[[int], None]", frames: int, mean: int, seed: int, /) -> None:
        """Without the C part, interpreters beside the main one make CPython crash, or hang, as they do with
        tracemalloc alone."""
        start(frames)
        _witness[:] = [bytearray(1)]


class Tracer:
    """tracemalloc, unless the program uses it: then it is the program's, and only read."""

    def switch(self, frames: int) -> str:
        """Trace with that many frames, 0 = stop. Returns why it was not done, or ''."""
        ours = is_tracing_ours()
        if is_tracing() and not ours:
            return "the program itself uses tracemalloc (%d frames); gctui leaves it alone" % (
                _tracemalloc.get_traceback_limit()
            )
        if ours and frames != _tracemalloc.get_traceback_limit():
            _tracemalloc.stop()
            ours = False
        if frames and not ours:
            start_tracing(_tracemalloc.start, min(frames, wire.MAX_FRAMES), 0, 0)
        return ""


def snapshot(most: int, own_folder: str) -> bytes:
    """One ALLOCATIONS payload: the `most` largest tracebacks, all others folded by line, and if there are still
    too many, by file, so that the sums stay true. Blocks that the agent itself allocated are left out."""
    began = monotonic_ns()
    sizes = _read()
    read, work = monotonic_ns(), thread_time_ns()
    groups = [
        (sum(blocks), len(blocks), frames)
        for frames, blocks in sizes.items()
        if not frames[0][0].startswith(own_folder)
    ]
    groups.sort(key=_size, reverse=True)
    number = len(groups)
    kept, rest = groups[:most], groups[most:]
    entries = [(frames, len(frames), size, count) for size, count, frames in kept]  # type: list[Entry]
    by_line = _fold(((frames[0], size, count) for size, count, frames in rest))
    entries += [((place,), 1 | wire.FOLDED, size, count) for size, count, place in by_line[:most]]
    by_file = _fold((((place[0], 0), size, count) for size, count, place in by_line[most:]))
    entries += [((place,), 1 | wire.FOLDED, size, count) for size, count, place in by_file]
    return _packed(entries, number, began, read - began, work)


def _read() -> "dict[Frames, list[int]]":
    """The sizes of all blocks, by the traceback that they were allocated from.

    tracemalloc hands out a tuple per block: more than any threshold. Were the collector on, it would start on them at
    once, and the pauses that the user is shown would be gctui's own. Were it off for longer than one call, a program
    that switches it off in between would find it on again. So all of this is one call into C: no Python code runs in
    it, and thus no other thread, from the question whether the collector is on to its being as it was. It allocates
    next to nothing per block, since what it allocates is traced, at many times the cost.
    """
    was_enabled = []  # type: list[bool]
    traces = []  # type: list[Trace]
    sizes = defaultdict(list)  # type: dict[Frames, list[int]]
    size, frames = itemgetter(1), itemgetter(2)
    as_before = {True: iter(gc.enable, 0), False: iter(gc.disable, 0)}
    run = deque(maxlen=0).extend  # draws an iterator to its end, and keeps nothing
    steps = (
        partial(was_enabled.extend, islice(iter(gc.isenabled, None), 1)),
        gc.disable,
        partial(traces.extend, chain.from_iterable(islice(iter(_tracemalloc._get_traces, 0), 1))),
        partial(run, map(list.append, map(sizes.__getitem__, map(frames, traces)), map(size, traces))),
        traces.clear,
        partial(run, map(next, map(as_before.__getitem__, was_enabled))),
    )
    run(map(next, [iter(step, 0) for step in steps]))
    return sizes


def _fold(items: "Iterable[tuple[Place, int, int]]") -> "list[tuple[int, int, Place]]":
    sums = {}  # type: dict[Place, tuple[int, int]]
    for place, size, count in items:
        before = sums.get(place, (0, 0))
        sums[place] = (before[0] + size, before[1] + count)
    folded = [(size, count, place) for place, (size, count) in sums.items()]
    folded.sort(key=_size, reverse=True)
    return folded


def _size(group: "tuple[int, int, object]") -> int:
    return group[0]


def _packed(entries: "list[Entry]", tracebacks: int, began: int, stall: int, work: int) -> bytes:
    indexes = {}  # type: dict[str, int]
    places = []  # type: list[int]
    for frames, _, _, _ in entries:
        for name, line in frames[: wire.MAX_FRAMES]:
            places += (indexes.setdefault(name, len(indexes)), line)
    names = []
    for name in indexes:
        text = name.encode("utf-8", "replace")[:4096]
        names.append(pack("<H", len(text)) + text)
    head = wire.ALLOCATIONS_HEAD.pack(
        began, sum(entry[2] for entry in entries), sum(entry[3] for entry in entries), stall,
        thread_time_ns() - work, _tracemalloc.get_traceback_limit(), len(indexes), len(entries), tracebacks,
    )  # fmt: skip
    number = len(entries)
    columns = [
        pack("<%dQ" % number, *[entry[2] for entry in entries]),
        pack("<%dQ" % number, *[entry[3] for entry in entries]),
        bytes([entry[1] for entry in entries]),
        pack("<%dI" % len(places), *places),
    ]
    return b"".join([head] + names + columns)
