"""What keeps an object alive: the shortest way from it to something that is a root, each step with a name.

The search holds what it looks at, a few hundred objects at the most, for as long as it takes; then all of it is let go.
It reads attributes only as `kinds` does. Each level is one look of the collector at the whole heap, which stops the
program; so there is a limit to the levels and to the time.
"""

import sys
from _functools import partial
from _operator import is_
from _thread import get_ident
from gc import get_referents, get_referrers
from itertools import chain, compress, count, repeat, starmap
from sys import _current_frames, getrefcount
from time import monotonic_ns

from . import wire
from .census import find_object
from .kinds import deques, derives, own_dict, slots, subtypes, type_name
from .own import Cell, own_objects
from .still import hold_still

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Sequence

MOST_LEVELS = 12
#: Objects whose referrers are asked for together, and those that one of them may add.
MOST_AT_ONCE, MOST_PER_LEVEL = 50, 200
#: No further level is begun after so long, nanoseconds.
MOST_TIME = 2_000_000_000
LONGEST_KEY = 60

_Module, _Frame = type(sys), type(sys._getframe())
_FUNCTION = 1  # CO_OPTIMIZED: its variables are no dictionary
#: Whoever uses these may know the dictionary that a frame makes of its variables before 3.13.
_DICTIONARY_USERS = frozenset(("locals", "vars", "dir", "eval", "exec"))


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
            roots = [one for one in level if type(one) is _Frame or type(one) is _Module]
            if roots:
                return self._way(roots[0]), "module" if type(roots[0]) is _Module else "frame"
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
        referring = []  # type: list[Any]
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
                if held is not None and not (type(holder) is _Frame and held is holder.f_globals):
                    self._note(holder, held, found)
        referring.clear()
        return found

    def _note(self, holder: object, held: object, found: "list[object]") -> None:
        self._seen[id(holder)] = holder
        self._held[id(holder)] = held
        found.append(holder)

    def _way(self, holder: object) -> "list[tuple[str, str]]":
        steps = []  # type: list[tuple[str, str]]
        while id(holder) in self._held:
            held = self._held[id(holder)]
            before = self._held.get(id(held))
            if before is not None and type(held) is dict and _is_dict_of(holder, held):
                key = _key_of(held, before)
                if type(key) is str:  # an attribute: the dictionary between is no news
                    steps.append(("." + key[:LONGEST_KEY], _description(holder)))
                    holder = before
                    continue
            steps.append((self._edge(holder, held), _description(holder)))
            holder = held
        steps.reverse()
        return steps

    def _edge(self, holder: "Any", held: object) -> str:
        """How the holder holds it: [key], [index], .attribute, the name of a variable; '' where that cannot be said."""
        kind = type(holder)
        if kind is _Frame:
            for frame, variables in self._calls:
                names = [name for name, value in variables.items() if frame is holder and value is held]
                if names:
                    return "variable %s" % names[0][:LONGEST_KEY]
            return "a variable"
        if kind is Cell:
            return "a variable that is shared with an inner function"
        if derives(kind, dict):
            key = _key_of(holder, held)
            if key is not None:
                return "[%s]" % _key_text(key)
        containers = (list, tuple, *deques())  # type: Any
        for container in containers:
            if derives(kind, container):
                index = next(compress(count(), map(is_, container.__iter__(holder), repeat(held))), None)
                if index is not None:
                    return "[%d]" % index
        if derives(kind, set) or derives(kind, frozenset):
            return "a member"
        if type(held) is dict and _is_dict_of(holder, held):
            return ".__dict__"
        for name, value in slots(holder):
            if value is held:
                return "." + name[:LONGEST_KEY]
        key = _key_of(own_dict(holder) or {}, held)
        return "." + key[:LONGEST_KEY] if type(key) is str else ""


def _key_of(holder: "dict[object, object]", held: object) -> object:
    return next(compress(dict.keys(holder), map(is_, dict.values(holder), repeat(held))), None)


def _key_text(key: object) -> str:
    """Only keys whose text is C's affair are shown."""
    if type(key) is str or type(key) is bytes:
        return repr(key[:LONGEST_KEY])
    if type(key) is int or type(key) is bool:
        return repr(key)[:LONGEST_KEY]
    return "a key of type %s" % type_name(type(key))[1]


def _is_dict_of(holder: object, held: object) -> bool:
    if derives(type(holder), type):
        return True  # of a class, which is known by a proxy only
    return own_dict(holder) is held


def _description(holder: "Any") -> str:
    """What it is, in a few words."""
    kind = type(holder)
    if kind is _Frame:
        code = holder.f_code
        return "%s() at %s:%d" % (code.co_name, code.co_filename, holder.f_lineno or 0)
    name = None  # type: object
    if kind is _Module:
        name = (own_dict(holder) or {}).get("__name__")
        return "module %s" % (name[:200] if type(name) is str else "?")
    if derives(kind, type):
        return "class %s.%s" % type_name(holder)
    return "%s.%s" % type_name(kind)


def _calls_under_way() -> "list[tuple[FrameType, dict[str, object]]]":
    """The frames of the other threads with their variables: from 3.11 on the collector does not know those."""
    found = []
    tops = _current_frames()
    tops.pop(get_ident(), None)  # our own: a call that knows its frame outlives itself
    for top in tops.values():
        frame = top  # type: FrameType | None
        while frame is not None:
            found.append((frame, _variables(frame)))
            frame = frame.f_back
    return found


def _variables(frame: "FrameType") -> "dict[str, object]":
    """Those of a function. Before 3.13 a frame makes a dictionary of them and keeps it: it is emptied, so that nothing
    stays alive by it, and not made where the program might have it in hands."""
    code = frame.f_code
    if not code.co_flags & _FUNCTION:
        return {}  # its variables are a dictionary that the collector knows
    if sys.version_info >= (3, 13):
        return dict(frame.f_locals)
    if frame.f_trace is not None or not _DICTIONARY_USERS.isdisjoint(code.co_names):
        return {}
    made = frame.f_locals
    copied = dict(made)
    if getrefcount(made) <= 3:  # the frame's, ours, and the argument
        made.clear()
    return copied
