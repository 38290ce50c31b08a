"""When allocation snapshots are asked for, and which one is shown."""

from __future__ import annotations

from gctui.monitor.model import Allocations, Gauges

#: A snapshot is asked for this often, and so much less often that its stall stays under 1 % of the time and the work of
#: the agent's thread, or of its child process, under 5 %.
ALLOCATIONS_EVERY_S = 2.0
STALL_SHARE, WORK_SHARE = 0.01, 0.05
#: An answer that has not come after so long will not come.
ANSWER_PATIENCE_S = 30.0


class AllocationFeed:
    """The latest snapshot and the mark, of one agent and one way of tracing."""

    def __init__(self) -> None:
        self.latest: Allocations | None = None
        self.mark: Allocations | None = None
        self.is_wanted = False
        self._next = 0

    def forget(self, next_ns: int) -> None:
        """Another agent, or another way of tracing: what there is cannot be compared with what comes."""
        self.latest = self.mark = None
        self._next = next_ns

    def fold(self, allocations: Allocations, now: int) -> None:
        self.latest = allocations
        quiet = max(
            ALLOCATIONS_EVERY_S * 1e9, allocations.stall_ns / STALL_SHARE, allocations.aggregate_ns / WORK_SHARE
        )
        self._next = now + int(quiet)

    def is_due(self, now: int, gauges: Gauges | None) -> bool:
        """Whether to ask for one now. It is taken as done."""
        is_held = self.latest is not None and self.latest.after_burst
        is_due = self.is_wanted and not is_held and gauges is not None and bool(gauges.trace_frames)
        if not is_due or now < self._next:
            return False
        self._next = now + int(ANSWER_PATIENCE_S * 1e9)
        return True

    def ask_at_once(self) -> None:
        self._next = 0

    def resume(self) -> None:
        """After a burst, whose snapshot is shown until then."""
        if self.latest is not None and self.latest.after_burst:
            self.forget(0)
