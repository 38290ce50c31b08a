"""The flight recorder: makes a ring in shared memory and hangs the gc callback that writes each collection into it."""

import gc
import sys
from posix import (
    O_CLOEXEC,
    O_CREAT,
    O_EXCL,
    O_NOFOLLOW,
    O_RDWR,
    close,
    fchmod,
    getpid,
    getppid,
    posix_fallocate,
    pwrite,
    rename,
)
from posix import open as open_file  # all bound now: the program may replace them before it forks
from time import monotonic_ns

from . import wire

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Tuple

    from .callback import CountLostChild, Record, RecordInto


def make_callback(main: bool, own_folder: str) -> "Tuple[Record, RecordInto, CountLostChild]":
    """The callback, the function that makes it record into a ring file, and the one that counts a lost child in the
    present ring: in C where that was built. OSError where neither will do."""
    try:
        from ._native import Callback
    except ImportError:
        if sys.version_info < (3, 9):  # at the recursion limit it would end the program: "Cannot recover"
            raise OSError("on Python 3.8 it needs gctui's compiled part, which is not installed") from None
        from . import callback

        return callback.make_callback(main, own_folder)
    record = Callback(wire, gc, own_folder)
    return record, record.record_into, record.count_lost_child


class Recorder:
    """Keeps `record`, the gc callback, writing into the ring of the process it runs in. OSError when there can be no
    ring."""

    def __init__(self, folder: str, interpreter: int, main: bool, own_folder: str) -> None:
        self._folder, self._interpreter, self._callbacks = folder, interpreter, gc.callbacks
        self.record, self._record_into, self._count_lost_child = make_callback(main, own_folder)
        self._open_ring()

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
            self._open_ring()
        except OSError:
            self._count_lost_child()
            self.remove()

    def _open_ring(self) -> None:
        pid, now = getpid(), monotonic_ns()
        path = "%s/%d-%d-%d.ring" % (self._folder, pid, self._interpreter, now)
        descriptor = open_file(path + ".new", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        try:
            fchmod(descriptor, 0o600)  # whatever the program's umask takes away
            # Reserved now, not at the first write: a full file system must be an error here, not a SIGBUS in the
            # program.
            posix_fallocate(descriptor, 0, wire.RING_SIZE)
            pwrite(descriptor, _header(pid, self._interpreter, now), 0)
            self._record_into(descriptor)
            rename(path + ".new", path)  # the monitor never sees half a header
        finally:
            close(descriptor)


def _header(pid: int, interpreter: int, started: int) -> bytes:
    words = [0] * wire.HEADER_WORDS
    words[wire.MAGIC], words[wire.FORMAT] = wire.RING_MAGIC, wire.RING_FORMAT
    words[wire.CAPACITY], words[wire.SITES_BYTES] = wire.RING_CAPACITY, wire.SITES_SIZE
    words[wire.PID], words[wire.PARENT], words[wire.INTERPRETER] = pid, getppid(), interpreter
    words[wire.STARTED], words[wire.VERSION], words[wire.SITES_USED] = started, sys.hexversion, wire.FIRST_SITE
    return wire.integers(8, *words)
