"""Which objects there are: all of them by type, and some of one type.

Nothing of the program is kept between two commands, not even a weak reference: a type and an object are named by their
`id()`, and looked up again. What is to be read of many objects is read in one call into C; see `hold_still`.
"""

import _tracemalloc
import sys
from _collections import defaultdict
from _functools import partial
from _operator import eq, is_
from gc import get_objects, get_referents
from itertools import chain, compress, islice, repeat
from time import monotonic_ns

from . import wire
from .kinds import MANAGED_DICT, can_be_keys, flags, header, sizers, subtypes, type_name
from .own import own_objects
from .still import hold_still, run

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Any, Iterable, Sequence

#: Types that one census names; those with the fewest bytes are added up.
MOST_TYPES = 5000
#: Instances of a type that are shown: so many of the largest, and of the newest.
MOST_INSTANCES = 20

size_of = object.__sizeof__
trace_of = _tracemalloc._get_object_traceback


def census(number: int, roots: "Sequence[object]") -> bytes:
    """The answer to CENSUS: live objects by type. `roots`: what is gctui's and cannot be reached from its modules."""
    began = monotonic_ns()
    sizer_of = sizers()
    objects = []  # type: list[object]
    by_type = defaultdict(list)  # type: dict[Any, list[object]]
    groups = []  # type: list[list[object]]
    kinds, ids, counts, sizes = [], [], [], []  # type: list[type], list[int], list[int], list[int]
    # With an id, a number is made and freed for each object: twice as slow, and 20 times under exact tracing.
    keys = map(type, objects) if can_be_keys() else map(id, map(type, objects))  # type: Any
    sizers_of_groups = map(sizer_of.get, ids, repeat(size_of))
    steps = (
        _reading(objects),
        partial(run, map(list.append, map(by_type.__getitem__, keys), objects)),
        objects.clear,
        partial(groups.extend, by_type.values()),
        by_type.clear,
        partial(kinds.extend, map(type, map(next, map(iter, groups)))),
        partial(ids.extend, map(id, kinds)),
        partial(counts.extend, map(len, groups)),
        partial(sizes.extend, map(sum, map(map, sizers_of_groups, groups))),
        groups.clear,
    )
    stall = hold_still(steps)
    found = {one: [size, count, kind] for one, size, count, kind in zip(ids, sizes, counts, kinds)}  # type: dict[int, Any]
    for thing in own_objects((*roots, steps, sizer_of)):
        one = found.get(id(type(thing)))
        if one is not None:
            one[0] -= sizer_of.get(id(type(thing)), size_of)(thing)
            one[1] -= 1
    rows = sorted(
        (size + count * header(kind), count, number, *type_name(kind))
        for number, (size, count, kind) in found.items()
        if count > 0
    )
    rows.reverse()
    types = [
        '{"id":%d,"module":%s,"name":%s,"count":%d,"size":%d}'
        % (kind, wire.quote(module), wire.quote(name), count, size)
        for size, count, kind, module, name in rows[:MOST_TYPES]
    ]
    others = rows[MOST_TYPES:]
    return (
        '{"command":%d,"ts":%d,"stall_ns":%d,"work_ns":%d,"types":[%s],"others":[%d,%d,%d]}'
        % (
            number, began, stall, monotonic_ns() - began, ",".join(types),
            len(others), sum(row[1] for row in others), sum(row[0] for row in others),
        )
    ).encode()  # fmt: skip


def find_type(wanted: int, checksum: int) -> "type | None":
    """The type with that id, if it still has the name that it had."""
    for kind in subtypes(object):
        if id(kind) == wanted:
            return kind if wire.checksum(".".join(type_name(kind))) == checksum else None
    return None


