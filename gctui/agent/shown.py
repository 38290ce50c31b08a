"""The one command that runs code of the program: `repr()` of an object, when the user has asked for it."""

from . import wire
from .census import find_object
from .kinds import subtypes, type_name

LONGEST = 1000


def shown(number: int, wanted: int, kind_id: int) -> bytes:
    """The answer to REPR. Whatever the program's `__repr__` raises or returns, it is told and goes no further."""
    kind = next((one for one in subtypes(object) if id(one) == kind_id), None)
    thing = find_object(wanted, kind) if kind is not None else None
    if thing is None:
        return ('{"command":%d,"object":%d,"gone":true}' % (number, wanted)).encode()
    text, error = "", ""
    try:
        text = str.__getitem__(repr(thing), slice(LONGEST + 1))
    except BaseException as raised:
        error = "its __repr__ raised %s" % type_name(type(raised))[1]
    return (
        '{"command":%d,"object":%d,"text":%s,"cut":%s,"error":%s}'
        % (
            number, wanted, wire.quote(text[:LONGEST]), "true" if len(text) > LONGEST else "false", wire.quote(error),
        )
    ).encode()  # fmt: skip
