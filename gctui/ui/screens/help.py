"""Help for the focused pane: what it shows, and every key that does something there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Markdown, Static

from gctui.monitor.terminal_text import printable


@dataclass(frozen=True, slots=True)
class KeyHelp:
    """One line of the table of keys."""

    group: str
    keys: str
    description: str
    explanation: str


def key_help(active: Iterable[ActiveBinding], app: App[Any]) -> list[KeyHelp]:
    """Every described binding once, with all of its keys, in the order in which Textual looks them up."""
    found: dict[tuple[str, str], KeyHelp] = {}
    for item in active:
        binding = item.binding
        if binding.system or not binding.description:
            continue
        group = item.node.BINDING_GROUP_TITLE or "Everywhere"
        key = app.get_key_display(binding)
        known = found.get((group, binding.action))
        keys = f"{known.keys} {key}" if known else key
        explanation = known.explanation if known else binding.tooltip
        found[group, binding.action] = KeyHelp(group, keys, binding.description, explanation)
    return list(found.values())


class HelpScreen(ModalScreen[None]):
    """Scrolls with the arrow keys; any of the keys that open or leave things closes it."""

    CSS_PATH = "help.tcss"
    BINDING_GROUP_TITLE = "Help"

    BINDINGS = [
        Binding("escape,q,question_mark,h,f1", "dismiss", "Close", id="help.close", tooltip="Back to the screen"),
    ]

    def __init__(self, title: str, text: str, keys: Sequence[KeyHelp], notices: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._keys = keys
        self._notices = notices

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as box:
            box.border_title = f"Help: {self._title}"
            box.border_subtitle = "esc closes"
            yield Markdown(self._text, open_links=False)
            yield Static(key_table(self._keys), id="help-keys")
            yield Markdown(_general(), open_links=False)
            if self._notices:
                lines = [Content.styled("What went wrong so far", "bold $warning"), *map(_line, self._notices)]
                yield Static(Content("\n").join(lines), id="help-notices")

    def on_mount(self) -> None:
        self.query_one("#help").focus()


def key_table(keys: Sequence[KeyHelp]) -> Content:
    """The keys in aligned columns, under a heading per group."""
    width = max((len(one.keys) for one in keys), default=0)
    name_width = max((len(one.description) for one in keys), default=0)
    lines: list[Content] = []
    group = ""
    for one in keys:
        if one.group != group:
            group = one.group
            lines += [Content()] * bool(lines) + [Content.styled(f"Keys: {group}", "bold $accent")]
        lines.append(
            Content.assemble(
                (f"{one.keys:>{width}}", "bold"),
                f"  {one.description:<{name_width}}",
                (f"  {one.explanation}", "$foreground-muted"),
            )
        )
    return Content("\n").join(lines)


def _general() -> str:
    return Path(__file__).with_name("main.md").read_text(encoding="utf-8")


def _line(notice: str) -> Content:
    return Content(printable(notice))
