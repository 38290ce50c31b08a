"""The seeds of the fuzz target are what a real program says and records, and do no harm as they are."""

from __future__ import annotations

from pathlib import Path

from fuzz import lies, seeds
from gctui.agent import wire


def test_each_seed_of_a_real_program_does_no_harm(tmp_path: Path) -> None:
    frames, ring = seeds.record()

    assert {kind for kind, _ in frames} == {
        wire.HELLO, wire.GAUGES, wire.ALLOCATIONS, wire.ANSWER, wire.BYE, wire.FAILURE, wire.PROBE,
    }  # fmt: skip
    target = lies.Lies(ring, str(tmp_path))
    inputs = lies.seeds_of(frames)
    assert {one[0] for one in inputs} == {lies.PIPE, lies.PAYLOADS, lies.RING}
    for one in inputs:
        target.take(one)
