"""The two formats that leave the observed process: the flight recorder's ring and the pipe's frames.

**Ring.** A file, little-endian, mapped by the agent and read by the monitor: `HEADER_WORDS` 64-bit words, then
`SITES_SIZE` bytes of trigger sites, then as many records of 64 bytes as the header says is its capacity. One writer,
any number of readers, no lock. Record number n (from 0) lies in slot n % capacity. The writer stores the record, whose
last word is n + 1, and only then WRITTEN = n + 1. While it prepares record w it may be overwriting record w - capacity,
so a reader that copies records and *then* reads WRITTEN = w again may trust those numbered above w - capacity; the
others count as missed, exactly.

**Pipe.** Frames of `FRAME` (u32 payload length, u8 type) and payload. From the agent: HELLO, GAUGES, ANSWER, BYE and
FAILURE carry UTF-8 JSON (the last word is a FAILURE with `last`, or BYE with gauges, or BYE with nothing where nobody
has asked for any); ALLOCATIONS carries packed columns. To the agent: every command is `COMMAND` (u32 id, two u64
arguments). A type that is not known is skipped. Times are `time.monotonic_ns()`, one time line for all processes of a
machine.

Layouts are written as the module `struct` has them, which each child of the program would have to load at its start.
"""

PROTOCOL = 1
#: Name of the environment variable in which the monitor tells the agent where things are; see `encode_settings`.
VARIABLE = "GCTUI_AGENT"

# --- the ring -------------------------------------------------------------------------------------------------------

RING_MAGIC = int.from_bytes(b"gctuirng", "little")
RING_FORMAT = 3
HEADER_WORDS = 32
#: Index of each word of the header.
MAGIC, FORMAT, PID, INTERPRETER, CAPACITY, SITES_BYTES = range(6)
WRITTEN, RUNNING, SITES_USED, STARTED, PARENT, VERSION, CHILDREN_LOST = range(6, 13)
#: CHILDREN_LOST counts forked children that could not make a ring of their own; they write that into their parent's.

#: A collection: time it started (ns), pause (ns), what it was, collected, uncollectable, thread, site, number + 1. The
#: pause is the `duration` that Python 3.15 tells, which leaves out the callbacks in gc.callbacks. Before, it lasts from
#: the recorder's own call at the start to that at the end, and has those between in it.
RECORD, RECORD_SIZE = "<8Q", 64
#: In the word that says what it was: the generation; whether the program asked for it with gc.collect(), which is told
#: of generation 2 only; from bit CANDIDATES on the number of objects that it looked at and 1, MOST_CANDIDATES where it
#: is larger, or 0 where it is not known: before Python 3.15.
GENERATION_BITS, BY_PROGRAM, CANDIDATES, MOST_CANDIDATES = 3, 4, 32, (1 << 32) - 1
#: Records that a ring holds: that of the launched process, and that of each other one, of which there may be thousands.
CAPACITIES = RING_CAPACITY, SMALL_CAPACITY = 8192, 2048

#: Where the program was when a collection stopped it: line, byte lengths of file and function name, then the two names.
SITE = "<IHH"
SITES_SIZE = 1 << 16
SITES_OFFSET = HEADER_WORDS * 8
#: A record's site is the offset of its entry in the site area (from FIRST_SITE on) or one of these: no Python code was
#: running, or too many sites; gctui was asked to collect; gctui's own allocations passed the threshold; gctui was asked
#: to probe.
NO_SITE, FORCED_SITE, AGENT_SITE, PROBE_SITE, FIRST_SITE = 0, 1, 2, 3, 8

RECORDS_OFFSET = SITES_OFFSET + SITES_SIZE


# --- the pipe -------------------------------------------------------------------------------------------------------

FRAME, FRAME_SIZE = "<IB", 5
MAX_FRAME = 8 << 20

HELLO, GAUGES, ALLOCATIONS, ANSWER, BYE, FAILURE = range(1, 7)

#: Name of the Unix socket in the session's folder: where a process connects that inherited no pipe. The same frames go
#: through it, and no token.
DOOR = "door"
#: It is not open to multiprocessing's own processes. What they run, by `-c`.
HELPERS = ("from multiprocessing.resource_tracker import main", "from multiprocessing.forkserver import main")

#: The first byte on the way to the agent. Several processes can inherit the pipe: the one that reads the token owns it.
TOKEN = b"\x01"

COMMAND, COMMAND_SIZE = "<IQQ", 20
#: COLLECT(generation) · RATE(milliseconds between gauges) · TRACE(frames, 0 = stop; bytes between two samples on
#: average, 0 = trace every allocation) · SNAPSHOT(most tracebacks to send)
#: · RECORD_AGAIN: put the callback back into gc.callbacks
#: · BURST(frames, milliseconds): trace every allocation for so long, send a snapshot, and trace as before
COLLECT, RATE, TRACE, SNAPSHOT, RECORD_AGAIN, BURST = range(65, 71)

