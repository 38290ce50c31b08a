"""tracemalloc switched on and off, without ever touching what the program itself does with it."""

import _tracemalloc
from time import monotonic_ns

from . import wire

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Callable

try:
    from ._native import is_tracing_ours, live_samples, start_tracing, tracing_cost

    CAN_SAMPLE = True
except ImportError:
    CAN_SAMPLE = False
    _witness = []  # type: list[bytearray]  # allocated when we started

    def is_tracing_ours() -> bool:
        """Whether what we started goes on: who stops or clears it, which forgets the witness, has made it his own."""
        return bool(_witness) and _tracemalloc._get_object_traceback(_witness[0]) is not None

    def start_tracing(
        start: "Callable[[int], None]", clear: "Callable[[], None]", frames: int, mean: int, seed: int, /
    ) -> None:
        """Without the C part, interpreters beside the main one make CPython crash, or hang, as they do with
        tracemalloc alone."""
        start(frames)
        _witness[:] = [bytearray(1)]

    def tracing_cost() -> int:
        return 0

    def live_samples() -> int:
        return 0


class Tracer:
    """tracemalloc, unless the program uses it: then it is the program's, and only read."""

    def __init__(self) -> None:
        self._mean = 0
        self._since = 0
        self._until = 0
        self._before = 0, 0  # frames and mean, to go back to after a burst

    @property
    def mean(self) -> int:
        """Bytes between two samples on average; 0: every allocation is traced, by the program or by us."""
        return self._mean if is_tracing_ours() else 0

    @property
    def since(self) -> int:
        """When we started it, monotonic ns; 0: we did not."""
        return self._since if is_tracing_ours() else 0

    @property
    def cost(self) -> int:
        """Nanoseconds that the program has spent in it since; 0: not known."""
        return tracing_cost() if is_tracing_ours() else 0

    @property
    def held(self) -> int:
        """Bytes that the program holds of what is traced, to be compared within one way of tracing alone: while it is
        sampled, a block of n bytes is taken for n + mean, which is right where n is small or large beside mean, and up
        to a third too much in between."""
        return _tracemalloc.get_traced_memory()[0] + live_samples() * self.mean

    @property
    def until(self) -> int:
        """When the burst is over, monotonic ns; 0: there is none."""
        return self._until

    def begin_burst(self, frames: int, duration: int) -> str:
        """Trace every allocation for so many nanoseconds: until `end_burst`. Returns why it was not done, or ''."""
        before = self._before
        if not self._until:
            before = (_tracemalloc.get_traceback_limit(), self._mean) if is_tracing_ours() else (0, 0)
        error = self.switch(frames, 0)
        if not error:
            self._before, self._until = before, monotonic_ns() + duration
        return error

    def end_burst(self) -> None:
        """Trace as before, unless the program has taken tracemalloc over."""
        if self._until:
            still_ours = is_tracing_ours()
            self._until = 0
            if still_ours:
                self.switch(*self._before)

    def switch(self, frames: int, mean: int) -> str:
        """Trace with that many frames, 0 = stop, one allocation in `mean` bytes, 0 = all. Returns why it was not done,
        or ''."""
        ours, self._until = is_tracing_ours(), 0
        if _tracemalloc.is_tracing() and not ours:
            return "the program itself uses tracemalloc (%d frames); gctui leaves it alone" % (
                _tracemalloc.get_traceback_limit()
            )
        if frames and mean and not CAN_SAMPLE:
            return "allocations cannot be sampled: gctui's C part was not built when it was installed"
        if ours and (frames, mean) != (_tracemalloc.get_traceback_limit(), self._mean):
            _tracemalloc.stop()
            ours = False
        if frames and not ours:
            self._mean, self._since = mean, monotonic_ns()
            frames = min(frames, wire.MAX_FRAMES)
            start_tracing(_tracemalloc.start, _tracemalloc.clear_traces, frames, mean, self._since)
        return ""
