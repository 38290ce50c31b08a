"""The commands about the program's objects."""

from . import wire
from .census import census, instances
from .probe import cycles
from .referrers import referrers
from .shown import shown

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Callable, Sequence


def answer(
    kind: int, number: int, first: int, second: int, roots: "Sequence[object]", is_stopping: "Callable[[], bool]"
) -> bytes:
    """What `kind`, one of `wire.ABOUT_OBJECTS`, is answered with. `roots`: what is gctui's and cannot be reached from
    its modules. `is_stopping`: whether the thread is waited for, by a fork or the program's end."""
    try:
        if kind == wire.CENSUS:
            return census(number, roots)
        if kind == wire.INSTANCES:
            return instances(number, first, second, roots)
        if kind == wire.REFERRERS:
            return referrers(number, first, second, roots)
        if kind == wire.PROBE:
            return cycles(number, is_stopping)
        return shown(number, first, second)
    except Exception as error:  # no memory, or an object that changed in the middle: the agent goes on
        return ('{"command":%d,"error":%s}' % (number, wire.quote(type(error).__name__))).encode()