#: SET_ENABLED(0 or 1) · SET_THRESHOLDS(first; second << 32 | third) · FREEZE(1: collect before) · UNFREEZE
#: · SET_DEBUG(flags). Each is answered with the settings before and after.
SET_ENABLED, SET_THRESHOLDS, FREEZE, UNFREEZE, SET_DEBUG = range(71, 76)
STEERING = range(SET_ENABLED, SET_DEBUG + 1)

#: UNASKED(most tracebacks, 0 = not at all): while allocations are traced, a snapshot is sent also when the program
#: holds more than ever before, and one at its end
UNASKED = 80

#: Tracebacks that a snapshot carries; smaller ones come folded.
MOST_TRACEBACKS = 2000

#: CENSUS: live objects by type · INSTANCES(id of a type, checksum of its "module.name") · REFERRERS(id of an object, id
#: of its type) · REPR(likewise), which runs code of the program · PROBE: what a full collection would free, then freed.
#: Each is answered by a frame of JSON, numbered as it.
CENSUS, INSTANCES, REFERRERS, REPR, PROBE = range(96, 101)
ABOUT_OBJECTS = range(CENSUS, PROBE + 1)

#: Head of ALLOCATIONS: time (ns), bytes traced, blocks traced, duration of the uninterruptible read (ns), processor
#: time of the aggregation (ns), bytes between two samples (0: every block is traced), frames kept per traceback, number
#: of file names, of entries, of tracebacks before folding, and how it was taken: bits of those below. Then each file
#: name as u16 length and UTF-8; then, column by column, u64 sizes, u64 block counts, u8 frame counts; then a (u32 file
#: index, u32 line) pair per frame, most recent frame first. An entry that stands for folded tracebacks has the one
#: frame that they share, with `FOLDED` added to its frame count. Where blocks are sampled, sizes and block counts are
#: estimates, and three columns more follow: u64 samples, then, as f64, the variances of the sizes (bytes squared) and
#: of the block counts.
ALLOCATIONS_HEAD = "<QQQQQQIIIII"
#: By a child process, so that the read stopped the program only for its fork; at the end of a burst.
APART, AFTER_BURST = 1, 2
FOLDED = 0x80
MAX_FRAMES = 100


def frame(kind: int, payload: bytes) -> bytes:
    """One frame, ready to write."""
    return integers(4, len(payload)) + bytes((kind,)) + payload


def integers(size: int, *numbers: int) -> bytes:
    """The numbers one after another, little-endian, `size` bytes each."""
    return b"".join([number.to_bytes(size, "little") for number in numbers])


def quote(text: str) -> str:
    """`text` as a JSON string in ASCII; a lone surrogate (an undecodable byte of a name) becomes '?'."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return '"%s"' % text  # nearly always, and argv can have megabytes
    out = ['"']
    for char in text.encode("utf-8", "replace").decode("utf-8"):
        if " " <= char <= "~" and char not in '"\\':
            out.append(char)
        elif char <= "\uffff":
            out.append("\\u%04x" % ord(char))
        else:  # two units of UTF-16
            above = ord(char) - 0x10000
            out.append("\\u%04x\\u%04x" % (0xD800 | above >> 10, 0xDC00 | above & 0x3FF))
    out.append('"')
    return "".join(out)


def checksum(text: str) -> int:
    """64 bits that tell whether a name is still the same (FNV-1a)."""
    found = 0xCBF29CE484222325
    for byte in text.encode("utf-8", "replace"):
        found = (found ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return found


#: The descriptors of the channel lie out of the program's way, so that the agent takes none of its numbers: under the
#: highest of these that the limits allow.
HIGH_NUMBERS = (900, 200, 50, 10)

#: Descriptors that the program inherits, by the names of their numbers in the settings; NAME_inode goes with each.
INHERITED = ("read", "write", "wake_read", "wake_write")

#: What the options want of the collector, from the first line of each Python program on; `freeze_after_ms` is wanted of
#: the one that speaks.
THRESHOLDS = ("gc_threshold0", "gc_threshold1", "gc_threshold2")
GC_SETTINGS = frozenset(THRESHOLDS + ("gc_disable",))

# --- the settings ---------------------------------------------------------------------------------------------------

#: What a process goes by that came in by the door, whatever the settings say that it inherited: there may be hundreds,
#: so it says nothing but hello and goodbye until it is spoken to, then gauges once a second, and nothing is traced.
VISITING = {"visiting": 1, "interval_ms": 1000, "frames": 0, "unasked": 0, "freeze_after_ms": 0}

#: `follow`: how many generations of children get an agent; all, where it is not said, and from this number on.
ALL_GENERATIONS = 1000


def encode_settings(folder: str, numbers: "dict[str, int]") -> str:
    """The value of `VARIABLE`, which `entry.decode_settings` takes apart: integers by name, then the folder of the
    rings, which may hold any text."""
    return ",".join("%s=%d" % item for item in numbers.items()) + "\n" + folder
