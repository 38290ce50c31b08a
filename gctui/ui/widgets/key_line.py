"""The footer: the keys that do something now, the most important ones in whatever width there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

_GAP = 2


@dataclass(slots=True)
class Hint:
    """Some keys and what they do. Bindings of one group share a hint."""

    description: str
    keys: list[tuple[str, str]] = field(default_factory=list)
    """(how the key is shown, its name)"""
    is_enabled: bool = True

    @property
    def width(self) -> int:
        return len(" ".join(key for key, _ in self.keys)) + 1 + len(self.description)


class KeyLine(Widget):
    """Derived from the active bindings, as Textual's Footer is.

    That one clips at the right edge, where help and quit stand, and builds a widget per key on each change
    of focus. This one is a single line; what does not fit is left out before the `keep_last` last hints.
    """

    DEFAULT_CSS = """
    KeyLine {
        height: 1;
        dock: bottom;
        background: $footer-background;
        color: $footer-foreground;
        text-wrap: nowrap;
        text-overflow: clip;
    }
    """

    keep_last = 2
    """So many hints at the end are never left out."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._show_bindings)

    def _show_bindings(self, _screen: Screen[Any]) -> None:
        self.refresh()

    def hints(self) -> list[Hint]:
        """All that could be shown, in order of declaration, the focused widget's first."""
        active = self.screen.active_bindings.values()
        return merged(
            (item.binding, self.app.get_key_display(item.binding), item.enabled) for item in active if item.binding.show
        )

    def render(self) -> Content:
        parts: list[Content] = []
        for hint in fitting(self.hints(), self.size.width - 1, self.keep_last):
            keys = Content(" ").join(_part(shown, "bold $footer-key-foreground", key) for shown, key in hint.keys)
            text = _part(f" {hint.description}", "$footer-description-foreground", hint.keys[0][1])
            parts.append(Content.assemble(keys, text).stylize("" if hint.is_enabled else "dim"))
        return Content.assemble(" ", Content(" " * _GAP).join(parts))

    def on_click(self, event: Click) -> None:
        key = event.style.meta.get("key")
        if key:
            self.app.simulate_key(key)


def _part(text: str, style: str, key: str) -> Content:
    """Text that remembers the key a click on it presses."""
    return Content.styled(text, style).stylize(Style.from_meta({"key": key}))


def merged(bindings: Iterable[tuple[Binding, str, bool]]) -> list[Hint]:
    """One hint per action, or per group of bindings; other keys of an action are left to the help screen."""
    hints: dict[object, Hint] = {}
    seen: set[str] = set()
    for binding, display, is_enabled in bindings:
        if binding.action in seen:
            continue
        seen.add(binding.action)
        name = binding.group or binding.action
        description = binding.group.description if binding.group else binding.description
        hints.setdefault(name, Hint(description, is_enabled=is_enabled)).keys.append((display, binding.key))
    return list(hints.values())


def fitting(hints: list[Hint], room: int, keep_last: int) -> list[Hint]:
    """The longest row that fits: what is left out goes from the middle, before the last few."""
    last = hints[max(len(hints) - keep_last, 0) :]
    room -= sum(hint.width + _GAP for hint in last)
    chosen: list[Hint] = []
    for hint in hints[: len(hints) - len(last)]:
        room -= hint.width + _GAP
        if room < -_GAP:
            break
        chosen.append(hint)
    return chosen + last
