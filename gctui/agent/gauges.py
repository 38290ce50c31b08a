"""What the agent says of its interpreter's collector, again and again."""

import _tracemalloc
import gc
from time import monotonic_ns

from .tracer import Tracer

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Callable

#: Counting frozen objects walks them all: the next count waits this many times as long as the last one took.
FREEZE_COUNT_PATIENCE = 1000


def is_tracing() -> bool:
    return bool(_tracemalloc.is_tracing())


#: What the totals leave out of `gc.get_stats()`: collections, collected and uncollectable, by generation. It is what
#: the cycle probes have added, which count all that they find twice, and in a forked child what its parent had.
left_out = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]


def leave_out(stats: "list[dict[str, int]]") -> None:
    """In a forked child: the totals are its own. `stats`: those of `gc.get_stats()` when it began."""
    for less, one in zip(left_out, stats):
        less[:] = [one["collections"], one["collected"], one["uncollectable"]]


class Gauges:
    """Reads the collector's state. Nothing here walks the heap, but for the count of frozen objects, which is
    rationed."""

    def __init__(self, is_recording: "Callable[[], bool]", tracer: Tracer) -> None:
        """`is_recording`: whether the flight recorder's callback is in gc.callbacks."""
        self._is_recording, self._tracer = is_recording, tracer
        self._frozen = 0
        self._count_again = 0
        self._get = (gc.get_count, gc.get_threshold, gc.get_stats, gc.get_freeze_count, gc.isenabled, gc.get_debug)
        self._clock = monotonic_ns

    def read(self, dropped: int) -> bytes:
        """One GAUGES payload; `dropped` is the number of frames lost so far."""
        count, threshold, stats, _, enabled, debug = self._get
        tracing = is_tracing()
        traced, peak = _tracemalloc.get_traced_memory() if tracing else (0, 0)
        totals = ",".join(
            "[%d,%d,%d]" % (one["collections"] - less[0], one["collected"] - less[1], one["uncollectable"] - less[2])
            for one, less in zip(stats(), left_out)
        )
        return (
            '{"ts":%d,"counts":[%d,%d,%d],"thresholds":[%d,%d,%d],"enabled":%s,"debug":%d,"frozen":%d,"totals":[%s],'
            '"frames":%d,"traced":%d,"peak":%d,"tracer":%d,"mean":%d,"since":%d,"until":%d,"cost":%d,"recording":%s,"dropped":%d}'
            % (
                (self._clock(),) + count() + threshold()
                + ("true" if enabled() else "false", debug(), self.count_frozen(), totals)
                + (_tracemalloc.get_traceback_limit() if tracing else 0, traced, peak)
                + (_tracemalloc.get_tracemalloc_memory() if tracing else 0,)
                + (self._tracer.mean, self._tracer.since, self._tracer.until, self._tracer.cost)
                + ("true" if self._is_recording() else "false", dropped)
            )
        ).encode()  # fmt: skip

    def count_frozen(self, at_once: bool = False) -> int:
        """As of the last count, or `at_once`."""
        before = self._clock()
        if at_once or before >= self._count_again:
            self._frozen = self._get[3]()
            after = self._clock()
            self._count_again = after + (after - before) * FREEZE_COUNT_PATIENCE
        return self._frozen
