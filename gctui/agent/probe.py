"""What the garbage is: a full collection that frees nothing, a look at what it found, and a second one that frees it.

DEBUG_SAVEALL makes the collector put what it would free into `gc.garbage`. Finalizers and the callbacks of weak
references run in that first collection, as in every other, and not again in the second one. Each collection is one call
into C with the collector off and the flags as they were before and after, so that nothing of the program finds them
changed but what those finalizers and callbacks run. Between the two, the garbage hangs on one list of ours and on the
variables of the look. A child forked in that time would keep it for ever, since no thread of ours goes on there: so the
look is given up when a fork waits, and the list emptied in the child.
"""

import gc
from _functools import partial
from _operator import sub
from gc import DEBUG_SAVEALL, collect, enable, get_debug, get_stats, is_tracked, set_debug
from itertools import chain, islice, repeat, starmap
from os import register_at_fork
from time import monotonic_ns

from . import wire
from .garbage import GivenUp, look
from .gauges import left_out
from .kinds import type_name
from .still import run, with_the_collector_off

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence

#: Entries of `gc.garbage` that are looked at, and types of them that are named.
MOST_ENTRIES, MOST_STUCK = 100_000, 50

#: The collector's own list, if it was there when the agent came: a program that replaces `gc.garbage` only hides it.
_garbage = gc.garbage

#: What the first collection found, until the second.
_found = []  # type: list[Any]
register_at_fork(after_in_child=_found.clear)


def cycles(number: int, is_stopping: "Callable[[], bool]") -> bytes:
    """The answer to PROBE. `is_stopping`: whether a fork or the program's end waits for this thread."""
    began = monotonic_ns()
    reason = _why_not()
    if reason:
        return _refused(number, reason)
    said = error = ""
    saving = _Collection(_found, saves=True)
    if not saving.has_run:
        return _refused(number, "another thread's collection was under way, and only one can be at a time")
    try:
        said = look(_found, is_stopping)
    except GivenUp:
        error = "it was given up, because the program forked or came to its end"
    except Exception as raised:  # no memory: what was found is freed all the same
        error = type(raised).__name__
    freeing = _Collection(_found, saves=False)
    if error:
        return _refused(number, error)
    return (
        '{"command":%d,"ts":%d,"stalls_ns":[%d,%d],"work_ns":%d,"left":%d,"uncollectable":%d,"stuck":[%s],%s}'
        % (
            number, began, saving.stall, freeing.stall, monotonic_ns() - began,
            max(0, freeing.tracked - freeing.returned), freeing.uncollectable, _stuck(freeing.base), said,
        )
    ).encode()  # fmt: skip


def _refused(number: int, reason: str) -> bytes:
    return ('{"command":%d,"error":%s}' % (number, wire.quote(reason))).encode()


def _why_not() -> str:
    if type(_garbage) is not list:
        return "gc.garbage is no list any more: what the collector saves there could not be freed again"
    if get_debug() & DEBUG_SAVEALL:
        return "the program has DEBUG_SAVEALL or DEBUG_LEAK set: the collector frees nothing, gc.garbage has it all"
    return ""


class _Collection:
    """One of the two. `found` gets what the first finds, and is emptied in the second."""

    def __init__(self, found: "list[Any]", saves: bool) -> None:
        bases, returned, tracked, flags, stats, slices = [], [], [], [], [], []  # type: Any, Any, Any, Any, Any, Any
        count_entries = map(len, repeat(_garbage, 2))
        # Only as many of the last entries as the collector found are its own: a finalizer may have added some, too.
        starts = map(max, bases, map(sub, count_entries, returned))
        steps = [
            partial(flags.extend, starmap(get_debug, repeat((), 1))),
            partial(stats.extend, chain.from_iterable(starmap(get_stats, repeat((), 1)))),
            partial(bases.extend, islice(count_entries, 1)),
            partial(tracked.extend, map(sum, (map(is_tracked, found),))),
        ]  # type: list[Callable[[], object]]
        collecting = partial(returned.extend, starmap(collect, repeat((2,), 1)))
        if saves:
            steps += [partial(set_debug, DEBUG_SAVEALL), collecting, partial(run, map(set_debug, flags))]
            steps += [
                partial(slices.extend, map(slice, starts, repeat(None))),
                partial(run, map(found.extend, map(_garbage.__getitem__, slices))),
                partial(run, map(_garbage.__delitem__, slices)),
            ]
        else:
            steps += [found.clear, collecting]
        steps.append(partial(stats.extend, chain.from_iterable(starmap(get_stats, repeat((), 1)))))
        try:
            self.stall = probe(steps)
        except BaseException:  # no memory
            if flags:
                set_debug(flags[0])
            if saves and bases:
                del _garbage[bases[0] :]
            found.clear()
            raise
        (self.returned,), (self.tracked,), (self.base,) = returned, tracked, bases
        self.uncollectable, self.has_run = 0, False
        for generation, before, after in zip(left_out, stats, stats[3:]):
            for at, name in enumerate(("collections", "collected", "uncollectable")):
                generation[at] += after[name] - before[name]
            self.uncollectable += after["uncollectable"] - before["uncollectable"]
            self.has_run = self.has_run or after["collections"] > before["collections"]


def probe(steps: "Sequence[Callable[[], object]]") -> int:
    """Call the steps as `hold_still` does. The recorder knows the probe's collections by this function's name."""
    drawn, was_enabled = with_the_collector_off(steps)
    began = monotonic_ns()
    try:
        run(map(next, drawn))
    except BaseException:
        if was_enabled == [True]:
            enable()
        raise
    return monotonic_ns() - began


def _stuck(base: int) -> str:
    """What is in `gc.garbage` now, by type: those beyond `base` came there by the second collection, which with no
    flags set takes nothing but objects with a finalizer in C from before Python 3.4."""
    counts = {}  # type: dict[tuple[int, bool], Any]
    for at, thing in enumerate(_garbage[:MOST_ENTRIES]):
        one = counts.setdefault((id(type(thing)), at >= base), [0, type_name(type(thing))])
        one[0] += 1
    rows = sorted(((count, *name, is_new) for (_, is_new), (count, name) in counts.items()), reverse=True)
    return ",".join(
        '{"module":%s,"name":%s,"count":%d,"new":%s}'
        % (wire.quote(module), wire.quote(name), count, "true" if is_new else "false")
        for count, module, name, is_new in rows[:MOST_STUCK]
    )
