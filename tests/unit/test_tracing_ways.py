"""The ways to trace: what follows what, and how the number of frames is changed step by step."""

from __future__ import annotations

import pytest

from gctui.monitor.tracing import FRAME_STEPS, Tracing


@pytest.mark.parametrize(
    ("frames", "more", "fewer"), [(1, 5, 1), (5, 10, 1), (7, 10, 5), (25, 50, 10), (50, 50, 25), (80, 80, 50)]
)
def test_frames_go_up_and_down_by_what_is_offered(frames: int, more: int, fewer: int) -> None:
    for sample_bytes in (0, 4096):
        now = Tracing(frames, sample_bytes)
        assert now.with_frames(1) == Tracing(more, sample_bytes)
        assert now.with_frames(-1) == Tracing(fewer, sample_bytes)


def test_what_is_offered_is_sorted() -> None:
    assert list(FRAME_STEPS) == sorted(set(FRAME_STEPS))
