"""What is asked of the program's objects without running any of its code: names of types, sizes, own attributes.

A class can define `__class__`, `__sizeof__`, `__hash__`, `__getattribute__`, and its metaclass can do so for the class.
So nothing here asks an object: it calls `type()`, and the functions of C that lie in the dictionaries of `type`,
`object` and the built-in containers. Types are told apart by `id()` where hashing one may be the metaclass's affair.
"""

import sys
from _collections import OrderedDict
from _operator import is_
from itertools import repeat

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Any, AsyncIterator, Callable, Iterator

    Sizer = Callable[[Any], int]

LONGEST_NAME = 200

_qualname = type.__dict__["__qualname__"].__get__
_module = type.__dict__["__module__"].__get__
_flags = type.__dict__["__flags__"].__get__
_namespace = type.__dict__["__dict__"].__get__
_mro = type.__dict__["__mro__"].__get__
_subclasses = type.__subclasses__  # type: Callable[[type], list[type]]
_own_size = object.__sizeof__

#: Flags of a type.
HAVE_GC, MANAGED_DICT, MANAGED_WEAKREF = 1 << 14, 1 << 4, 1 << 3


async def _coroutine() -> None: ...


async def _asynchronous() -> "AsyncIterator[None]":
    yield


_never_begun = _coroutine()
#: What has another size than `object` would say. Where one is derived from another, it comes later.
_SIZED = (
    list, dict, OrderedDict, set, frozenset, type, type(sys._getframe()), type(_ for _ in ()),
    type(_never_begun), type(_asynchronous()),
)  # type: tuple[type, ...]  # fmt: skip
_never_begun.close()
del _never_begun

_GetSet = type(type.__dict__["__dict__"])
_Method = type(list.__dict__["append"])
_Member = type(type.__dict__["__flags__"])


def type_name(kind: type) -> "tuple[str, str]":
    """(module, qualified name)."""
    return _text(_module(kind)), _text(_qualname(kind))


def _text(name: object) -> str:
    """Only a real string: a class may have anything for its `__module__`."""
    return name[:LONGEST_NAME] if type(name) is str else "?"


def namespace(kind: type) -> "dict[str, Any]":
    """The class's own `__dict__`, a read-only view."""
    return _namespace(kind)  # type: ignore[no-any-return]


def mro(kind: type) -> "tuple[type, ...]":
    return _mro(kind) or ()


def derives(kind: type, base: type) -> bool:
    """`issubclass` that asks no metaclass: `in` would, which compares."""
    return any(map(is_, mro(kind), repeat(base)))


def flags(kind: type) -> int:
    return _flags(kind)  # type: ignore[no-any-return]


def subtypes(kind: type) -> "Iterator[type]":
    """A type and all that are derived from it, each once."""
    seen = {id(kind)}
    waiting = [kind]
    while waiting:
        one = waiting.pop()
        yield one
        for derived in _subclasses(one):
            if id(derived) not in seen:
                seen.add(id(derived))
                waiting.append(derived)


def can_be_keys() -> bool:
    """Whether types can be keys of a dictionary with no metaclass having a say in it, as nearly always."""
    for metaclass in subtypes(type):
        for kind in mro(metaclass):
            if kind is type:
                break
            if "__hash__" in namespace(kind) or "__eq__" in namespace(kind):
                return False
    return True


def deques() -> "list[type]":
    """The type `deque`, as often as there is one: from 3.12 on each import of its module makes one, ours too."""
    return [
        kind
        for kind in _subclasses(object)
        if type(namespace(kind).get("__sizeof__")) is _Method and type_name(kind) == ("collections", "deque")
    ]


def sizers() -> "dict[int, Sizer]":
    """The function that tells an object's size, by the id of its type: where it is not there, `object`'s own."""
    found = {}  # type: dict[int, Sizer]
    for sized in (*_SIZED, *deques()):
        sizer = sized.__sizeof__  # type: Any
        for kind in subtypes(sized):
            found[id(kind)] = sizer
    return found


def header(kind: type) -> int:
    """Bytes in front of each instance, which `sys.getsizeof` adds as well."""
    word = 8 if sys.maxsize > 1 << 32 else 4
    has = flags(kind)
    before = 2 * word if has & HAVE_GC else 0
    managed = MANAGED_DICT if sys.version_info < (3, 12) else MANAGED_DICT | MANAGED_WEAKREF
    return before + (2 * word if sys.version_info >= (3, 11) and has & managed else 0)


def own_dict(thing: object) -> "dict[object, object] | None":
    """The dictionary of its attributes, read by the getter that CPython gave its class."""
    for kind in mro(type(thing)):
        getter = namespace(kind).get("__dict__")  # type: Any
        if type(getter) is _GetSet or type(getter) is _Member:  # a module's is the latter
            try:
                found = getter.__get__(thing)
            except (AttributeError, TypeError):
                return None
            return found if type(found) is dict else None
    return None


def slots(thing: object) -> "Iterator[tuple[str, object]]":
    """Its `__slots__` that are filled."""
    for kind in mro(type(thing)):
        for name, member in list(namespace(kind).items()):
            if type(member) is _Member and type(name) is str:
                try:
                    yield name, member.__get__(thing)
                except (AttributeError, TypeError):
                    continue
