"""Answers about objects: decoding of true and of lying ones, and what the monitor makes of a census."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.agent import wire
from gctui.monitor.cycles import Cycles, loop_text
from gctui.monitor.decode import BadChannel, decode
from gctui.monitor.decode_objects import decode_objects
from gctui.monitor.model import Frame
from gctui.monitor.object_questions import ObjectQuestions
from gctui.monitor.objects import Census, Instances, NotDone, Referrers, Shown, TypeCount, matching_types, type_rows
from tests.unit.test_decode import LIES

TRUE: dict[int, dict[str, Any]] = {
    wire.CENSUS: {
        "command": 1,
        "ts": 5,
        "stall_ns": 7,
        "work_ns": 9,
        "types": [{"id": 10, "module": "app", "name": "Node", "count": 3, "size": 144}],
        "others": [2, 5, 80],
    },
    wire.INSTANCES: {
        "command": 2,
        "type": 10,
        "count": 3,
        "size": 144,
        "stall_ns": 7,
        "files": ["app.py"],
        "instances": [
            {"id": 99, "size": 48, "generation": 2, "newest": True, "through": "", "frames": [[0, 12]]},
        ],
    },
    wire.REFERRERS: {
        "command": 3,
        "object": 99,
        "direct": 1,
        "end": "module",
        "steps": [{"edge": ".node", "holder": "module app"}],
        "stall_ns": 7,
    },
    wire.PROBE: {
        "command": 5,
        "ts": 5,
        "stalls_ns": [7, 8],
        "work_ns": 90,
        "left": 0,
        "uncollectable": 3,
        "stuck": [{"module": "app", "name": "Old", "count": 2, "new": True}],
        "files": ["app.py"],
        "types": [
            {
                "module": "app",
                "name": "Node",
                "count": 12,
                "size": 600,
                "sampled": 12,
                "traced": 6,
                "here": 5,
                "through": "",
                "frames": [[0, 12]],
                "tries": 1,
                "loop": [{"edge": ".me", "holder": "app.Node"}],
            }
        ],
        "others": [1, 3, 100],
    },
    wire.REPR: {"command": 4, "object": 99, "text": "<Node>", "cut": False, "error": ""},
}


def said(kind: int, **changes: Any) -> bytes:
    return json.dumps({**TRUE[kind], **changes}).encode()


def test_true_answers_are_read() -> None:
    read = [decode(kind, said(kind)) for kind in TRUE]

    census, instances, referrers, cycles, shown = read
    assert isinstance(cycles, Cycles) and (cycles.count, cycles.size, cycles.freed) == (15, 700, 12)
    assert cycles.types[0].frames == (Frame("app.py", 12),) and loop_text(cycles.types[0].loop) == "Node.me → Node"
    assert isinstance(census, Census) and (census.count, census.size) == (8, 224)
    assert isinstance(instances, Instances) and instances.instances[0].frames == (Frame("app.py", 12),)
    assert isinstance(referrers, Referrers) and referrers.steps == ((".node", "module app"),)
    assert isinstance(shown, Shown) and shown.text == "<Node>"
    assert decode(wire.CENSUS, b'{"command":1,"error":"MemoryError"}') == NotDone(1, "MemoryError")


@pytest.mark.parametrize(
    ("kind", "lie"),
    [
        (wire.CENSUS, {"stall_ns": -1}),
        (wire.CENSUS, {"types": [TRUE[wire.CENSUS]["types"][0] | {"count": 10**400}]}),
        (wire.CENSUS, {"types": [TRUE[wire.CENSUS]["types"][0] | {"name": "x" * 1001}]}),
        (wire.CENSUS, {"types": TRUE[wire.CENSUS]["types"] * 10_001}),
        (wire.INSTANCES, {"files": []}),
        (wire.INSTANCES, {"instances": TRUE[wire.INSTANCES]["instances"] * 201}),
        (wire.REFERRERS, {"steps": [{"edge": "x" * 10_001, "holder": ""}]}),
        (wire.PROBE, {"stalls_ns": [1, 2, 3]}),
        (wire.PROBE, {"files": []}),
        (wire.PROBE, {"types": TRUE[wire.PROBE]["types"] * 201}),
        (wire.PROBE, {"types": [TRUE[wire.PROBE]["types"][0] | {"loop": [{"edge": "", "holder": ""}] * 101}]}),
        (wire.PROBE, {"stuck": TRUE[wire.PROBE]["stuck"] * 101}),
        (wire.REPR, {"text": "x" * 10_001}),
    ],
)
def test_a_lie_ends_the_channel(kind: int, lie: dict[str, Any]) -> None:
    with pytest.raises(BadChannel):
        decode(kind, said(kind, **lie))


@given(st.sampled_from(sorted(wire.ABOUT_OBJECTS)), st.data())
def test_any_lie_is_refused_or_can_be_kept(kind: int, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(TRUE[kind])))
    payload = said(kind, **{name: data.draw(LIES)})
    try:
        read = decode_objects(kind, payload)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return
    assert read.command >= 0


@given(st.sampled_from(sorted(wire.ABOUT_OBJECTS)), st.binary(max_size=200))
def test_any_bytes_are_a_bad_channel_or_an_answer(kind: int, payload: bytes) -> None:
    try:
        decode(kind, payload)
    except BadChannel as error:
        assert str(error)


def census(*types: tuple[str, int, int]) -> Census:
    return Census(
        1, 0, 0, 0, tuple(TypeCount(len(name), "app", name, count, size) for name, count, size in types), (0, 0, 0)
    )


def test_growth_is_since_the_census_before_and_adds_up() -> None:
    before = census(("Node", 10, 100), ("Gone", 5, 50))
    after = census(("Node", 12, 120), ("NewOne", 1, 8))

    rows = type_rows(after, before)
    assert [(row.type.name, row.type.count, row.count_growth, row.size_growth) for row in rows] == [
        ("Node", 12, 2, 20), ("NewOne", 1, 1, 8), ("Gone", 0, -5, -50),
    ]  # fmt: skip
    assert sum(row.size_growth or 0 for row in rows) == after.size - before.size
    assert [row.count_growth for row in type_rows(after, None)] == [None, None]


def test_the_filter_takes_and_leaves_out_words() -> None:
    rows = type_rows(census(("Node", 1, 1), ("NodeList", 1, 1), ("Edge", 1, 1)), None)

    assert [row.type.name for row in matching_types(rows, "app node !list")] == ["Node"]
    assert len(matching_types(rows, "")) == 3


def test_each_question_is_answered_once_if_only_with_a_reason() -> None:
    asked = ObjectQuestions()
    asked.sent(1, True)
    asked.sent(2, False)
    asked.sent(3, True)
    asked.fold(Shown(3, 99, True, "", False, ""))
    asked.give_up([1, 2, 3])

    assert [(one.command, type(one)) for one in asked.taken()] == [(2, NotDone), (3, Shown), (1, NotDone)]
    assert asked.taken() == ()
