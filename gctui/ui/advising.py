"""Which notice the message line says: the newest, until another note or its end."""

from __future__ import annotations

from gctui.monitor.advice import Advice
from gctui.monitor.model import Snapshot
from gctui.monitor.terminal_text import printable
from gctui.ui.messages import Note


def advised(snapshot: Snapshot) -> list[Advice]:
    """What is to be said now. Nothing once the program has ended: there is nothing left to be done."""
    return [] if snapshot.program.state == "ended" else [one for one in snapshot.advice if one.is_said]


class Advising:
    """Remembers what was said."""

    def __init__(self) -> None:
        self._said: dict[str, int | None] = {}
        self._shown: tuple[Note, Advice] | None = None

    def follow(self, snapshot: Snapshot, note: Note) -> Note | None:
        """What is to be in the message line instead of `note`; None: leave it there."""
        said = advised(snapshot)
        before, self._said = self._said, {one.name: one.since_ns for one in said}
        new = [one for one in said if before.get(one.name, -1) != one.since_ns]
        if new:
            return self._show(_newest(new))
        if self._shown is None or self._shown[0] is not note or self._shown[1].name in self._said:
            return None
        if said:
            return self._show(_newest(said))
        title, self._shown = self._shown[1].title, None
        return Note(f"No longer true: {title[0].lower()}{title[1:]}", "hint")

    def _show(self, advice: Advice) -> Note:
        note = Note(printable(f"{advice.text} {advice.remedy}"), "warning")
        self._shown = (note, advice)
        return note


def _newest(advice: list[Advice]) -> Advice:
    """Of several that became true together, the one that the rules have first."""
    return max(advice, key=lambda one: one.since_ns or 0)
