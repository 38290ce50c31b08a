"""The pipe's decoders against frames of ours and against any bytes."""

from __future__ import annotations

import json
from struct import pack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.folding import Folding
from gctui.agent import wire
from gctui.monitor import layouts
from gctui.monitor.decode import MOST_ENTRIES, BadChannel, FrameDecoder, decode
from gctui.monitor.messages import AnswerRead, Failure, GaugesRead, Hello
from gctui.monitor.model import Allocations
from tests.fakes import FOUND

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
    "mean": 0,
    "since": 0,
    "cost": 0,
    "dropped": 0,
}


HELLO = {
    "protocol": wire.PROTOCOL,
    "pid": FOUND.pid,
    "ppid": 1,
    "started": 5,
    "interpreter": 0,
    "thread": 1,
    "python": "3.14.0",
    "build": "3.14.0 (main)",
    "collector": "incremental",
    "executable": "/usr/bin/python3",
    "argv": ["python3", "app.py"],
}
SETTINGS = {"enabled": True, "thresholds": [700, 10, 10], "debug": 0, "frozen": 0}
STEERED = {
    "command": 2, "kind": "steer", "error": "", "order": wire.FREEZE, "ts": 7, "before": SETTINGS,
    "after": {**SETTINGS, "frozen": 12}, "freed": 3, "uncollectable": 0, "pause_ns": 9,
}  # fmt: skip
ANSWER = {"command": 1, "kind": "collect", "error": "", "generation": 2, "freed": 3, "uncollectable": 0, "pause_ns": 9}
TRUE: dict[int, dict[str, Any]] = {
    wire.HELLO: HELLO, wire.GAUGES: GAUGES, wire.BYE: GAUGES, wire.ANSWER: ANSWER, wire.FAILURE: {"error": "no space"},
}  # fmt: skip

HUGE = st.sampled_from([1 << 31, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, 1 << 64, 10**400, 10**4299])
NUMBERS = st.one_of(st.integers(), HUGE, HUGE.map(lambda number: -number), st.just(-1), st.floats())
#: JSON as another program may write it: `json.dumps` writes NaN, Infinity and lone surrogates as well.
LIES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), NUMBERS, st.text(), st.sampled_from(["\x1b]0;owned\x07", "\ud800", "x" * 5000])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def lying_payloads(draw: st.DrawFn) -> tuple[int, bytes]:
    """A payload of ours in which some fields are something else, are missing, or come twice."""
    kind, true = draw(st.sampled_from([*TRUE.items(), (wire.ANSWER, STEERED)]))
    members = [(name, _like(draw, value)) for name, value in true.items()]
    if draw(st.booleans()):
        members.pop(draw(st.integers(0, len(members) - 1)))
    members += draw(st.lists(st.sampled_from(members), max_size=2)) if members else []
    return kind, ("{" + ",".join(f"{json.dumps(name)}:{json.dumps(value)}" for name, value in members) + "}").encode()


def _like(draw: st.DrawFn, value: Any) -> Any:
    """Nearly always the value, or a list like it; else a lie, and more often one of its own type."""
    if isinstance(value, list) and draw(st.integers(0, 3)):
        return [_like(draw, one) for one in value]
    if isinstance(value, dict) and draw(st.integers(0, 3)):
        return {name: _like(draw, one) for name, one in value.items()}
    if draw(st.integers(0, 9)):
        return value
    return draw(NUMBERS if isinstance(value, int) and draw(st.booleans()) else LIES)


def fold(*frames: tuple[int, bytes]) -> str:
    """What is left on the terminal when a channel said this."""
    folding = Folding()
    folding.fold([FOUND])
    for kind, payload in frames:
        message = decode(kind, payload)
        folding.fold([message] if message is not None else [])
    return folding.end()


