"""The keys of the main screen, each declared once: footer, help and command palette are made from this."""

from __future__ import annotations

from textual.binding import Binding, BindingType

_COLLECT = Binding.Group("Collect", compact=True)
_STEER = Binding.Group("Steer", compact=True)


def _collect(generation: int) -> Binding:
    return Binding(
        str(generation),
        f"collect({generation})",
        f"Collect generation {generation}",
        id=f"collect.{generation}",
        tooltip="Force a collection now; the message line says what it freed",
        group=_COLLECT,
    )


def _steer(key: str, action: str, description: str, tooltip: str) -> Binding:
    return Binding(key, action, description, id=action, tooltip=tooltip, group=_STEER)


def _focus(key: str, name: str, title: str) -> Binding:
    return Binding(key, f"focus_pane('{name}')", title, id=f"focus.{name}", tooltip=f"Go to {title}", show=False)


BINDINGS: list[BindingType] = [
    _collect(0),
    _collect(1),
    _collect(2),
    # These are offered only where they matter, and must then be seen.
    Binding("r", "record", "Record", id="record", tooltip="Record collections again: put gctui's callback back"),
    Binding("less_than_sign", "process(-1)", "Process", id="process.previous", show=False),
    Binding(
        "greater_than_sign",
        "process(1)",
        "Process",
        id="process",
        tooltip="Show the next interpreter of the process, then the next process",
    ),
    Binding(
        "f8",
        "toggle_pane('processes')",
        "Processes",
        id="processes",
        tooltip="Show the processes of the family and go there; from there, hide them",
    ),
    Binding(
        "space",
        "freeze",
        "Freeze",
        id="freeze",
        key_display="space",
        tooltip="Freeze the display, or follow again; data collection goes on",
    ),
    Binding("p", "freeze", "Freeze", id="freeze.p", show=False),
    Binding("m", "mark", "Mark", id="mark", tooltip="Show the growth of allocations since now"),
    Binding("a", "trace", "Trace", id="trace", tooltip="Allocation tracing: off, sampled or exact"),
    Binding("b", "burst", "Burst", id="burst", tooltip="Trace every allocation for 10 s; again: back to the present"),
    Binding("c", "cycles", "Cycles", id="cycles", tooltip="Cycle probe: what is the garbage? Collects twice to see"),
    Binding("i", "objects", "Objects", id="objects", tooltip="Count live objects by type; leak or not yet collected?"),
    Binding("x", "pauses", "Pauses", id="pauses", tooltip="Percentiles, histogram and what triggered the pauses"),
    Binding(
        "n",
        "notices",
        "Notices",
        id="notices",
        tooltip="What is wrong with the collector now, and what to do",
        show=False,  # the header says the key when there are any
    ),
    _steer("d", "enable", "Collector on/off", "Switch automatic collection off, or on again"),
    _steer("t", "thresholds", "Thresholds", "Set the thresholds, seeing what they would change"),
    _steer("f", "freeze_heap", "Freeze the heap", "gc.freeze(): full collections skip all that there is"),
    _steer("F", "unfreeze_heap", "Unfreeze the heap", "gc.unfreeze(): collections see all objects again"),
    _steer("D", "debug_flags", "Debug flags", "gc.set_debug(): let the collector print what it finds, or keep it"),
    Binding("slash,f4", "filter", "Filter", id="filter", tooltip="Filter the focused pane"),
    Binding("z", "zoom", "Zoom", id="zoom", tooltip="Let the focused pane fill the screen, or not"),
    Binding("o", "toggle_pane('output')", "Output", id="output", tooltip="Show the program's output and go there"),
    Binding("question_mark,h,f1", "help", "Help", id="help", tooltip="Explain the focused pane and all keys"),
    Binding("plus,equals_sign", "rate('faster')", "Faster", id="faster", tooltip="Refresh more often", show=False),
    Binding("minus", "rate('slower')", "Slower", id="slower", tooltip="Refresh less often", show=False),
    Binding("escape", "back", "Back", id="back", tooltip="Clear the filter, or end the zoom", show=False),
    Binding("tab", "next_pane(1)", "Next pane", id="next", tooltip="Go to the next pane", show=False),
    Binding("shift+tab", "next_pane(-1)", "Previous pane", id="previous", tooltip="Go back one", show=False),
    # Leaving is the application's; but ctrl+c would be Textual's own binding of the screen, to copy.
    Binding("ctrl+c", "app.quit", "Quit", id="quit.interrupt", tooltip="Leave, as q does", show=False),
    _focus("f2", "generations", "generations"),
    _focus("f3", "timeline", "pauses"),
    _focus("f5", "log", "the collection log"),
    _focus("f6", "allocations", "allocations"),
    _focus("f7", "output", "the program's output"),
]

NEEDING_THE_PROGRAM = frozenset(
    {"collect", "trace", "burst", "mark", "enable", "thresholds", "freeze_heap", "unfreeze_heap", "debug_flags"}
)
"""Actions that are not offered once it has ended."""
