"""Allocation tracing: tracemalloc switched on and off, and what it holds, aggregated before it is sent."""

import _tracemalloc
import gc
from _struct import pack
from time import monotonic_ns, thread_time_ns

from . import wire

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Iterable, Optional, Sequence, Tuple, Union

    Place = Tuple[str, int]
    Frames = Sequence[Place]
    Trace = Union[Tuple[int, int, Frames], Tuple[int, int, Frames, Optional[int]]]
    Entry = Tuple[Frames, int, int, int]  # frames, frame count as the wire has it, size, blocks


def is_tracing() -> bool:
    return bool(_tracemalloc.is_tracing())


class Tracer:
    """tracemalloc, unless the program uses it: then it is the program's, and only read."""

    def __init__(self) -> None:
        self.is_ours = False

    def switch(self, frames: int) -> str:
        """Trace with that many frames, 0 = stop. Returns why it was not done, or ''."""
        tracing = is_tracing()
        if not tracing:
            self.is_ours = False
        elif not self.is_ours:
            return "the program itself uses tracemalloc (%d frames); gctui leaves it alone" % (
                _tracemalloc.get_traceback_limit()
            )
        if self.is_ours and frames != _tracemalloc.get_traceback_limit():
            _tracemalloc.stop()
            self.is_ours = False
        if frames and not self.is_ours:
            _tracemalloc.start(min(frames, wire.MAX_FRAMES))
            self.is_ours = True
        return ""


def snapshot(most: int, own_folder: str) -> bytes:
    """One ALLOCATIONS payload: the `most` largest tracebacks, all others folded by line, and if there are still
    too many, by file, so that the sums stay true. Blocks that the agent itself allocated are left out."""
    # A tuple per trace is more than any threshold. Were the collector on, it would start on them at once, and the
    # pauses that the user is shown would be gctui's own. So it stays off until they are gone: for `work`, mostly.
    enabled = gc.isenabled()
    gc.disable()
    try:
        began = monotonic_ns()
        traces = _tracemalloc._get_traces()  # in one go, the interpreter's lock held: nothing else runs
        read, work = monotonic_ns(), thread_time_ns()
        groups = _by_traceback(traces, own_folder)
        del traces
    finally:
        if enabled:
            gc.enable()
    tracebacks = len(groups)
    kept, rest = groups[:most], groups[most:]
    entries = [(frames, len(frames), size, count) for size, count, frames in kept]  # type: list[Entry]
    by_line = _fold(((frames[0], size, count) for size, count, frames in rest))
    entries += [((place,), 1 | wire.FOLDED, size, count) for size, count, place in by_line[:most]]
    by_file = _fold((((place[0], 0), size, count) for size, count, place in by_line[most:]))
    entries += [((place,), 1 | wire.FOLDED, size, count) for size, count, place in by_file]
    return _packed(entries, tracebacks, began, read - began, work)


def _by_traceback(traces: "Iterable[Trace]", own_folder: str) -> "list[tuple[int, int, Frames]]":
    """(size, count, frames) of each traceback, largest first. Equal tracebacks are one shared tuple, so `id` is a
    key."""
    sizes = {}  # type: dict[int, int]
    counts = {}  # type: dict[int, int]
    tracebacks = {}  # type: dict[int, Frames]
    for trace in traces:
        frames = trace[2]
        key = id(frames)
        if key in sizes:
            sizes[key] += trace[1]
            counts[key] += 1
        else:
            sizes[key], counts[key], tracebacks[key] = trace[1], 1, frames
    groups = [
        (size, counts[key], tracebacks[key])
        for key, size in sizes.items()
        if not tracebacks[key][0][0].startswith(own_folder)
    ]
    groups.sort(key=_size, reverse=True)
    return groups


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