@given(st.lists(lying_payloads(), min_size=1, max_size=4))
def test_a_lying_payload_is_a_bad_channel_or_can_be_shown(frames: list[tuple[int, bytes]]) -> None:
    try:
        fold((wire.HELLO, json.dumps(HELLO).encode()), *frames)
    except BadChannel as error:
        assert str(error)


@given(st.data())
def test_a_stream_damaged_anywhere_is_frames_or_a_bad_channel(data: st.DataObject) -> None:
    stream = bytearray(b"".join(wire.frame(kind, json.dumps(value).encode()) for kind, value in TRUE.items()))
    for _ in range(data.draw(st.integers(1, 4))):
        stream[data.draw(st.integers(0, len(stream) - 1))] = data.draw(st.integers(0, 255))
    decoder, folding = FrameDecoder(), Folding()
    folding.fold([FOUND])
    at = 0
    try:
        while at < len(stream):
            piece = data.draw(st.integers(1, 200))
            for kind, payload in decoder.feed(bytes(stream[at : at + piece])):
                message = decode(kind, payload)
                folding.fold([message] if message is not None else [])
            at += piece
    except BadChannel as error:
        assert str(error)
    folding.end()


@pytest.mark.parametrize(
    ("kind", "lie"),
    [
        (wire.HELLO, {"pid": -1}),  # psutil refuses it with a ValueError
        (wire.HELLO, {"pid": 0}),
        (wire.HELLO, {"pid": 1 << 80}),  # os.kill with an OverflowError
        (wire.HELLO, {"interpreter": -1}),  # would take the place of the main interpreter
        (wire.HELLO, {"python": "3" * 101}),
        (wire.ANSWER, {"pause_ns": 10**400}),  # no float is so large
        (wire.ANSWER, {"pause_ns": -1}),
        (wire.GAUGES, {"counts": [10**400, 0, 0]}),
        (wire.GAUGES, {"totals": [[10**4000, 0, 0]] * 3}),  # too long to be written out
        (wire.BYE, {"ts": 1 << 63}),
    ],
)
def test_numbers_that_cannot_be_are_refused(kind: int, lie: dict[str, Any]) -> None:
    with pytest.raises(BadChannel, match="malformed"):
        decode(kind, json.dumps({**TRUE[kind], **lie}).encode())


def test_negative_counts_can_be() -> None:
    """Those of free-threaded Python, and thresholds that a program set so."""
    gauges = decode(wire.GAUGES, json.dumps({**GAUGES, "counts": [-5, 0, 0], "thresholds": [-1, -1, -1]}).encode())

    assert isinstance(gauges, GaugesRead) and gauges.counts[0] == -5


def test_texts_are_cut_to_what_can_be_kept_and_shown() -> None:
    failure = decode(wire.FAILURE, json.dumps({"error": "x" * 1_000_000}).encode())
    answer = decode(wire.ANSWER, json.dumps({**ANSWER, "error": "x" * 1_000_000}).encode())
    argv = ["python", *["word" * 100] * 10_000]
    hello = decode(wire.HELLO, json.dumps({**HELLO, "argv": argv, "build": "x" * 1_000_000}).encode())

    assert isinstance(failure, Failure) and len(failure.error) == 1000
    assert isinstance(answer, AnswerRead) and len(answer.error) == 1000
    assert isinstance(hello, Hello) and len(hello.build) == 1000
    assert hello.argv[:2] == ("python", "word" * 100) and sum(map(len, hello.argv)) <= 32_768


def test_no_text_of_the_agent_steers_the_terminal() -> None:
    escape = "\x1b[31m\x9b2J\u202e\n"
    hello = {**HELLO, "python": escape, "collector": escape, "argv": [escape]}

    text = fold((wire.HELLO, json.dumps(hello).encode()), (wire.FAILURE, json.dumps({"error": escape}).encode()))

    assert "␛[31m" in text  # it is there, and `fold` has looked at every line


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
        FrameDecoder().feed(layouts.FRAME.pack(wire.MAX_FRAME + 1, wire.GAUGES))


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


