"""What the agent's C part has to agree on with its Python."""

from __future__ import annotations

import re
from ast import literal_eval
from pathlib import Path
from struct import calcsize

from gctui.agent import loading, wire

NATIVE = Path(wire.__file__).parent / "native"


def test_the_numbers_of_the_wire_are_the_same_in_c() -> None:
    defined = dict(re.findall(r"#define WIRE_(\w+) (.+)", (NATIVE / "wire.h").read_text()))

    assert len(defined) > 30
    for name, text in defined.items():
        assert literal_eval(text.replace("{", "(").replace("}", ")")) == getattr(wire, name), name


def test_sizes_are_those_of_the_layouts() -> None:
    for layout, size in (
        (wire.FRAME, wire.FRAME_SIZE), (wire.COMMAND, wire.COMMAND_SIZE), (wire.RECORD, wire.RECORD_SIZE),
    ):  # fmt: skip
        assert calcsize(layout) == size


def test_the_file_that_is_compiled_last_is_the_same_in_c() -> None:
    assert f'#define LAST "{loading.NAMES[-1]}"' in (NATIVE / "arrival.c").read_text()
