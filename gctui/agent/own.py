"""Which of the objects that the collector tracks are gctui's: they are left out where the program's are shown."""

import builtins
import sys
from _functools import partial
from gc import get_referents, is_tracked
from itertools import chain, compress, islice, repeat

from .kinds import derives, own_dict, type_name

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Any, Iterable

_PACKAGE = __name__.rpartition(".")[0]


class _Example:
    """Has a method, which has a cell: the names of their types are in a module of Python that is not ours to import."""

    def method(self) -> "Any":
        return lambda: self


_Function, _Module, _Builtin = type(_Example.method), type(sys), type(len)
_Method, Cell = type(_Example().method), type(_Example().method().__closure__[0])

#: What only leads on to objects that belong to the one which led here.
_PLAIN_TYPES = (
    dict, list, tuple, set, frozenset, partial, property, staticmethod, classmethod, map, filter, zip, chain, compress,
    islice, repeat, Cell, _Method, type(iter(list, 0)), type([].__len__), type(iter([])),
)  # type: tuple[type, ...]  # fmt: skip
_PLAIN = set(map(id, _PLAIN_TYPES))
_modules = sys.modules
#: What the import system made for our modules, and for nobody else's.
_IMPORTED = {"ModuleSpec", "SourceFileLoader"}


def own_objects(roots: "Iterable[object]") -> "list[object]":
    """All tracked objects that belong to gctui's modules, to `roots`, and to the calls that are under way in this
    thread."""
    modules = [module for name, module in list(_modules.items()) if is_ours(name) and type(module) is _Module]
    found = {}  # type: dict[int, object]
    waiting = [*modules, *roots]  # type: list[object]
    foreign = {id(builtins.__dict__), id(_modules)}
    # From 3.11 on a call has no frame that is tracked unless somebody asks for it, as would be done here.
    frame = sys._getframe(1) if sys.version_info < (3, 11) else None  # type: Any
    while frame is not None:
        found[id(frame)] = frame
        found.update(
            (id(thing), thing)
            for thing in get_referents(frame)
            if id(type(thing)) in _PLAIN and id(thing) not in foreign
        )
        found.pop(id(frame.f_globals), None)
        found.pop(id(frame.f_builtins), None)
        frame = frame.f_back
    while waiting:
        thing = waiting.pop()
        if id(thing) not in found and id(thing) not in foreign and _belongs(thing):
            found[id(thing)] = thing
            waiting.extend(get_referents(thing))
    return list(filter(is_tracked, found.values()))


def is_ours(name: object) -> bool:
    return type(name) is str and (name == _PACKAGE or name.startswith(_PACKAGE + "."))


def _belongs(thing: object) -> bool:
    kind = type(thing)
    if id(kind) in _PLAIN:
        return True
    if kind is _Function:
        return is_ours(thing.__globals__.get("__name__"))  # type: ignore[attr-defined]
    if kind is _Module:
        return is_ours((own_dict(thing) or {}).get("__name__"))
    if kind is _Builtin:
        owner = thing.__self__  # type: ignore[attr-defined]
        return owner is not None and type(owner) is not _Module and not derives(type(owner), type)
    if derives(kind, type):
        return is_ours(type_name(thing)[0])  # type: ignore[arg-type]
    module, name = type_name(kind)
    return is_ours(module) or name in _IMPORTED
