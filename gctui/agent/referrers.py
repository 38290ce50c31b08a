"""What keeps an object alive: the shortest way from it to something that is a root, each step with a name.

The search holds what it looks at, a few hundred objects at the most, for as long as it takes; then all of it is let go.
It reads attributes only as `kinds` does. Each level is one look of the collector at the whole heap, which stops the
program; so there is a limit to the levels and to the time.
"""

from _functools import partial
from _thread import get_ident
from gc import get_referents, get_referrers
from itertools import chain, compress, repeat, starmap
from sys import _current_frames
from time import monotonic_ns

from . import wire
from .census import find_object
from .edges import Frame, Module, description, variables_of, way
from .kinds import subtypes
from .own import own_objects
from .still import hold_still

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from types import FrameType
    from typing import Sequence

MOST_LEVELS = 12
#: Objects whose referrers are asked for together, and those that one of them may add.
MOST_AT_ONCE, MOST_PER_LEVEL = 50, 200
#: No further level is begun after so long, nanoseconds.
MOST_TIME = 2_000_000_000


def referrers(number: int, wanted: int, kind_id: int, roots: "Sequence[object]") -> bytes:
    """The answer to REFERRERS: the way from the object to a module, to a call under way, or to whatever comes last."""
    kind = next((one for one in subtypes(object) if id(one) == kind_id), None)
    thing = find_object(wanted, kind) if kind is not None else None
    if thing is None:
        return ('{"command":%d,"object":%d,"gone":true}' % (number, wanted)).encode()
    search = _Search(roots)
    steps, end = search.way_from(thing)
    return (
        '{"command":%d,"object":%d,"direct":%d,"end":%s,"steps":[%s],"stall_ns":%d}'
        % (
            number, wanted, search.direct, wire.quote(end),
            ",".join('{"edge":%s,"holder":%s}' % (wire.quote(edge), wire.quote(holder)) for edge, holder in steps),
            search.stall,
        )
    ).encode()  # fmt: skip


class _Search:
    """Breadth first, from the object to those that refer to it."""

    def __init__(self, roots: "Sequence[object]") -> None:
        self.stall = 0  # the longest, ns
        self.direct = 0  # how many refer to the object itself
        self._roots = roots
        self._seen = {}  # type: dict[int, object]
        self._held = {}  # type: dict[int, object]  # by id of a holder
        self._calls = []  # type: list[tuple[FrameType, dict[str, object]]]

    def way_from(self, thing: object) -> "tuple[list[tuple[str, str]], str]":
        """((edge, holder), ...) from the object outwards, and how the way ends: module, frame, none or limit."""
        began, end = monotonic_ns(), "limit"
        self._calls = _calls_under_way()
        self._seen[id(thing)] = thing
        level, last = [thing], thing  # type: list[object], object
        for depth in range(MOST_LEVELS):
            level = self._holders_of(level)
            if depth == 0:
                self.direct = len(level)
            roots = [one for one in level if type(one) is Frame or type(one) is Module]
            if roots:
                return self._way(roots[0]), "module" if type(roots[0]) is Module else "frame"
            if not level:
                end = "none"
                break
            last = level[0]
            del level[MOST_AT_ONCE:]
            if monotonic_ns() - began > MOST_TIME:
                break
        return self._way(last), end

    def _holders_of(self, level: "list[object]") -> "list[object]":
        """Those that refer to one of the level and were not met before, gctui's own left out."""
        referring = []  # type: list[object]
        asked = tuple(level)
        answers = starmap(get_referrers, repeat(asked, 1))
        self.stall = max(self.stall, hold_still((partial(referring.extend, chain.from_iterable(answers)),)))
        own = set(map(id, own_objects(self._roots)))
        own.update(map(id, (self, self.__dict__, level, asked, referring, self._seen, self._held, self._calls)))
        own.update(chain.from_iterable((id(call), id(call[1])) for call in self._calls))
        wanted = set(map(id, level))
        found = []  # type: list[object]
        for frame, variables in self._calls:
            held = next((one for one in variables.values() if id(one) in wanted), None)
            if held is not None and id(frame) not in self._seen:
                self._note(frame, held, found)
        for holder in referring:
            if len(found) < MOST_PER_LEVEL and id(holder) not in own and id(holder) not in self._seen:
                parts = get_referents(holder)
                held = next(compress(parts, map(wanted.__contains__, map(id, parts))), None)
                if held is not None and not (type(holder) is Frame and held is holder.f_globals):
                    self._note(holder, held, found)
        referring.clear()
        return found

    def _note(self, holder: object, held: object, found: "list[object]") -> None:
        self._seen[id(holder)] = holder
        self._held[id(holder)] = held
        found.append(holder)

    def _way(self, holder: object) -> "list[tuple[str, str]]":
        holders = []
        while id(holder) in self._held:
            holders.append(holder)
            holder = self._held[id(holder)]
        steps = way(holder, holders[::-1], self._calls)
        return [(name, description(one)) for name, one in steps]


def _calls_under_way() -> "list[tuple[FrameType, dict[str, object]]]":
    """The frames of the other threads with their variables: from 3.11 on the collector does not know those."""
    found = []
    tops = _current_frames()
    tops.pop(get_ident(), None)  # our own: a call that knows its frame outlives itself
    for top in tops.values():
        frame = top  # type: FrameType | None
        while frame is not None:
            found.append((frame, variables_of(frame)))
            frame = frame.f_back
    return found
