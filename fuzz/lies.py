"""What one input does: its first byte says whether the rest are the pipe's bytes, payloads, or what befalls a ring."""

from __future__ import annotations

import os
from itertools import combinations
from pathlib import Path
from struct import Struct

import msgspec

from fuzz.folding import GAUGES, Folding
from gctui.agent import wire
from gctui.monitor.decode import BadChannel, FrameDecoder, decode
from gctui.monitor.messages import Message, RingRead
from gctui.monitor.ring_reader import BadRing, RingReader
from gctui.monitor.rings import Rings
from tests.fakes import FOUND, HELLO

PIPE, PAYLOADS, RING = range(3)
#: Types of payloads, and one that there is not.
KINDS = (0, wire.HELLO, wire.GAUGES, wire.ALLOCATIONS, wire.ANSWER, wire.BYE, wire.FAILURE, *wire.ABOUT_OBJECTS)
#: Between payloads: their lengths are not in the input, or hardly any change of one would leave a frame.
BETWEEN = b"\n\n"
LONGEST = 1 << 14
#: One step with a ring: what, where, and with which value.
STEP = Struct("<BHQ")
HEADER_WORD, RECORD_WORD, SITE_WORD, READ, CUT, GAUGES_AT, REPLACE, FIND = range(8)


class Lies:
    """Takes inputs. Whatever they are, nothing but BadChannel and BadRing may come of them, and these are caught."""

    def __init__(self, ring: bytes, folder: str) -> None:
        """`folder` is empty, and best in memory: every other input writes a ring there."""
        self._ring, self._folder = ring, folder
        self._path = Path(folder) / "1.ring"

    def take(self, data: bytes) -> None:
        mode = data[0] % 3 if data else PIPE
        (self._pipe, self._payloads, self._steps)[mode](data[1:])

    def _pipe(self, data: bytes) -> None:
        """The first byte is the size of the pieces in which the others come."""
        folding, decoder = Folding(), FrameDecoder()
        folding.fold([FOUND])
        piece = (data[0] if data else 0) * 16 + 1
        for at in range(1, len(data), piece):
            messages: list[Message] = []
            try:
                for kind, payload in decoder.feed(data[at : at + piece]):
                    message = decode(kind, payload)
                    messages += [message] if message is not None else []
            except BadChannel as error:
                assert str(error)
                folding.fold(messages)
                break
            if messages:
                folding.fold(messages)
        folding.end()

    def _payloads(self, data: bytes) -> None:
        """Each begins with the number of its type in `KINDS`."""
        folding = Folding()
        folding.fold([FOUND, HELLO])
        for payload in data.split(BETWEEN):
            try:
                message = decode(KINDS[payload[0] % len(KINDS)], payload[1:]) if payload else None
            except BadChannel as error:
                assert str(error)
                break
            folding.fold([message] if message is not None else [])
        folding.end()

    def _steps(self, data: bytes) -> None:
        self._path.write_bytes(self._ring)
        folding, rings = Folding(), Rings(self._folder)
        reader = RingReader(str(self._path))
        folding.fold([FOUND, HELLO])
        try:
            for kind, place, value in STEP.iter_unpack(data[: len(data) // STEP.size * STEP.size]):
                self._step(kind % 8, place, value, folding, reader, rings)
            folding.fold([_read(reader)])
            folding.fold(rings.poll())
        except BadRing as error:
            assert str(error)
        finally:
            folding.end()
            reader.close()
            rings.close()

    def _step(self, kind: int, place: int, value: int, folding: Folding, reader: RingReader, rings: Rings) -> None:
        if kind == HEADER_WORD:
            self._write(place % wire.HEADER_WORDS * 8, value)
        elif kind == RECORD_WORD:
            words = wire.RING_CAPACITY * 8
            self._write(wire.RECORDS_OFFSET + place % words * 8, value)
        elif kind == SITE_WORD:
            self._write(wire.SITES_OFFSET + place % wire.SITES_SIZE, value)
        elif kind == READ:
            folding.fold([_read(reader)])
        elif kind == CUT and self._path.exists():
            os.truncate(self._path, value % (1 << 40))  # it also grows, without taking room
        elif kind == GAUGES_AT:
            folding.fold([msgspec.structs.replace(GAUGES, ts=value >> 1)])
        elif kind == REPLACE:
            self._path.unlink(missing_ok=True)
            self._path.write_bytes(self._ring[: value % (len(self._ring) + 1)])
        elif kind == FIND:
            folding.fold(rings.poll())  # which removes the file when it sees that nobody holds its lock

    def _write(self, place: int, value: int) -> None:
        if self._path.exists():
            with self._path.open("r+b") as file:
                file.seek(place)
                file.write(value.to_bytes(8, "little"))


def _read(reader: RingReader) -> RingRead:
    records, missed, running, sites = reader.read()
    return RingRead(FOUND.ring, records, missed, running, sites)


def ring_seed(*steps: tuple[int, int, int]) -> bytes:
    """An input that does these steps."""
    return bytes([RING]) + b"".join(STEP.pack(*step) for step in steps)


def payload_seed(*frames: tuple[int, bytes]) -> bytes:
    """An input that says these frames."""
    return bytes([PAYLOADS]) + BETWEEN.join(bytes([KINDS.index(kind)]) + payload for kind, payload in frames)


def pipe_seed(stream: bytes, piece: int = 255) -> bytes:
    """An input that says these bytes."""
    return bytes([PIPE, piece]) + stream


def seeds_of(frames: list[tuple[int, bytes]]) -> list[bytes]:
    """Inputs made of what a program said, and steps with a ring."""
    whole = [wire.frame(kind, payload) for kind, payload in frames]
    by_kind = dict(frames)
    snapshots = [frame for frame in frames if frame[0] == wire.ALLOCATIONS]  # exact and sampled ones
    return [
        pipe_seed(b"".join(whole)[:LONGEST], piece=3),
        *(pipe_seed(wire.frame(*frame)) for frame in by_kind.items()),
        *(payload_seed(frame) for frame in (*by_kind.items(), *snapshots)),
        *(payload_seed((wire.HELLO, by_kind[wire.HELLO]), *frames) for frames in combinations(by_kind.items(), 2)),
        ring_seed((READ, 0, 0)),
        ring_seed((READ, 0, 0), (HEADER_WORD, wire.WRITTEN, 1 << 61), (READ, 0, 0)),
        ring_seed((HEADER_WORD, wire.RUNNING, 7), (GAUGES_AT, 0, 1 << 40), (READ, 0, 0)),
        ring_seed(*((RECORD_WORD, word, (1 << 64) - 1) for word in range(8)), (READ, 0, 0)),
        ring_seed((SITE_WORD, wire.FIRST_SITE, (1 << 64) - 1), (READ, 0, 0)),
        ring_seed((FIND, 0, 0), (REPLACE, 0, 1 << 30), (FIND, 0, 0), (CUT, 0, 99)),
    ]
