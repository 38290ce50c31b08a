"""A look at garbage that is held for the time being: its types, where they were allocated, and a loop through each.

It goes in small pieces, between which the program's threads run, and looks at samples only.
"""

import sys
from _collections import defaultdict
from gc import get_referents
from time import monotonic_ns

from . import wire
from .census import frames_text, size_of, trace_of, trace_of_a_part
from .kinds import MANAGED_DICT, can_be_keys, flags, header, sizers, type_name
from .loops import loop_through
from .own import is_ours
from .still import run

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Iterator, Set

#: Types that are named, largest first; the others are added up.
MOST_TYPES = 100
#: Objects that are worked on in one call into C.
PIECE = 5000
#: Objects that may be part of a loop: all, or of more so many pieces spread over them, since each costs 60 bytes.
MOST_KNOWN = 100_000
#: Objects of a type that a loop is looked for through, and no further one is begun after so long, nanoseconds.
MOST_TRIES, MOST_TIME = 5, 200_000_000
#: Objects whose allocation is looked up, of all types together.
MOST_TRACED = 2000


class GivenUp(Exception):
    """Somebody waits for the thread."""


def look(found: "list[Any]", is_stopping: "Callable[[], bool]") -> str:
    """The members of the answer, in JSON, that say what there is. Raises `GivenUp` soon after `is_stopping`."""

    def pieces(things: "list[Any]", step: int = PIECE) -> "Iterator[list[Any]]":
        for at in range(0, len(things), step):
            if is_stopping():
                raise GivenUp
            yield things[at : at + PIECE]

    groups = _by_type(pieces(found))
    sizer_of = sizers()
    rows = []
    for group in groups.values():
        kind = type(group[0])
        module, name = type_name(kind)
        if not is_ours(module):
            sizer, size = sizer_of.get(id(kind), size_of), len(group) * header(kind)
            for piece in pieces(group):
                size += sum(map(sizer, piece))
            rows.append((size, module, name, group))
    rows.sort(key=_size_first, reverse=True)
    # Objects of one loop mostly lie side by side, being of one age.
    known = set()  # type: set[int]
    for piece in pieces(found, PIECE * max(1, -(-len(found) // MOST_KNOWN))):
        known.update(map(id, piece))
    files = {}  # type: dict[str, int]
    types = []
    named = rows[:MOST_TYPES]
    shares = _shares([len(row[3]) for row in named], MOST_TRACED)
    sites = [_site(row[3], share, files) for row, share in zip(named, shares)]  # before the loops, which make objects
    until = monotonic_ns() + MOST_TIME
    for (size, module, name, group), site in zip(named, sites):
        if is_stopping():
            raise GivenUp
        tries, loop = _loop(group, known) if monotonic_ns() < until else (0, "")
        types.append(
            '{"module":%s,"name":%s,"count":%d,"size":%d,%s,"tries":%d,"loop":[%s]}'
            % (wire.quote(module), wire.quote(name), len(group), size, site, tries, loop)
        )
    others = rows[MOST_TYPES:]
    return '"files":[%s],"types":[%s],"others":[%d,%d,%d]' % (
        ",".join(map(wire.quote, files)), ",".join(types),
        len(others), sum(len(row[3]) for row in others), sum(row[0] for row in others),
    )  # fmt: skip


def _size_first(row: "tuple[int, str, str, Any]") -> "tuple[int, str, str]":
    return row[:3]


def _by_type(pieces: "Iterable[list[Any]]") -> "dict[Any, list[Any]]":
    """The objects by their type, or by its id, which is slower under tracing."""
    groups = defaultdict(list)  # type: dict[Any, list[Any]]
    are_keys = can_be_keys()
    for piece in pieces:
        keys = map(type, piece) if are_keys else map(id, map(type, piece))  # type: Any
        run(map(list.append, map(groups.__getitem__, keys), piece))
    return groups


def _shares(counts: "list[int]", room: int) -> "list[int]":
    """`room` shared out evenly; what one does not need is the others'."""
    shares = [0] * len(counts)
    for left, (count, at) in zip(range(len(counts), 0, -1), sorted(zip(counts, range(len(counts))))):
        shares[at] = min(count, room // left)
        room -= shares[at]
    return shares


def _spread(group: "list[Any]", number: int) -> "list[Any]":
    """So many of them, from all over."""
    return group[:: max(1, len(group) // number)][:number] if number else []


def _loop(group: "list[Any]", known: "Set[int]") -> "tuple[int, str]":
    """(objects tried, the loop through the last of them or '')."""
    tries = 0
    for thing in _spread(group, MOST_TRIES):
        tries += 1
        loop = loop_through(thing, known) if id(thing) in known else None
        if loop:
            return tries, ",".join('{"edge":%s,"holder":%s}' % (wire.quote(one), wire.quote(of)) for one, of in loop)
    return tries, ""


def _site(group: "list[Any]", number: int, files: "dict[str, int]") -> str:
    """Where most of them were allocated, as far as that is known, among so many that were looked up."""
    places = defaultdict(int)  # type: dict[Any, int]
    asks_parts = sys.version_info[:2] == (3, 11) and flags(type(group[0])) & MANAGED_DICT
    for thing in _spread(group, number):
        trace, through = trace_of(thing), ""
        if trace is None and asks_parts:
            # There tracemalloc looks for such an instance at the wrong address: what it holds has to do.
            parts = get_referents(thing)
            trace, through = trace_of_a_part(map(type, parts), map(trace_of, parts))
        if trace is not None:
            places[trace, through] += 1
    (trace, through), most = max(places.items(), key=_number) if places else (((), ""), 0)
    return '"sampled":%d,"traced":%d,"here":%d,"through":%s,"frames":%s' % (
        number, sum(places.values()), most, wire.quote(through), frames_text(trace, files),
    )  # fmt: skip


def _number(item: "tuple[Any, int]") -> int:
    return item[1]
