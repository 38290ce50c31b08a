"""A screen over the main one with one table that can be filtered."""

from __future__ import annotations

from typing import ClassVar

from gctui.ui.screens.following import Following
from gctui.ui.widgets.filter_bar import FilterBar


class FilteredScreen(Following):
    """Has a `FilterBar`, and shows again what the words in it leave; `escape` clears them first."""

    FILTERED: ClassVar[str]
    """Selector of the table."""
    FILTER_TITLE: ClassVar[str]
    FILTER_HINT: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.filter_text = ""

    def show_filtered(self) -> None:
        """Show what `filter_text` leaves."""
        raise NotImplementedError

    def action_filter(self) -> None:
        self.query_one(FilterBar).open(self.FILTER_TITLE, self.filter_text, self.FILTER_HINT)

    def on_filter_bar_changed(self, message: FilterBar.Changed) -> None:
        self.filter_text = message.text
        self.show_filtered()

    def on_filter_bar_closed(self, message: FilterBar.Closed) -> None:
        if not message.keep:
            self.filter_text = ""
        self.query_one(FilterBar).close()
        self.set_focus(self.query_one(self.FILTERED))
        self.show_filtered()

    def action_back(self) -> None:
        if self.filter_text:
            self.filter_text = ""
            self.show_filtered()
        else:
            self.dismiss()
