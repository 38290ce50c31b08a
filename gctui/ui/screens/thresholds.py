"""The thresholds of the collector: typed, checked, and compared with the present ones before they are set."""

from __future__ import annotations

import re

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Input, Label

from gctui.monitor import units, what_if
from gctui.monitor.collectors import words
from gctui.monitor.model import Snapshot
from gctui.monitor.settings import MOST_THRESHOLD
from gctui.monitor.what_if import Outlook
from gctui.monitor.what_if_basis import Basis, gather, why_not
from gctui.ui.renderables import outlook
from gctui.ui.screens.following import FollowingDialog

Thresholds = tuple[int, int, int]

_FIRST = "First: a collection starts when so many more container objects were made than freed; 0: never by itself. "
#: From CPython's documentation of gc.set_threshold, and its sources.
MEANING = {
    "generational": _FIRST + "Second, third: it takes the next generation along after so many of the one before, the "
    "oldest only once a quarter of it is new.",
    "incremental": _FIRST + "Second: the larger, the smaller the part of the old heap that each takes along, 1 % at "
    "10. Third: ignored.",
    "free-threaded": _FIRST + "Second: 0 lets it start before the new objects are a quarter of the heap. Third: "
    "ignored.",
}
_PROBLEM = f"is no whole number from 0 to {MOST_THRESHOLD:,}."
_NAMES = ("first", "second", "third")
#: The record is gone through again no more often, seconds.
_RENEWED_S = 1.0


class ThresholdsScreen(FollowingDialog[Thresholds | None]):
    """Dismissed with the thresholds to set, or with None."""

    BINDING_GROUP_TITLE = "Thresholds"
    KEYS = "enter sets, ^r resets, esc"
    BINDINGS = [
        Binding("enter", "set", "Set", id="thresholds.set", tooltip="Set these thresholds in the program"),
        Binding(
            "ctrl+r", "reset", "Reset", id="thresholds.reset", tooltip="Back to what the program has, gctui left out"
        ),
        Binding("escape", "dismiss(None)", "Cancel", id="thresholds.cancel", tooltip="Leave them as they are"),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
    ]

    def __init__(self, snapshot: Snapshot, to_whom: str = "") -> None:
        """`to_whom`: for the title, where they are set in others than the process shown, whose figures it has."""
        super().__init__()
        self._title = f"Thresholds of {to_whom}; counts are of the one shown" if to_whom else "Thresholds"
        self._snapshot = snapshot
        self._basis: Basis | None = gather(snapshot)
        self._gathered_ns = snapshot.taken_ns
        settings = snapshot.settings
        self._fields = [
            Input(str(value), id=f"threshold{number}", classes="field", compact=True)
            for number, value in enumerate(settings.thresholds if settings is not None else (0, 0, 0))
        ]

    def compose(self) -> ComposeResult:
        labels = words(self._snapshot.agent.collector).labels
        with VerticalScroll(classes="dialog", can_focus=False) as dialog:
            dialog.border_title = self._title
            with Horizontal(classes="row heading"):
                yield Label("generation", classes="name")
                yield Label("threshold", classes="field")
                yield Label("count", classes="count")
                yield Label("collections/min", classes="rate")
            for number, field in enumerate(self._fields):
                with Horizontal(classes="row"):
                    yield Label(labels[number], classes="name", markup=False)
                    yield field
                    yield Label(id=f"count{number}", classes="count", markup=False)
                    yield Label(id=f"rate{number}", classes="rate", markup=False)
            yield Label(id="problem", markup=False)
            yield Label(id="estimate", markup=False)
            yield Label(MEANING.get(self._snapshot.agent.collector, MEANING["generational"]), id="meaning")
            with Horizontal(classes="buttons"):
                yield Button("Cancel (esc)", id="cancel", compact=True)
                yield Button("Reset (^r)", id="reset", compact=True)
                yield Button("Set (enter)", id="set", variant="primary", compact=True)

    def on_mount(self) -> None:
        self._fields[0].focus()
        self._compare()

    def follow(self, snapshot: Snapshot) -> None:
        """The counts go on, and so do the figures that the estimate goes by."""
        self._snapshot = snapshot
        if snapshot.taken_ns - self._gathered_ns >= _RENEWED_S * 1e9:
            self._basis, self._gathered_ns = gather(snapshot), snapshot.taken_ns
        self._compare()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Several numbers in one field, pasted or typed, go to the fields that follow."""
        number = self._fields.index(event.input)
        parts = re.split(r"[\s,;()]+", event.value)
        if len(parts) > 1:
            parts = parts[1:] if not parts[0] else parts
            for field, part in zip(self._fields[number:], parts, strict=False):
                if part or field is event.input:
                    field.value = part
            field = self._fields[min(number + len(parts) - 1, 2)]
            field.focus()
        self._compare()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        {"set": self.action_set, "reset": self.action_reset}.get(event.button.id or "", lambda: self.dismiss(None))()

    @on(Input.Submitted)
    def action_set(self) -> None:
        typed = self._typed()
        if isinstance(typed, str):
            next(field for field in self._fields if _number(field.value) is None).focus()
        else:
            self.dismiss(typed)

    def action_reset(self) -> None:
        wanted = self._snapshot.settings_without_gctui
        if wanted is not None:
            for field, value in zip(self._fields, wanted.thresholds, strict=True):
                field.value = str(value)

    def _typed(self) -> Thresholds | str:
        """What the fields say, or a sentence on why that cannot be set."""
        first, second, third = (_number(field.value) for field in self._fields)
        if first is not None and second is not None and third is not None:
            return first, second, third
        wrong = [name for name, value in zip(_NAMES, (first, second, third), strict=True) if value is None]
        return f"The {wrong[0]} {_PROBLEM}"

    def _compare(self) -> None:
        typed, basis = self._typed(), self._basis
        now: Outlook | None = None if basis is None else what_if.present(basis)
        then = None if basis is None or isinstance(typed, str) else what_if.with_thresholds(basis, typed)
        for generation in self._snapshot.generations:
            count = "-" if generation.count is None else f"{generation.count:,}"
            self.say(f"#count{generation.number}", count)
            self.say(f"#rate{generation.number}", outlook.rates(now, then, generation.number))
        self.say("#problem", typed if isinstance(typed, str) else "")
        self.say("#estimate", why_not(self._snapshot) if basis is None else _estimate(now, then))


def _number(text: str) -> int | None:
    plain = text.strip().replace("_", "")
    is_number = plain.isascii() and plain.isdecimal() and len(plain) <= 10 and int(plain) <= MOST_THRESHOLD
    return int(plain) if is_number else None


def _estimate(now: Outlook | None, then: Outlook | None) -> str:
    if now is None or then is None:
        return ""
    growth = f" Garbage grows by about {units.size(then.growth)} per minute." if then.growth else ""
    return f"{outlook.change(now, then)}{growth} {then.caveat}".strip()
