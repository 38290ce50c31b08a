"""The filter bar: one line in which the user types what the focused pane shall show."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label


class FilterBar(Horizontal):
    """Hidden until wanted. It knows no pane: the screen passes texts and problems between them."""

    DEFAULT_CSS = """
    FilterBar {
        height: 1;
        display: none;
        background: $surface;
        &.-shown { display: block; }
        Label { width: auto; padding: 0 1; text-style: bold; color: $accent; }
        Input { width: 1fr; height: 1; border: none; padding: 0; background: $surface; }
        Input:focus { border: none; }
        #filter-problem { color: $text-error; max-width: 60%; }
    }
    """

    BINDING_GROUP_TITLE = "Filter"

    BINDINGS = [
        Binding(
            "escape",
            "drop",
            "Clear filter",
            id="filter.drop",
            tooltip="Close the filter bar and show all again",
        ),
    ]

    class Changed(Message):
        """The user typed; the filter shall be `text`."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Closed(Message):
        """The user is done; the filter so far is kept or dropped."""

        def __init__(self, keep: bool) -> None:
            super().__init__()
            self.keep = keep

    def compose(self) -> ComposeResult:
        yield Label("", id="filter-name", markup=False)
        yield Input(compact=True, select_on_focus=False)
        yield Label("", id="filter-problem", markup=False)

    @property
    def is_open(self) -> bool:
        return self.has_class("-shown")

    def open(self, name: str, text: str, hint: str) -> None:
        """Show the bar for a pane called `name` whose filter is `text`."""
        self.add_class("-shown")
        self.query_one("#filter-name", Label).update(f"Filter {name}")
        field = self.query_one(Input)
        field.placeholder = hint
        field.value = text
        field.cursor_position = len(text)
        field.focus()

    def show_problem(self, problem: str) -> None:
        """Say why the text is no filter; empty when it is one."""
        self.query_one("#filter-problem", Label).update(problem)

    def close(self) -> None:
        """Hide the bar."""
        self.remove_class("-shown")

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Closed(keep=True))

    def action_drop(self) -> None:
        self.post_message(self.Closed(keep=False))
