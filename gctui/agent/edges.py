"""What a reference from one object to another is called, found out without running any code of the program."""

import sys
from _operator import is_
from _weakref import ref
from itertools import compress, count, repeat
from sys import getrefcount

from .kinds import deques, derives, mro, own_dict, slots, type_name
from .own import Cell

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Dict, Iterator, Sequence, Tuple

    Calls = Sequence[Tuple[FrameType, Dict[str, object]]]

LONGEST_KEY = 60

Module, Frame = type(sys), type(sys._getframe())
_FUNCTION = 1  # CO_OPTIMIZED: its variables are no dictionary
#: Whoever uses these may know the dictionary that a frame makes of its variables before 3.13.
_DICTIONARY_USERS = frozenset(("locals", "vars", "dir", "eval", "exec"))


def _traceback_type() -> type:
    try:
        raise ValueError
    except ValueError as error:
        return type(error.__traceback__)


#: Attributes that are no members of the C structure, with getters that run C alone. Not `__annotations__`: from 3.14 on
#: it runs code of the program.
_ATTRIBUTES = (
    (type(_traceback_type), ("__defaults__", "__kwdefaults__", "__code__")),
    (Cell, ("cell_contents",)),
    (_traceback_type(), ("tb_frame", "tb_next")),
    (BaseException, ("__traceback__", "__context__", "__cause__", "args")),
    (Frame, ("f_back", "f_globals")),
    (type, ("__bases__", "__mro__", "__base__")),
    (ref, ("__callback__",)),
)  # type: tuple[tuple[type, tuple[str, ...]], ...]


def edge(holder: "Any", held: object, calls: "Calls | None" = None) -> str:
    """How the holder holds it: [key], [index], .attribute, the name of a variable; '' where that cannot be said.
    `calls`: frames with their variables, no others of which are to be looked for; None: no frame is in use."""
    kind = type(holder)
    if kind is Frame:
        known = [(holder, variables_of(holder))] if calls is None else calls
        name = next((_key_of(variables, held) for frame, variables in known if frame is holder), None)
        if type(name) is str:
            return "variable %s" % name[:LONGEST_KEY]
    if derives(kind, dict):
        key = _key_of(holder, held)
        if key is not None:
            return "[%s]" % _key_text(key)
        if any(map(is_, dict.keys(holder), repeat(held))):
            return "a key"
    containers = [list, tuple]  # type: list[Any]
    if any(type_name(one) == ("collections", "deque") for one in mro(kind)):
        containers += deques()
    for container in containers:
        if derives(kind, container):
            index = next(compress(count(), map(is_, container.__iter__(holder), repeat(held))), None)
            if index is not None:
                return "[%d]" % index
    for container in (set, frozenset):
        if derives(kind, container) and any(map(is_, container.__iter__(holder), repeat(held))):
            return "a member"
    if type(held) is dict and is_dict_of(holder, held):
        return ".__dict__"
    name = next((name for name, value in _attributes(holder) if value is held), None)
    if name is None:
        name = _key_of(own_dict(holder) or {}, held)
    if type(name) is str:
        return "." + name[:LONGEST_KEY]
    if held is kind:
        return ".__class__"
    return "a variable" if kind is Frame else ""


def way(held: object, holders: "Sequence[object]", calls: "Calls | None" = None) -> "list[tuple[str, object]]":
    """((edge, holder), ...) from an object to each of its holders in turn. A dictionary that is but the attributes of
    the next holder is no step of its own."""
    steps = []  # type: list[tuple[str, object]]
    at = 0
    while at < len(holders):
        holder = holders[at]
        further = holders[at + 1] if at + 1 < len(holders) else None
        if type(holder) is dict and further is not None and is_dict_of(further, holder):
            key = _key_of(holder, held)
            if type(key) is str:
                steps.append(("." + key[:LONGEST_KEY], further))
                held, at = further, at + 2
                continue
        steps.append((edge(holder, held, calls), holder))
        held, at = holder, at + 1
    return steps


def is_dict_of(holder: object, held: object) -> bool:
    if derives(type(holder), type):
        return True  # of a class, which is known by a proxy only
    return own_dict(holder) is held


def description(holder: "Any") -> str:
    """What it is, in a few words."""
    kind = type(holder)
    if kind is Frame:
        code = holder.f_code
        return "%s() at %s:%d" % (code.co_name, code.co_filename, holder.f_lineno or 0)
    name = None  # type: object
    if kind is Module:
        name = (own_dict(holder) or {}).get("__name__")
        return "module %s" % (name[:200] if type(name) is str else "?")
    if derives(kind, type):
        return "class %s.%s" % type_name(holder)
    return "%s.%s" % type_name(kind)


def variables_of(frame: "FrameType") -> "dict[str, object]":
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


def _attributes(holder: object) -> "Iterator[tuple[str, object]]":
    for kind, names in _ATTRIBUTES:
        if derives(type(holder), kind):
            for name in names:
                try:
                    yield name, vars(kind)[name].__get__(holder)
                except (AttributeError, KeyError, ValueError):  # not there, or an empty cell
                    continue
    yield from slots(holder)


def _key_of(holder: "dict[Any, object]", held: object) -> object:
    return next(compress(dict.keys(holder), map(is_, dict.values(holder), repeat(held))), None)


def _key_text(key: object) -> str:
    """Only keys whose text is C's affair are shown."""
    if type(key) is str or type(key) is bytes:
        return repr(key[:LONGEST_KEY])
    if type(key) is int or type(key) is bool:
        return repr(key)[:LONGEST_KEY]
    return "a key of type %s" % type_name(type(key))[1]
