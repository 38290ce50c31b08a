"""What the agent says of its interpreter: hello, gauges, goodbye. Each builds one JSON payload."""

import _tracemalloc
import gc
import os
import sys
from _thread import get_ident
from time import monotonic_ns

from . import wire

#: Counting frozen objects walks them all: the next count waits this many times as long as the last one took.
FREEZE_COUNT_PATIENCE = 1000


def collector_kind() -> str:
    """Which collector this interpreter has. 3.14.0 to 3.14.4 had the incremental one (CPython issue 148726)."""
    if "t" in getattr(sys, "abiflags", ""):
        return "free-threaded"
    return "incremental" if (3, 14, 0) <= sys.version_info[:3] < (3, 14, 5) else "generational"


def hello(interpreter: int, started: int) -> bytes:
    """Who is there. `started` is when the agent started, in monotonic nanoseconds."""
    argv = ",".join(wire.quote(str(word)) for word in getattr(sys, "orig_argv", sys.argv)[:256])
    return (
        '{"protocol":%d,"pid":%d,"ppid":%d,"started":%d,"interpreter":%d,"thread":%d,'
        '"python":%s,"build":%s,"collector":%s,"executable":%s,"argv":[%s]}'
        % (
            wire.PROTOCOL, os.getpid(), os.getppid(), started, interpreter, get_ident(),
            wire.quote("%d.%d.%d" % sys.version_info[:3]), wire.quote(sys.version),
            wire.quote(collector_kind()), wire.quote(sys.executable or ""), argv,
        )
    ).encode()  # fmt: skip


class Gauges:
    """Reads the collector's state. Nothing here walks the heap, but for the count of frozen objects, which is
    rationed."""

    def __init__(self) -> None:
        self._frozen = 0
        self._count_again = 0
        self._get = (gc.get_count, gc.get_threshold, gc.get_stats, gc.get_freeze_count, gc.isenabled, gc.get_debug)
        self._clock = monotonic_ns

    def read(self, dropped: int) -> bytes:
        """One GAUGES payload; `dropped` is the number of frames lost so far."""
        count, threshold, stats, _, enabled, debug = self._get
        tracing = _tracemalloc.is_tracing()
        traced, peak = _tracemalloc.get_traced_memory() if tracing else (0, 0)
        totals = ",".join(
            "[%d,%d,%d]" % (one["collections"], one["collected"], one["uncollectable"]) for one in stats()
        )
        return (
            '{"ts":%d,"counts":[%d,%d,%d],"thresholds":[%d,%d,%d],"enabled":%s,"debug":%d,"frozen":%d,"totals":[%s],'
            '"frames":%d,"traced":%d,"peak":%d,"tracer":%d,"dropped":%d}'
            % (
                (self._clock(),) + count() + threshold()
                + ("true" if enabled() else "false", debug(), self._count_frozen(), totals)
                + (_tracemalloc.get_traceback_limit() if tracing else 0, traced, peak)
                + (_tracemalloc.get_tracemalloc_memory() if tracing else 0, dropped)
            )
        ).encode()  # fmt: skip

    def _count_frozen(self) -> int:
        before = self._clock()
        if before >= self._count_again:
            self._frozen = self._get[3]()
            after = self._clock()
            self._count_again = after + (after - before) * FREEZE_COUNT_PATIENCE
        return self._frozen
