"""The seeds of the fuzz target are what a real program says and records, and do no harm as they are."""

from __future__ import annotations

from pathlib import Path

from fuzz import lies, seeds
from gctui.agent import wire
from gctui.monitor import layouts
from gctui.monitor.tracing import CAN_SAMPLE


def test_each_seed_of_a_real_program_does_no_harm(tmp_path: Path) -> None:
    frames, ring = seeds.record()

    assert {kind for kind, _ in frames} == {
        wire.HELLO, wire.GAUGES, wire.ALLOCATIONS, wire.ANSWER, wire.BYE, wire.FAILURE,
        *wire.ABOUT_OBJECTS,
    }  # fmt: skip
    target = lies.Lies(ring, str(tmp_path))
    means = {layouts.ALLOCATIONS_HEAD.unpack_from(payload)[5] for kind, payload in frames if kind == wire.ALLOCATIONS}
    assert means == {0, 1024} or not CAN_SAMPLE
    inputs = lies.seeds_of(frames)
    assert {one[0] for one in inputs} == {lies.PIPE, lies.PAYLOADS, lies.RING}
    for one in inputs:
        target.take(one)
