"""Allocation snapshots that nobody can ask for in time: when the program holds more than ever before, and at its
end."""

import _tracemalloc
from time import monotonic_ns

from . import wire
from .tracer import Tracer

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from .snapshots import Frame

#: A peak is worth a snapshot when it is higher than the one before by this part and by so many bytes.
MARGIN, LEAST_MARGIN = 0.05, 1 << 20
#: While it still rises by that part from one look to the next, so many looks are passed over: one snapshot may be all
#: that a short peak gets, and the top of it is worth more than the way up.
PASSED_OVER = 2
#: Of the time, what the stalls of snapshots may take, and what the work on them beside the program may.
STALL_SHARE, WORK_SHARE = 0.01, 0.05
#: A peak does not wait: its snapshot may come so long before the shares allow it, ns, for which the next one waits all
#: the longer.
ADVANCE = 2_000_000_000
#: After one that failed, ns.
PATIENCE = 30_000_000_000


def quiet(stall: int, work: int) -> int:
    """How long no snapshot is to follow one that cost so much, ns."""
    return max(int(stall / STALL_SHARE), int(work / WORK_SHARE))


class Unasked:
    """Knows when one is due: when it would find more than all before it, whoever asked for those."""

    def __init__(self, tracer: Tracer, most: int) -> None:
        """`most`: tracebacks to send; 0: none is sent unasked."""
        self.most = most
        self._tracer = tracer
        self._way = 0, 0  # since when it is traced, and how: what was held before cannot be compared
        self._highest = self._held = self._next = 0
        self._seen = self._passed = 0  # what was held at the last look, and how many were passed over

    def is_due(self) -> bool:
        """Whether to take one now, because the program holds more than ever before."""
        if not self.most or not _tracemalloc.is_tracing():
            return False
        held = self._look()  # first: what was waited for may be another way's
        seen, self._seen = self._seen, held
        if monotonic_ns() < self._next - ADVANCE:
            return False
        is_higher = held > max(self._highest * (1 + MARGIN), self._highest + LEAST_MARGIN)
        self._passed = self._passed + 1 if is_higher and held > seen * (1 + MARGIN) else 0
        return is_higher and not self.is_rising

    @property
    def is_rising(self) -> bool:
        """The last look was passed over: the next one is to follow soon."""
        return 0 < self._passed <= PASSED_OVER

    def begun(self) -> None:
        """To be told when a snapshot begins, whoever asked for it."""
        self._held, self._passed = self._look(), 0

    def sent(self, frame: "Frame") -> None:
        """And what came of it."""
        kind, payload = frame
        cost = PATIENCE
        if kind == wire.ALLOCATIONS:
            stall, work = [int.from_bytes(payload[at : at + 8], "little") for at in (24, 32)]
            cost = quiet(stall, work)
            self._highest = max(self._highest, self._held)
        self._next = max(self._next, monotonic_ns()) + cost

    def _look(self) -> int:
        way = self._tracer.since, _tracemalloc.get_traceback_limit()
        if way != self._way:
            self._way = way
            self._highest = self._next = self._seen = self._passed = 0
        return self._tracer.held
