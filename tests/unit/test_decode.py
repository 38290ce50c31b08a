"""The pipe's decoders against frames of ours and against any bytes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.agent import wire
from gctui.monitor.decode import BadChannel, FrameDecoder, decode
from gctui.monitor.messages import AnswerRead, GaugesRead
from gctui.monitor.model import Allocations

GAUGES = {
    "ts": 5,
    "counts": [1, 2, 3],
    "thresholds": [700, 10, 10],
    "enabled": True,
    "debug": 0,
    "frozen": 0,
    "totals": [[1, 2, 0], [0, 0, 0], [0, 0, 0]],
    "frames": 0,
    "traced": 0,
    "peak": 0,
    "tracer": 0,
    "dropped": 0,
}


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=300))), st.integers(1, 50))
def test_frames_survive_any_cut(frames: list[tuple[int, bytes]], piece: int) -> None:
    stream = b"".join(wire.frame(kind, payload) for kind, payload in frames)
    decoder = FrameDecoder()

    found = [frame for at in range(0, len(stream), piece) for frame in decoder.feed(stream[at : at + piece])]

    assert found == frames


@given(st.binary(max_size=2000))
def test_any_stream_is_frames_or_a_bad_channel(data: bytes) -> None:
    decoder = FrameDecoder()
    try:
        for kind, payload in decoder.feed(data):
            decode(kind, payload)
    except BadChannel as error:
        assert str(error)


@given(
    st.sampled_from([wire.HELLO, wire.GAUGES, wire.ALLOCATIONS, wire.ANSWER, wire.BYE, wire.FAILURE, 99]), st.binary()
)
def test_any_payload_is_a_message_or_a_bad_channel(kind: int, payload: bytes) -> None:
    try:
        decode(kind, payload)
    except BadChannel as error:
        assert str(error)


@given(st.data())
def test_damaged_allocations_never_do_worse_than_a_bad_channel(data: st.DataObject) -> None:
    payload = bytearray(_allocations([(("a.py", 3), ("b.py", 4))], [100], [2]))
    for _ in range(data.draw(st.integers(1, 8))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    try:
        decode(wire.ALLOCATIONS, bytes(payload[: data.draw(st.integers(0, len(payload)))]))
    except BadChannel as error:
        assert str(error)


def test_a_frame_over_the_limit_is_refused_before_it_is_kept() -> None:
    with pytest.raises(BadChannel, match="over the limit"):
        FrameDecoder().feed(wire.FRAME.pack(wire.MAX_FRAME + 1, wire.GAUGES))


def test_gauges_and_goodbye_are_the_same_figures() -> None:
    payload = json.dumps(GAUGES).encode()
    gauges, last = decode(wire.GAUGES, payload), decode(wire.BYE, payload)

    assert isinstance(gauges, GaugesRead) and isinstance(last, GaugesRead)
    assert (gauges.counts, gauges.last, last.last) == ((1, 2, 3), False, True)


def test_an_answer_may_leave_out_what_does_not_apply() -> None:
    answer = decode(wire.ANSWER, b'{"command":7,"kind":"collect","error":"busy"}')

    assert answer == AnswerRead(7, "collect", "busy")


@given(st.text())
def test_quoted_text_is_json_and_comes_back(text: str) -> None:
    expected = text.encode("utf-8", "replace").decode()

    assert json.loads(wire.quote(text)) == expected


def test_unknown_types_are_skipped() -> None:
    assert decode(200, b"whatever") is None


def test_allocations_keep_their_order_and_flags() -> None:
    payload = _allocations([(("a.py", 3), ("b.py", 4)), (("c.py", 0),)], [100, 50], [2, 1 | wire.FOLDED])

    decoded = decode(wire.ALLOCATIONS, payload)

    assert isinstance(decoded, Allocations)
    first, second = decoded.entries
    assert [(frame.filename, frame.line) for frame in first.frames] == [("a.py", 3), ("b.py", 4)]
    assert (first.size, first.count, first.folded) == (100, 1, False)
    assert (second.frames[0].filename, second.folded) == ("c.py", True)


def _allocations(tracebacks: list[tuple[tuple[str, int], ...]], sizes: list[int], kinds: list[int]) -> bytes:
    from struct import pack

    names = list(dict.fromkeys(name for frames in tracebacks for name, _ in frames))
    places = [number for frames in tracebacks for name, line in frames for number in (names.index(name), line)]
    number = len(tracebacks)
    head = wire.ALLOCATIONS_HEAD.pack(1, sum(sizes), number, 10, 20, 5, len(names), number, number)
    texts = b"".join(pack("<H", len(name)) + name.encode() for name in names)
    columns = pack(f"<{number}Q", *sizes) + pack(f"<{number}Q", *[1] * number) + bytes(kinds)
    return head + texts + columns + pack(f"<{len(places)}I", *places)


def test_json_nested_too_deeply_is_a_bad_channel() -> None:
    with pytest.raises(BadChannel, match="recursion"):
        decode(wire.FAILURE, b'{"error":"","more":' + b"[" * 200_000 + b"]" * 200_000 + b"}")
