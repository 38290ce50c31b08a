"""The gc callback in Python, for where the one in C (`native/callback.c`) could not be built. It records the same.

It runs on any thread, in the middle of any allocation, at interpreter exit too. So it takes no lock, makes no system
call and keeps no object that the collector tracks; all that it needs is bound before, because the program may replace
`time` or `sys` later. Collections of one interpreter never nest, so one record in preparation is enough.

What a callback in Python cannot help: the program's trace and profile functions see it, and at the recursion limit the
interpreter prints that it could not be called.
"""

import gc
import os
import sys
from _struct import Struct
from _thread import get_ident
from fcntl import LOCK_NB, LOCK_SH, flock
from mmap import mmap
from posix import close, fchmod, getpid, getppid, posix_fallocate, pwrite, rename
from posix import open as open_file  # all bound now: the program may replace them before it forks
from time import monotonic_ns

from . import wire
from .handlers import Again, again, run_no_handlers_on_entry

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from types import FrameType
    from typing import Tuple

    from .recorder import CountLostChild, OpenRing, Record

#: Distinct trigger sites remembered; each keeps its code object alive, so that no other can take its address.
MOST_SITES = 2048

#: Never freed: see _map.
_mappings = []  # type: list[mmap]


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


def _lock(descriptor: int) -> None:
    """Hold a shared lock for as long as any process maps the file: the kernel frees it however the last one ends. That
    is how the monitor knows that nothing more will be written, and removes the file."""
    try:
        flock(descriptor, LOCK_SH | LOCK_NB)
    except OSError:
        pass  # this file system has no locks: the file stays until the session ends


def _header(pid: int, interpreter: int, started: int, capacity: int) -> bytes:
    words = [0] * wire.HEADER_WORDS
    words[wire.MAGIC], words[wire.FORMAT] = wire.RING_MAGIC, wire.RING_FORMAT
    words[wire.CAPACITY], words[wire.SITES_BYTES] = capacity, wire.SITES_SIZE
    words[wire.PID], words[wire.PARENT], words[wire.INTERPRETER] = pid, getppid(), interpreter
    words[wire.STARTED], words[wire.VERSION], words[wire.SITES_USED] = started, sys.hexversion, wire.FIRST_SITE
    return wire.integers(8, *words)


def make_callback(
    folder: str, interpreter: int, main: bool, own_folder: str
) -> "Tuple[Record, OpenRing, CountLostChild]":
    """The callback, the function that makes it record into a new ring file in `folder`, and the one that counts a lost
    child in the present ring. Closure cells are the fastest names there are."""
    buffer, words = bytearray(), memoryview(b"")
    started = number = 0
    asked = is_doubtful = False
    sites = {}  # type: dict[int, int]
    known = sites.get  # no exception for a new site: its traceback would be objects for the collector to count
    kept_code = []  # type: list[object]
    pack, first, size, capacity = Struct(wire.RECORD).pack_into, wire.RECORDS_OFFSET, wire.RECORD_SIZE, 1
    named_sites = {"collect": wire.FORCED_SITE, "probe": wire.PROBE_SITE}
    running, written, no_site, first_site = wire.RUNNING, wire.WRITTEN, wire.NO_SITE, wire.FIRST_SITE
    generation_bits, by_program = wire.GENERATION_BITS, wire.BY_PROGRAM
    candidates, most_candidates = wire.CANDIDATES, wire.MOST_CANDIDATES
    tells_more, collects_late = sys.hexversion >= 0x030F0000, sys.hexversion >= 0x030C0000
    is_enabled, get_count, get_threshold = gc.isenabled, gc.get_count, gc.get_threshold
    clock, thread, frame_at, identity = monotonic_ns, get_ident, sys._getframe, id
    signalled_again, pack_site = again, Struct(wire.SITE).pack

    def record(phase: str, info: "dict[str, int]", signal: "Again | None" = None) -> None:
        nonlocal started, number, asked, is_doubtful
        try:  # this must be the first statement: see run_no_handlers_on_entry
            if phase == "start":
                started = clock()
                words[running] = started << 2 | info["generation"]
                asked, is_doubtful = info["generation"] == 2, False
                if asked and is_enabled():  # of its own accord only when the counts have passed the thresholds
                    (zeroth, _, second), (most_zeroth, _, most_second) = get_count(), get_threshold()
                    asked = most_zeroth == 0 or second <= most_second
                    is_doubtful = collects_late and not asked  # by now the count may have sunk again
                    asked = asked or zeroth <= most_zeroth
                return
            pause, what = clock() - started, info["generation"] & generation_bits
            try:
                frame = frame_at(1)
            except ValueError:  # no Python code is running: the collection at interpreter exit
                site = no_site
            else:
                key = identity(frame.f_code) << 20 | frame.f_lasti
                found = known(key)
                site = add_site(key, frame) if found is None else found
                if asked and site >= first_site and (not is_doubtful or "collect" in frame.f_code.co_names):
                    what |= by_program
                del frame  # it would keep the program's locals alive
            if tells_more:
                pause = int(info.get("duration", 0) * 1e9) or pause
                what |= min(info.get("candidates", -1) + 1, most_candidates) << candidates
            pack(
                buffer, first + number % capacity * size, started, pause, what, info["collected"],
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
            site = named_sites.get(code.co_name, wire.AGENT_SITE)
        else:
            if len(sites) >= MOST_SITES:
                return no_site
            name = code.co_filename.encode("utf-8", "replace")[:1000]
            function = getattr(code, "co_qualname", code.co_name).encode("utf-8", "replace")[:200]
            entry = pack_site(frame.f_lineno or 0, len(name), len(function)) + name + function
            site = words[wire.SITES_USED]
            if site + len(entry) > wire.SITES_SIZE:
                return no_site
            start = wire.SITES_OFFSET + site
            buffer[start : start + len(entry)] = entry
            words[wire.SITES_USED] = site + len(entry)
        sites[key] = site
        kept_code.append(code)
        return site

    def open_ring(most: int) -> None:
        pid, began = getpid(), monotonic_ns()
        path = "%s/%d-%d-%d.ring" % (folder, pid, interpreter, began)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = open_file(path + ".new", flags, 0o600)
        try:
            fchmod(descriptor, 0o600)  # whatever the program's umask takes away
            # Reserved now, not at the first write: a full file system must be an error here, not a SIGBUS in the
            # program.
            posix_fallocate(descriptor, 0, first + most * size)
            pwrite(descriptor, _header(pid, interpreter, began, most), 0)
            _lock(descriptor)
            record_into(_map(descriptor, first + most * size, main), most)
            rename(path + ".new", path)  # the monitor never sees half a header
        finally:
            close(descriptor)

    def record_into(mapping: mmap, most: int) -> None:
        nonlocal buffer, words, number, capacity
        _mappings.append(mapping)
        sites.clear()
        kept_code.clear()
        number, capacity = 0, most
        buffer, words = mapping, memoryview(mapping).cast("Q")  # type: ignore[assignment]

    def count_lost_child() -> None:
        words[wire.CHILDREN_LOST] += 1

    run_no_handlers_on_entry(record)  # type: ignore[arg-type]
    return record, open_ring, count_lost_child
