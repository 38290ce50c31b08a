"""The flight recorder: the gc callback writes each collection into a ring in shared memory.

It runs on any thread, in the middle of any allocation, at interpreter exit too. So it takes no lock, makes no system
call and keeps no object that the collector tracks; all that it needs is bound before, because the program may replace
`time` or `sys` later. Collections of one interpreter never nest, so one record in preparation is enough.
"""

import gc
import os
import sys
from _thread import get_ident
from fcntl import LOCK_NB, LOCK_SH, flock
from mmap import mmap
from time import monotonic_ns

from . import wire
from .handlers import Again, again, run_no_handlers_on_entry

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from types import FrameType
    from typing import Callable

    Record = Callable[[str, "dict[str, int]"], None]

#: Distinct trigger sites remembered; each keeps its code object alive, so that no other can take its address.
MOST_SITES = 2048


class Ring:
    """One interpreter's ring file, mapped and ready. OSError when it cannot be made."""

    def __init__(self, folder: str, interpreter: int, main: bool) -> None:
        pid, now, size = os.getpid(), monotonic_ns(), wire.ring_size()
        self.path = "%s/%d-%d-%d.ring" % (folder, pid, interpreter, now)
        descriptor = os.open(
            self.path + ".new", os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
        )
        try:
            # Reserved now, not at the first write: a full file system must be an error here, not a SIGBUS in the
            # program.
            os.posix_fallocate(descriptor, 0, size)
            _lock(descriptor)
            self.buffer = _map(descriptor, size, main)
        finally:
            os.close(descriptor)
        words = self.words = memoryview(self.buffer).cast("Q")
        words[wire.FORMAT], words[wire.PID], words[wire.INTERPRETER] = wire.RING_FORMAT, pid, interpreter
        words[wire.CAPACITY], words[wire.SITES_BYTES] = wire.RING_CAPACITY, wire.SITES_SIZE
        words[wire.SITES_USED], words[wire.STARTED], words[wire.PARENT] = wire.FIRST_SITE, now, os.getppid()
        words[wire.VERSION], words[wire.MAGIC] = sys.hexversion, wire.RING_MAGIC
        os.rename(self.path + ".new", self.path)  # the monitor never sees half a header


def _lock(descriptor: int) -> None:
    """Hold a shared lock for as long as any process maps the file: the kernel frees it however the last one ends. That
    is how the monitor knows that nothing more will be written, and removes the file."""
    try:
        flock(descriptor, LOCK_SH | LOCK_NB)
    except OSError:
        pass  # this file system has no locks: the file stays until the session ends


def _map(descriptor: int, size: int, main: bool) -> mmap:
    """Map the file without leaving a descriptor behind that the program could close, reuse or count.

    Before 3.13 a mapping keeps a duplicate and closes that *number* when it is freed. In the main interpreter the
    duplicate is closed at once: the mapping lives until the process ends. A subinterpreter's is freed with it, so it
    keeps its own.
    """
    if sys.version_info >= (3, 13):
        return mmap(descriptor, size, trackfd=False)
    likely = os.dup(descriptor)
    os.close(likely)
    buffer = mmap(descriptor, size)
    if main:
        ours, found = os.fstat(descriptor), os.fstat(likely)
        if (ours.st_dev, ours.st_ino) == (found.st_dev, found.st_ino):
            os.close(likely)
    return buffer


class Recorder:
    """Keeps `record`, the gc callback, writing into the ring of the process it runs in."""

    def __init__(self, folder: str, interpreter: int, main: bool, own_folder: str) -> None:
        self._place = (folder, interpreter, main)
        self._rings = [Ring(*self._place)]  # never freed: see _map
        self.record, self._move = _make_record(self._rings[0], own_folder)

    def install(self) -> None:
        gc.callbacks.append(self.record)

    def remove(self) -> None:
        if self.record in gc.callbacks:
            gc.callbacks.remove(self.record)

    def move_to_new_ring(self) -> None:
        """In a forked child: the parent's ring is the parent's. Without a new one nothing more is recorded."""
        try:
            ring = Ring(*self._place)
        except OSError:
            self.remove()
            return
        self._rings.append(ring)
        self._move(ring)


def _make_record(ring: Ring, own_folder: str) -> "tuple[Record, Callable[[Ring], None]]":
    """The callback and the function that moves it to another ring. Closure cells are the fastest names there are."""
    buffer, words = ring.buffer, ring.words
    started = number = 0
    sites = {}  # type: dict[int, int]
    known = sites.get  # no exception for a new site: its traceback would be objects for the collector to count
    kept_code = []  # type: list[object]
    pack, capacity, first, size = wire.RECORD.pack_into, wire.RING_CAPACITY, wire.RECORDS_OFFSET, wire.RECORD.size
    running, written, no_site = wire.RUNNING, wire.WRITTEN, wire.NO_SITE
    clock, thread, frame_at, identity = monotonic_ns, get_ident, sys._getframe, id
    signalled_again = again

    def record(phase: str, info: "dict[str, int]", signal: "Again | None" = None) -> None:
        nonlocal started, number
        try:  # this must be the first statement: see run_no_handlers_on_entry
            if phase == "start":
                started = clock()
                words[running] = started << 2 | info["generation"]
                return
            pause = clock() - started
            try:
                frame = frame_at(1)
            except ValueError:  # no Python code is running: the collection at interpreter exit
                site = no_site
            else:
                key = identity(frame.f_code) << 20 | frame.f_lasti
                found = known(key)
                site = add_site(key, frame) if found is None else found
                del frame  # it would keep the program's locals alive
            pack(
                buffer, first + number % capacity * size, started, pause, info["generation"], info["collected"],
                info["uncollectable"], thread(), site, number + 1,
            )  # fmt: skip
            number += 1  # no call from here on, so nothing is raised, and no record is written twice
            words[written] = number
            words[running] = 0
        except BaseException as error:  # anything that leaves here would be printed in the program's stderr
            if signal is None:
                try:
                    signal = signalled_again(error)
                    record(phase, info, signal)
                except BaseException:
                    pass

    def add_site(key: int, frame: "FrameType") -> int:
        code = frame.f_code
        if code.co_filename.startswith(own_folder):
            site = wire.FORCED_SITE if code.co_name == "collect" else wire.AGENT_SITE
        else:
            if len(sites) >= MOST_SITES:
                return no_site
            name = code.co_filename.encode("utf-8", "replace")[:1000]
            function = getattr(code, "co_qualname", code.co_name).encode("utf-8", "replace")[:200]
            entry = wire.SITE.pack(frame.f_lineno or 0, len(name), len(function)) + name + function
            site = words[wire.SITES_USED]
            if site + len(entry) > wire.SITES_SIZE:
                return no_site
            start = wire.SITES_OFFSET + site
            buffer[start : start + len(entry)] = entry
            words[wire.SITES_USED] = site + len(entry)
        sites[key] = site
        kept_code.append(code)
        return site

    def move(new: Ring) -> None:
        nonlocal buffer, words, number
        sites.clear()
        kept_code.clear()
        number = 0
        buffer, words = new.buffer, new.words

    run_no_handlers_on_entry(record)  # type: ignore[arg-type]
    return record, move