def instances(number: int, wanted: int, checksum: int, roots: "Sequence[object]") -> bytes:
    """The answer to INSTANCES: the largest and the newest objects of exactly that type."""
    kind = find_type(wanted, checksum)
    if kind is None:
        return ('{"command":%d,"type":%d,"gone":true}' % (number, wanted)).encode()
    sizer = sizers().get(wanted, size_of)
    objects, young, middle, old, every, chosen = [], [], [], [], [], []  # type: Any, Any, Any, Any, Any, Any
    newer, ids, sizes, traces, figures = set(), [], [], [], []  # type: Any, list[int], list[int], list[Any], list[int]
    middle_ids, newest_ids = set(), set()  # type: set[int], set[int]
    held, held_kinds, held_traces = [], [], []  # type: list[Any], list[Any], list[Any]
    newest_first = chain.from_iterable(map(reversed, (young, middle, old)))  # each is in order of allocation
    steps = []  # type: list[Any]
    for generation, members in enumerate((young, middle, old)):
        steps += [
            _reading(objects, generation),
            partial(members.extend, compress(objects, map(is_, map(type, objects), repeat(kind)))),
            objects.clear,
            partial(every.extend, members),
        ]
    steps += [
        partial(newer.update, map(id, young)),
        partial(middle_ids.update, map(id, middle)),
        partial(chosen.extend, islice(newest_first, 2 * MOST_INSTANCES)),
        partial(newest_ids.update, map(id, chosen)),
        partial(figures.extend, map(len, (every,))),
        partial(figures.extend, map(sum, map(map, (sizer,), (every,)))),
        partial(every.sort, key=sizer, reverse=True),
        partial(chosen.extend, islice(every, 2 * MOST_INSTANCES)),
        every.clear, young.clear, middle.clear, old.clear,
        partial(ids.extend, map(id, chosen)),
        partial(sizes.extend, map(sizer, chosen)),
        partial(traces.extend, map(trace_of, chosen)),
    ]  # fmt: skip
    if sys.version_info[:2] == (3, 11) and flags(kind) & MANAGED_DICT:
        # There tracemalloc looks for such an instance at the wrong address: what it holds has to do.
        steps += [
            partial(held.extend, map(get_referents, chosen)),
            partial(held_kinds.extend, map(list, map(map, repeat(type), held))),
            partial(held_traces.extend, map(list, map(map, repeat(trace_of), held))),
            held.clear,
        ]
    steps.append(chosen.clear)
    stall = hold_still(steps)
    count, total = figures
    own = {id(thing): sizer(thing) for thing in own_objects((*roots, steps, figures)) if type(thing) is kind}
    count, total = count - len(own), total - sum(own.values())
    files = {}  # type: dict[str, int]
    rows = {}  # type: dict[int, str]
    room = {True: MOST_INSTANCES, False: MOST_INSTANCES}
    for at, (one, size, trace) in enumerate(zip(ids, sizes, traces)):
        is_new = one in newest_ids
        if one in own or one in rows or not room[is_new]:
            continue
        room[is_new] -= 1
        through = ""
        if trace is None and held_traces:
            trace, through = trace_of_a_part(held_kinds[at], held_traces[at])
        rows[one] = '{"id":%d,"size":%d,"generation":%d,"newest":%s,"through":%s,"frames":%s}' % (
            one, size + header(kind), 0 if one in newer else 1 if one in middle_ids else 2,
            "true" if is_new else "false", wire.quote(through), frames_text(trace, files),
        )  # fmt: skip
    return (
        '{"command":%d,"type":%d,"count":%d,"size":%d,"stall_ns":%d,"files":[%s],"instances":[%s]}'
        % (
            number, wanted, count, total + count * header(kind), stall,
            ",".join(map(wire.quote, files)), ",".join(rows.values()),
        )
    ).encode()  # fmt: skip


def find_object(wanted: int, kind: type) -> "object | None":
    """The object of that type with that id, if it is still there. It is the caller's to let go soon."""
    objects, found = [], []  # type: list[Any], list[Any]
    of_type = compress(objects, map(is_, map(type, objects), repeat(kind)))
    matching = []  # type: list[Any]
    hold_still(
        (
            _reading(objects),
            partial(matching.extend, of_type),
            objects.clear,
            partial(found.extend, compress(matching, map(eq, map(id, matching), repeat(wanted)))),
            matching.clear,
        )
    )
    return found.pop() if found else None


def _reading(into: "list[Any]", generation: "int | None" = None) -> "partial[Any]":
    """The step that puts all tracked objects there."""
    return partial(run, map(into.extend, map(get_objects, repeat(generation, 1))))


def trace_of_a_part(kinds: "Iterable[type]", traces: "Iterable[Any]") -> "tuple[Any, str]":
    """The traceback of a container that an object holds, and what it is: most likely it was made by the object."""
    for kind, trace in zip(kinds, traces):
        if trace is not None and (kind is dict or kind is list or kind is set):
            return trace, kind.__name__
    return None, ""


def frames_text(trace: "Sequence[tuple[str, int]] | None", files: "dict[str, int]") -> str:
    places = ("[%d,%d]" % (files.setdefault(name, len(files)), line) for name, line in (trace or ())[: wire.MAX_FRAMES])
    return "[%s]" % ",".join(places)