@pytest.mark.parametrize(("size", "count"), [(151, 2), (150, 3), (0, 2)])
def test_allocations_that_do_not_add_up_are_refused(size: int, count: int) -> None:
    payload = bytearray(_allocations([(("a.py", 3),), (("b.py", 4),)], [100, 50], [1, 1]))
    payload[8:24] = size.to_bytes(8, "little") + count.to_bytes(8, "little")

    with pytest.raises(BadChannel, match="add up"):
        decode(wire.ALLOCATIONS, bytes(payload))


def test_sizes_that_overflow_their_sum_are_refused() -> None:
    payload = bytearray(_allocations([(("a.py", 3),), (("b.py", 4),)], [100, 50], [1, 1]))
    sizes = layouts.ALLOCATIONS_HEAD.size + 2 * len("__a.py")
    payload[sizes : sizes + 16] = b"\xff" * 16
    payload[8:16] = (2 * ((1 << 64) - 1) % (1 << 64)).to_bytes(8, "little")

    with pytest.raises(BadChannel, match="add up"):
        decode(wire.ALLOCATIONS, bytes(payload))


def test_more_allocations_than_an_agent_sends_are_refused() -> None:
    number = MOST_ENTRIES + 1
    payload = _allocations([(("a.py", 3),)] * number, [1] * number, [1] * number)
    assert len(payload) < wire.MAX_FRAME
    with pytest.raises(BadChannel, match="more entries"):
        decode(wire.ALLOCATIONS, payload)


def test_more_frames_than_an_agent_sends_are_refused() -> None:
    payload = _allocations([(("a.py", 3),) * 100] * 2501, [1] * 2501, [100] * 2501)
    assert len(payload) < wire.MAX_FRAME
    with pytest.raises(BadChannel, match="more frames"):
        decode(wire.ALLOCATIONS, payload)


def test_estimates_come_with_their_precision() -> None:
    payload = _allocations([(("a.py", 3),), (("b.py", 4),)], [100, 50], [1, 1], mean=512)
    precision = pack("<2Q4d", 7, 3, 1.5, 2.5, 0.5, 0.0)

    read = decode(wire.ALLOCATIONS, payload + precision)

    assert isinstance(read, Allocations) and read.sample_bytes == 512
    found = [(one.samples, one.size_variance, one.count_variance) for one in read.entries]
    assert found == [(7, 1.5, 0.5), (3, 2.5, 0.0)]
    with pytest.raises(BadChannel):
        decode(wire.ALLOCATIONS, payload + precision[:-1])
    for lie in (float("nan"), float("inf"), -1.0):
        with pytest.raises(BadChannel, match="no number"):
            decode(wire.ALLOCATIONS, payload + precision[:-8] + pack("<d", lie))


def _allocations(
    tracebacks: list[tuple[tuple[str, int], ...]], sizes: list[int], kinds: list[int], mean: int = 0
) -> bytes:
    names = list(dict.fromkeys(name for frames in tracebacks for name, _ in frames))
    places = [number for frames in tracebacks for name, line in frames for number in (names.index(name), line)]
    number = len(tracebacks)
    head = layouts.ALLOCATIONS_HEAD.pack(1, sum(sizes), number, 10, 20, mean, 5, len(names), number, number, 0)
    texts = b"".join(pack("<H", len(name)) + name.encode() for name in names)
    columns = pack(f"<{number}Q", *sizes) + pack(f"<{number}Q", *[1] * number) + bytes(kinds)
    return head + texts + columns + pack(f"<{len(places)}I", *places)


def test_json_nested_too_deeply_is_a_bad_channel() -> None:
    with pytest.raises(BadChannel, match="recursion"):
        decode(wire.FAILURE, b'{"error":"","more":' + b"[" * 200_000 + b"]" * 200_000 + b"}")
