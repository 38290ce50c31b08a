"""Tracebacks as a tree of which each node can be opened and closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from gctui.monitor import units
from gctui.monitor.allocations import AllocationRow
from gctui.monitor.call_tree import CallTree, Direction, Node
from gctui.monitor.places import Places
from gctui.monitor.terminal_text import printable
from gctui.ui.renderables.allocation_columns import growth_text, growth_tone
from gctui.ui.renderables.columns import Column
from gctui.ui.renderables.shortened import MANY_SMALL, cut_end, place
from gctui.ui.widgets.table import Table

TITLES: dict[Direction, str] = {
    "callers": "Who called: from what allocated to its callers",
    "called": "What it called: from the outermost callers to what allocated",
}
ROOMY = 60
"""Cells of the last column from which each level is indented by two."""


class CallTreeTable(Table[Node]):
    """In the order of the tree, largest first on each level; it is not sorted otherwise."""

    BINDING_GROUP_TITLE = "Tree"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "turn", "Open", key_display="⏎", tooltip="Open or close the node under the cursor"),
        Binding("right", "open", "Open", show=False, tooltip="Open the node"),
        Binding("left", "close", "Close", show=False, tooltip="Close the node, or go to its parent"),
    ]

    def __init__(self, places: Places, *, id: str | None = None) -> None:  # noqa: A002, as in Textual
        self._places = places
        columns: tuple[Column[Node], ...] = (
            Column("size", "size", "live memory", lambda node, _: units.size(node.size), width=8),
            Column("share", "share", "part of the whole tree", lambda node, _: units.percent(node.share), width=6),
            Column(
                "growth", "growth", "bytes more than at the mark", lambda node, _: growth_text(node.size_growth),
                width=9, shown_from=60, tone=lambda node: growth_tone(node.size_growth),
            ),
            Column("count", "blocks", "live blocks", lambda node, _: units.count(node.count), width=7, shown_from=70),
            Column(
                "order", "frame", "", self._label, left=True, ascending=True, value=lambda node: node.order
            ),
        )  # fmt: skip
        super().__init__(columns, lambda node: (node.path, bool(node.others)), sort_key="order", id=id)
        self._tree = CallTree((), "callers")

    def show(self, tracebacks: Sequence[AllocationRow], direction: Direction) -> None:
        self._tree = CallTree(tracebacks, direction)
        self._kept = None
        self.cursor = 0
        self.border_title = TITLES[direction]
        self.set_rows(self._tree.nodes())

    def sort_by(self, key: str, *, ascending: bool | None = None) -> None:
        """It has one order."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action not in ("sort_next", "select")

    def action_select(self) -> None:
        self.action_turn()

    def action_turn(self) -> None:
        node = self.cursor_row
        if node is not None:
            (self._tree.close if node.is_open else self._tree.open)(node)
            self._refresh_tree(node)

    def action_open(self) -> None:
        node = self.cursor_row
        if node is not None:
            self._tree.open(node)
            self._refresh_tree(node)

    def action_close(self) -> None:
        node = self.cursor_row
        if node is None:
            return
        if node.is_open:
            self._tree.close(node)
            self._refresh_tree(node)
        else:
            self.put_cursor((node.path if node.others else node.path[:-1], False))

    def text(self) -> str:
        """The nodes in view, to be copied."""
        return "".join(
            f"{units.size(node.size):>8}  {units.percent(node.share):>6}  {self._label(node, 10_000)}\n"
            for node in self.rows
        )

    def _refresh_tree(self, node: Node) -> None:
        self.set_rows(self._tree.nodes())
        self.put_cursor((node.path, bool(node.others)))

    def _label(self, node: Node, width: int) -> str:
        depth = len(node.path) - 1 + bool(node.others)
        indent = " " * min(depth * (2 if width >= ROOMY else 1), width // 2)
        if node.others:
            return cut_end(f"{indent}  ({node.others:,} smaller ones)", width)
        frame = node.path[-1]
        mark = " " if node.is_leaf else "▾" if node.is_open else "▸"
        function = self._places.function(frame)
        behind = f"  {printable(function.name)}" if function is not None else "" if frame.line else MANY_SMALL
        return f"{indent}{mark} {place(frame.filename, frame.line, width - len(indent) - 2, behind)}"
