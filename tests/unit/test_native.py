"""What the agent's C part has to agree on with its Python."""

from __future__ import annotations

import re
from pathlib import Path
from struct import calcsize

from gctui.agent import entry, wire

HEADER = Path(wire.__file__).parent / "native" / "wire.h"


def test_the_numbers_of_the_wire_are_the_same_in_c() -> None:
    defined = dict(re.findall(r"#define WIRE_(\w+) (.+)", HEADER.read_text()))

    assert len(defined) > 30
    for name, text in defined.items():
        value = getattr(wire, name)
        if isinstance(value, int):
            assert int(text, 0) == value, name
        else:
            assert text.strip('"{}') == (value if isinstance(value, str) else ", ".join(map(str, value))), name


def test_sizes_are_those_of_the_layouts() -> None:
    for layout, size in (
        (wire.FRAME, wire.FRAME_SIZE), (wire.COMMAND, wire.COMMAND_SIZE), (wire.RECORD, wire.RECORD_SIZE),
    ):  # fmt: skip
        assert calcsize(layout) == size


def test_a_visitor_has_a_small_ring() -> None:
    assert entry.SMALL_CAPACITY == wire.SMALL_CAPACITY
