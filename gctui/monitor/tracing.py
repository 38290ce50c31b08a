"""The ways to trace allocations, and what each is told to the agent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gctui.agent.tracer import CAN_SAMPLE as CAN_SAMPLE

Mode = Literal["off", "sampled", "exact"]

#: Bytes between two samples on average, and frames per traceback: few where each allocation pays for them.
SAMPLE_BYTES, SAMPLED_FRAMES, EXACT_FRAMES = 512 << 10, 25, 5

#: Frames per traceback that are offered where they are changed step by step.
FRAME_STEPS = 1, 5, 10, 25, 50

CANNOT_SAMPLE = "allocations cannot be sampled: gctui's C part was not built when gctui was installed"

#: In the order in which they follow each other, the default of the screen first.
MODES: tuple[Mode, ...] = ("sampled", "exact", "off") if CAN_SAMPLE else ("exact", "off")


@dataclass(frozen=True, slots=True)
class Tracing:
    """How allocations are traced."""

    frames: int
    """Per traceback; 0: nothing is traced."""
    sample_bytes: int
    """One allocation in so many bytes is traced on average; 0: all are."""

    @property
    def mode(self) -> Mode:
        return "off" if not self.frames else "sampled" if self.sample_bytes else "exact"

    def with_frames(self, step: int) -> Tracing:
        """With the next larger number of frames that is offered (1), or the next smaller one (-1); the same where there
        is none."""
        further = [number for number in FRAME_STEPS if (number - self.frames) * step > 0]
        return Tracing(
            min(further, key=lambda number: abs(number - self.frames), default=self.frames), self.sample_bytes
        )


UNTRACED = Tracing(0, 0)


@dataclass(frozen=True, slots=True)
class TracingOptions:
    """What the user has chosen of each way."""

    frames: int | None = None
    """None: as many as each way can afford."""
    sample_bytes: int = SAMPLE_BYTES

    def of(self, mode: Mode) -> Tracing:
        if mode == "off":
            return UNTRACED
        if mode == "sampled":
            return Tracing(self.frames or SAMPLED_FRAMES, self.sample_bytes)
        return Tracing(self.frames or EXACT_FRAMES, 0)

    def after(self, mode: Mode) -> Tracing:
        """The next way."""
        return self.of(MODES[(MODES.index(mode) + 1) % len(MODES)] if mode in MODES else "off")
