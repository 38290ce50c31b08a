"""What the user orders the program to do, from the key to the sentence that says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from gctui.monitor import units
from gctui.monitor.collectors import words
from gctui.monitor.estimates import ASK_ABOVE_NS, pause_estimate
from gctui.monitor.model import Answer, Snapshot
from gctui.monitor.session import Session
from gctui.monitor.tracing import UNTRACED, Tracing, TracingOptions
from gctui.ui import sentences
from gctui.ui.messages import Note

#: How long exact tracing lasts that ends by itself, seconds.
BURST_S = 10.0


class Commands:
    """Sends commands and remembers which ones were not answered yet."""

    def __init__(self, session: Session, tracing: TracingOptions) -> None:
        self._session = session
        self._tracing = tracing
        self._waiting: dict[int, str] = {}
        self._remarks: dict[int, str] = {}
        self._elsewhere: set[int] = set()
        """Commands that another process than the one shown has not answered yet."""
        self._burst_ns = 0  # when the latest burst ended

    def question(self, snapshot: Snapshot, generation: int) -> str:
        """What to ask before collecting `generation`; empty when it costs too little to ask."""
        estimate = pause_estimate(snapshot, generation)
        if estimate is None or estimate <= ASK_ABOVE_NS:
            return ""
        basis = (
            "its longest pause so far" if snapshot.generations[generation].pauses.maximum else "the size of its heap"
        )
        return (
            f"Collecting {words(snapshot.agent.collector).names[generation]} will stop the program for about "
            f"{units.duration(estimate)}, going by {basis}. Collect now?"
        )

    def collect(self, snapshot: Snapshot, generation: int) -> Note:
        """Force a collection, unless the same one is still on its way."""
        text = f"collecting {words(snapshot.agent.collector).names[generation]}…"
        return self.order(text, partial(self._session.collect, generation))

    def order(self, text: str, send: Callable[[], int], remark: str = "") -> Note:
        """Send a command, unless the same one is still on its way. `remark` follows on what came of it."""
        if text not in self._waiting.values():
            number = send()
            self._waiting[number], self._remarks[number] = text, remark
        return Note(text, "waiting")

    def restore(self) -> Note:
        """Take back what gctui has set."""
        text = "restoring the settings…"
        if text not in self._waiting.values():
            self._waiting.update(dict.fromkeys(self._session.restore_settings(), text))
        return Note(text, "waiting")

    def next_tracing(self, snapshot: Snapshot) -> Note:
        """Allocation tracing from off to sampled, to exact, to off, with its cost said before it is paid."""
        gauges = snapshot.gauges
        now = Tracing(gauges.trace_frames, gauges.sample_bytes) if gauges is not None else UNTRACED
        return self.trace(self._tracing.after(now.mode))

    def trace(self, then: Tracing) -> Note:
        """Allocation tracing in that way, which forgets what was traced in another one."""
        text = "stopping allocation tracing…" if not then.frames else f"starting {sentences.way_of_tracing(then)}…"
        return self.order(text, partial(self._session.trace, then.frames, then.sample_bytes))

    def other_frames(self, snapshot: Snapshot, step: int) -> Tracing | Note:
        """As it is traced now, but with more frames per traceback (1) or fewer (-1); or why that cannot be."""
        gauges = snapshot.gauges
        if gauges is None or not gauges.trace_frames:
            return Note("Allocation tracing is off; a switches it on", "hint")
        if not gauges.tracing_since_ns:
            return Note("The program traces its allocations itself: gctui leaves its frames alone", "warning")
        if gauges.burst_until_ns:
            return Note("The number of frames can be changed when the burst is over", "hint")
        now = Tracing(gauges.trace_frames, gauges.sample_bytes)
        then = now.with_frames(step)
        return then if then != now else Note(f"It is traced with {sentences.frames(now.frames)}; it ends there")

    def burst(self, snapshot: Snapshot) -> Note:
        """Exact tracing for a while; where the end of one is still shown, back to the present, if that is traced."""
        shown, gauges = snapshot.allocations, snapshot.gauges
        if shown is not None and shown.after_burst and gauges is not None and gauges.trace_frames:
            self._session.resume_allocations()
            return Note("Allocations follow the program again", "hint")
        frames = self._tracing.of("exact").frames
        text = f"tracing every allocation for {BURST_S:g} s…"
        return self.order(text, partial(self._session.burst, frames, BURST_S))

    def mark(self, snapshot: Snapshot) -> Note:
        """Set the mark that growth is counted from."""
        if snapshot.allocations is None:
            return Note("No allocations to mark yet: allocation tracing is off or has just begun", "warning")
        self._session.mark()
        return Note(f"Marked: growth is shown since now, {units.size(snapshot.allocations.total_size)} are traced")

    def leave_waiting(self) -> None:
        """Another process is shown: answers of the one before are still told, its end is not the other's."""
        self._elsewhere.update(self._waiting)
        self._waiting.clear()

    def follow(self, snapshot: Snapshot) -> Note | None:
        """The note for the newest answer in a tick; None when there was none.

        An agent that is gone will not answer any more: its commands are given up, so that they can be sent again.
        """
        note: Note | None = None
        settings: list[str] = []  # restoring is several orders, in several processes
        for answer in snapshot.answers:
            is_other = answer.command in self._elsewhere
            self._elsewhere.discard(answer.command)
            if self._waiting.pop(answer.command, None) is None and answer.command and not is_other:
                continue
            text = _sentence(answer, snapshot.agent.collector)
            remark = self._remarks.pop(answer.command, "")
            text += f"; {remark}" if remark and not answer.error else ""
            if answer.kind == "steer":
                settings += [text] if text not in settings else []
                text = "; ".join([settings[0], *(one[0].lower() + one[1:] for one in settings[1:])])
            note = Note(text, "warning" if answer.error else "result")
        shown = snapshot.allocations
        if shown is not None and shown.after_burst and shown.taken_ns != self._burst_ns:
            self._burst_ns = shown.taken_ns
            note = Note(sentences.after_burst(shown), "result")
        if self._waiting and (snapshot.agent.state == "gone" or snapshot.program.state == "ended"):
            self._waiting.clear()
            self._remarks.clear()
            note = note or Note("The program ended before it answered", "warning")
        return note


def _sentence(answer: Answer, collector: str) -> str:
    if answer.kind == "collect":
        return sentences.collected(answer, collector)
    return sentences.steered(answer) if answer.kind == "steer" else sentences.tracing(answer)
