"""From the pipe's bytes to messages. Whatever the bytes are, the worst that comes of them is `BadChannel`."""

from __future__ import annotations

from array import array
from math import isfinite
from struct import error as StructError  # noqa: N812
from struct import unpack_from

import msgspec

from gctui.agent import wire
from gctui.monitor import decode_objects, layouts
from gctui.monitor.messages import AgentMessage, AnswerRead, Failure, GaugesRead, Goodbye, Hello
from gctui.monitor.model import AllocationEntry, Allocations, Frame
from gctui.monitor.process import shortened

#: Characters kept of an error that an agent reports.
LONGEST_TEXT = 1000
#: The agent sends 2,000 tracebacks, as many lines, and one entry per file of what is left; each of the former has
#: `wire.MAX_FRAMES` frames at the most, all others have one.
MOST_ENTRIES, MOST_PLACES = 50_000, 250_000


class BadChannel(Exception):
    """What came through the pipe is no frame of ours; the message says what was wrong. Nothing after it can be read."""


class FrameDecoder:
    """Cuts a stream of bytes into frames. Holds at most one unfinished frame."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """The frames that `data` completes, as (type, payload)."""
        self._buffer += data
        frames, at = [], 0
        while len(self._buffer) - at >= layouts.FRAME.size:
            length, kind = layouts.FRAME.unpack_from(self._buffer, at)
            if length > wire.MAX_FRAME:
                raise BadChannel(f"a frame of {length} bytes is over the limit")
            end = at + layouts.FRAME.size + length
            if len(self._buffer) < end:
                break
            frames.append((kind, bytes(self._buffer[at + layouts.FRAME.size : end])))
            at = end
        del self._buffer[:at]
        return frames


_GAUGES = msgspec.json.Decoder(GaugesRead)
_JSON: dict[int, msgspec.json.Decoder[Hello] | msgspec.json.Decoder[AnswerRead] | msgspec.json.Decoder[Failure]] = {
    wire.HELLO: msgspec.json.Decoder(Hello),
    wire.ANSWER: msgspec.json.Decoder(AnswerRead),
    wire.FAILURE: msgspec.json.Decoder(Failure),
}


def decode(kind: int, payload: bytes) -> AgentMessage | None:
    """The message of one frame; None for a type that is not known."""
    try:
        if kind in wire.ABOUT_OBJECTS:
            return decode_objects.decode_objects(kind, payload)
        if kind == wire.ALLOCATIONS:
            return decode_allocations(payload)
        if kind == wire.BYE and not payload:
            return Goodbye()
        if kind in (wire.GAUGES, wire.BYE):
            return msgspec.structs.replace(_GAUGES.decode(payload), last=kind == wire.BYE)
        decoder = _JSON.get(kind)
        return None if decoder is None else _cut(decoder.decode(payload))
    except (msgspec.DecodeError, StructError, ValueError, RecursionError) as error:
        raise BadChannel(f"a frame of type {kind} is malformed: {error}") from None


def _cut(message: Hello | AnswerRead | Failure) -> Hello | AnswerRead | Failure:
    """The same with texts of a length that can be kept and shown: a frame has room for 8 MiB of each."""
    if isinstance(message, Hello):
        build, executable = message.build[:LONGEST_TEXT], message.executable[:LONGEST_TEXT]
        return msgspec.structs.replace(message, argv=shortened(message.argv), build=build, executable=executable)
    return msgspec.structs.replace(message, error=message.error[:LONGEST_TEXT])


def decode_allocations(payload: bytes) -> Allocations:
    """The packed columns of an ALLOCATIONS payload. ValueError or struct.error when they do not fit together."""
    head = layouts.ALLOCATIONS_HEAD.unpack_from(payload)
    taken, total_size, total_count, stall, aggregate, mean, trace_frames = head[:7]
    file_count, entry_count, tracebacks, how = head[7:]
    if entry_count > MOST_ENTRIES or file_count > MOST_PLACES:
        raise ValueError("more entries or names than an agent sends")
    at, names = layouts.ALLOCATIONS_HEAD.size, []
    for _ in range(file_count):
        (length,) = unpack_from("<H", payload, at)
        at += 2
        if at + length > len(payload):
            raise ValueError("a name is cut off")
        names.append(payload[at : at + length].decode("utf-8", "replace"))
        at += length
    sizes = unpack_from(f"<{entry_count}Q", payload, at)
    counts = unpack_from(f"<{entry_count}Q", payload, at + 8 * entry_count)
    at += 16 * entry_count
    kinds = payload[at : at + entry_count]
    if len(kinds) != entry_count:
        raise ValueError("the frame counts are cut off")
    if sum(sizes) != total_size or sum(counts) != total_count:
        raise ValueError("the entries do not add up to the totals")
    frame_count = sum(kind & ~wire.FOLDED for kind in kinds)
    if frame_count > MOST_PLACES:
        raise ValueError("more frames than an agent sends")
    places = array("I", unpack_from(f"<{2 * frame_count}I", payload, at + entry_count))
    samples, size_variances, count_variances = _precision(payload, at + entry_count + 8 * frame_count, counts, mean)
    made: dict[tuple[int, int], Frame] = {}
    entries, place = [], 0
    for number, (size, count, kind) in enumerate(zip(sizes, counts, kinds, strict=True)):
        frames = []
        for _ in range(kind & ~wire.FOLDED):
            key = places[place], places[place + 1]
            if key[0] >= file_count:
                raise ValueError("a frame names no file")
            frames.append(made.get(key) or made.setdefault(key, Frame(names[key[0]], key[1])))
            place += 2
        if not frames:
            raise ValueError("an entry without a frame")
        precision = samples[number], size_variances[number], count_variances[number]
        entries.append(AllocationEntry(tuple(frames), size, count, bool(kind & wire.FOLDED), *precision))
    return Allocations(
        taken_ns=taken,
        total_size=total_size,
        total_count=total_count,
        entries=tuple(entries),
        trace_frames=trace_frames,
        tracebacks=tracebacks,
        stall_ns=stall,
        aggregate_ns=aggregate,
        sample_bytes=mean,
        apart=bool(how & wire.APART),
        after_burst=bool(how & wire.AFTER_BURST),
    )


def _precision(
    payload: bytes, at: int, counts: tuple[int, ...], mean: int
) -> tuple[tuple[int, ...], tuple[float, ...], tuple[float, ...]]:
    """Samples, and the variances of sizes and block counts, by entry."""
    number = len(counts)
    if not mean:
        return counts, (0.0,) * number, (0.0,) * number
    samples = unpack_from(f"<{number}Q", payload, at)
    variances = unpack_from(f"<{2 * number}d", payload, at + 8 * number)
    if not all(isfinite(variance) and variance >= 0 for variance in variances):
        raise ValueError("a variance is no number")
    return samples, variances[:number], variances[number:]
