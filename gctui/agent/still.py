"""Work on the program's objects while nothing of the program moves."""

from _collections import deque
from _functools import partial
from gc import disable, enable, isenabled
from itertools import islice
from time import monotonic_ns

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Callable, Iterator, Sequence


run = deque(maxlen=0).extend
"""Draws an iterator to its end, and keeps nothing."""


def hold_still(steps: "Sequence[Callable[[], object]]") -> int:
    """Call the steps, which must be of C, one after another in one call into C, with the collector off; how long that
    took, in nanoseconds.

    No Python code runs in it, and thus no other thread, from the question whether the collector is on to its being as
    it was. So what is found in one step is alive in the next, and nothing dies of our letting it go: the last
    reference to an object of the program is never ours, and no finalizer runs in our thread. What the steps find of
    the program they must therefore let go too, before the last one ends.
    """
    drawn, was_enabled = with_the_collector_off(steps)
    began = monotonic_ns()
    try:
        run(map(next, drawn))
    except BaseException:  # no memory
        if was_enabled == [True]:
            enable()
        raise
    return monotonic_ns() - began


def with_the_collector_off(steps: "Sequence[Callable[[], object]]") -> "tuple[list[Iterator[object]], list[bool]]":
    """Iterators that call the steps, each when it is asked for its next value, between switching the collector off and
    having it as it was; and where they note how that is."""
    was_enabled = []  # type: list[bool]
    as_before = {True: iter(enable, 0), False: iter(disable, 0)}
    all_steps = [partial(was_enabled.extend, islice(iter(isenabled, None), 1)), disable]
    all_steps.extend(steps)
    all_steps.append(partial(run, map(next, map(as_before.__getitem__, was_enabled))))
    return [iter(step, 0) for step in all_steps], was_enabled
