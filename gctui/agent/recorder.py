"""The flight recorder: makes a ring in shared memory and hangs the gc callback that writes each collection into it."""

import gc
import sys
from os import fsencode

from . import wire

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Callable

    #: The gc callback, what makes it record into a new ring of so many records, and what counts a lost child in the
    #: present one.
    Record = Callable[[str, "dict[str, int]"], None]
    OpenRing = Callable[[int], None]
    CountLostChild = Callable[[], None]


def make_recorder(folder: str, interpreter: int, main: bool, own_folder: str, capacity: int) -> "Recorder":
    """One that writes into a ring of so many records: in C where that was built. OSError when there can be no ring."""
    try:
        from ._native import Callback
    except ImportError:
        if sys.version_info < (3, 9):  # at the recursion limit it would end the program: "Cannot recover"
            raise OSError("on Python 3.8 it needs gctui's compiled part, which is not installed") from None
        from . import callback

        recorder = Recorder(*callback.make_callback(folder, interpreter, main, own_folder))
    else:
        record = Callback(gc, own_folder, fsencode(folder), interpreter)
        recorder = Recorder(record, record.open_ring, record.count_lost_child)
    recorder.open_ring(capacity)
    return recorder


class Recorder:
    """Keeps `record`, the gc callback, writing into the ring of the process it runs in."""

    def __init__(self, record: "Record", open_ring: "OpenRing", count_lost_child: "CountLostChild") -> None:
        self.record, self.open_ring, self._count_lost_child = record, open_ring, count_lost_child
        self._callbacks = gc.callbacks

    def install(self) -> None:
        if not self.is_installed():
            self._callbacks.append(self.record)

    def is_installed(self) -> bool:
        """Whether the callback still hangs where it was hung: a program may clear the list."""
        # Not with `in`, which would run the `__eq__` of the program's callbacks.
        return any(one is self.record for one in self._callbacks)

    def remove(self) -> None:
        self._callbacks[:] = [one for one in self._callbacks if one is not self.record]

    def move_to_new_ring(self) -> None:
        """In a forked child: the parent's ring is the parent's. Without a new one nothing more is recorded, which is
        written into the parent's."""
        try:
            self.open_ring(wire.SMALL_CAPACITY)
        except OSError:
            self._count_lost_child()
            self.remove()
