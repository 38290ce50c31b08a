"""When allocation snapshots are asked for, and which one is shown."""

from __future__ import annotations

from gctui.agent.unasked import quiet
from gctui.monitor.model import Allocations, Gauges

#: A snapshot is asked for this often, and so much less often that its stall and the work on it stay under their share
#: of the time; one that came unasked counts as well.
ALLOCATIONS_EVERY_S = 2.0
#: An answer that has not come after so long will not come.
ANSWER_PATIENCE_S = 30.0


class AllocationFeed:
    """The latest snapshot, the mark and the peak, of one agent and one way of tracing."""

    def __init__(self) -> None:
        self.latest: Allocations | None = None
        self.mark: Allocations | None = None
        self.peak: Allocations | None = None
        self._next = 0

    def forget(self, next_ns: int) -> None:
        """Another agent, or another way of tracing: what there is cannot be compared with what comes."""
        self.latest = self.mark = self.peak = None
        self._next = next_ns

    def fold(self, allocations: Allocations, now: int) -> None:
        self._next = now + max(int(ALLOCATIONS_EVERY_S * 1e9), quiet(allocations.stall_ns, allocations.aggregate_ns))
        if self._is_held and not allocations.after_burst:
            return  # it was on its way, or came unasked
        self.latest = allocations
        if self.peak is None or allocations.total_size > self.peak.total_size:
            self.peak = allocations

    def is_due(self, now: int, gauges: Gauges | None) -> bool:
        """Whether to ask for one now. It is taken as done."""
        is_due = not self._is_held and gauges is not None and bool(gauges.trace_frames)
        if not is_due or now < self._next:
            return False
        self._next = now + int(ANSWER_PATIENCE_S * 1e9)
        return True

    def ask_at_once(self) -> None:
        self._next = 0

    def resume(self) -> None:
        """After a burst, whose snapshot is shown until then."""
        if self._is_held:
            self.forget(0)

    @property
    def _is_held(self) -> bool:
        """The end of a burst stays."""
        return self.latest is not None and self.latest.after_burst
