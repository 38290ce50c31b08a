"""The program's terminal: what it printed, with its colours, and a way to type to it."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer

from gctui.monitor import units
from gctui.monitor.model import Snapshot
from gctui.monitor.session import Session
from gctui.monitor.terminal_text import printable
from gctui.ui.renderables.output_page import OutputPages
from gctui.ui.renderables.title import title_line
from gctui.ui.typed_keys import pasted, typed
from gctui.ui.widgets.line_pane import LinePane

SEARCH_SECONDS = 0.02
"""How long a search may hold up the keys."""
FAST_HERTZ = 25
"""How often the output is looked at while the user types, and a search goes on."""


class OutputPane(LinePane):
    """Lines of output are wrapped when they are drawn, and only those in view: so it scrolls by lines, not by rows.

    The program's terminal always has the size of the pane.
    """

    DEFAULT_CSS = """
    OutputPane {
        scrollbar-gutter: stable;
        &.-typing {
            border-top: heavy $warning;
            border-title-color: $background;
            border-title-background: $warning;
        }
    }
    """
    BINDING_GROUP_TITLE = "Output"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("end,G", "follow", "Follow", tooltip="Go to the newest line and follow the output"),
        Binding(
            "enter,i",
            "type",
            "Type",
            id="output.type",
            tooltip="Send every key to the program, until escape",
        ),
        Binding("escape", "stop_typing", "Stop typing", id="output.stop", tooltip="Keys are gctui's again"),
    ]
    HEADING_LINES = 0
    HELP = (
        "What the program printed to its terminal, in its own colours. The pane *follows* the newest line; scroll "
        "up and it stands still, `end` follows again. Streams of the program that were redirected are not shown.\n\n"
        "`enter` starts **typing**: every key, `ctrl+c` and `tab` among them, goes to the program until `escape`. "
        "The program's terminal has the size of this pane. It is a log and no full terminal: colours, carriage "
        "returns and movements within a line are shown, what jumps about the screen is not.\n\n"
        "The newest 20 000 lines or 8 MiB are kept; the title counts what was dropped. `/` shows only the lines "
        "that contain a text."
    )
    filterable = True
    filter_hint = "text in the line"

    following: reactive[bool] = reactive(True, repaint=False)
    """The newest line is kept in view."""
    is_typing: reactive[bool] = reactive(False, repaint=False)
    """Every key goes to the program."""

    def __init__(self, session: Session, *, id: str | None = None) -> None:  # noqa: A002, as in Textual
        super().__init__(id=id)
        self._session = session
        self._pages = OutputPages(session.output)
        """The output as it was at the last look."""
        self._seen: tuple[int, int, Style] | None = None
        """Of the output at the last look: bytes received, bytes dropped, and the style it was drawn in."""
        self._anchor = 0
        """Number of the topmost line in view, which stays there while the pane does not follow."""
        self._is_placing = False
        self._rows: list[Strip] = []
        self._refusal = ""
        self._was_ended = False
        self._timer: Timer | None = None
        self._title = ""
        self._show_title()

    # -- the output

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        if snapshot is not None:
            self._look()
            if self._was_ended != self._has_ended():
                self._was_ended = not self._was_ended
                self.refresh_bindings()
                self._show_title()

    def watch_filter_text(self, text: str) -> None:
        self._pages.find(text)
        self._place()

    def sentence(self) -> str:
        if not self._session.has_terminal:
            return "The program's output goes where you redirected it."
        if not self.filter_text:
            return "Nothing printed yet."
        return "Searching …" if self._pages.is_searching else f'No line contains "{printable(self.filter_text)}".'

    def _look(self) -> None:
        """Take in what came since the last look. While nobody sees the pane, nothing is done."""
        output = self._session.output
        state = output.received, output.dropped, self.part_style("line")
        if self.display and state != self._seen:
            self._seen = state
            self._pages.first, self._pages.end = output.first, output.end
            self._place()

    def _go_on(self) -> None:
        """What cannot wait for the next snapshot: the echo of what is typed, and a search."""
        if self.is_typing:
            self._look()
        if self._pages.is_searching:
            self._place()

    # -- following and scrolling

    def watch_following(self) -> None:
        self._show_title()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._is_placing and len(self._pages):
            self._anchor = self._pages.number_at(min(round(new_value), len(self._pages) - 1))
            self.following = round(new_value) >= self.max_scroll_y
            self._place()

    def scroll_to(self, x: float | None = None, y: float | None = None, **options: Any) -> None:
        """Always at once: the next snapshot would come in the middle of an animation."""
        super().scroll_to(x, y, **(options | {"animate": False}))

    def action_follow(self) -> None:
        self.following = True
        self._place()

    def on_resize(self, _: events.Resize) -> None:
        size = self.scrollable_content_region.size
        if size.width and size.height:
            self._session.resize(size.width, size.height)
        self._place()

    def on_show(self) -> None:
        if self.snapshot is not None:
            self._look()

    def _place(self) -> None:
        """Bring rows and scroll position in line with the output: at its end, or on the same line as before."""
        if not self.size:
            return
        pages, base = self._pages, self.part_style("line")
        pages.dress(self.scrollable_content_region.width, base, base + self.tone_style("muted"))
        pages.search_on(SEARCH_SECONDS)
        self._set_pace()
        last, last_rows = pages.last_page(self.page_lines, self.is_typing)
        self._is_placing = True
        self.set_line_count(last + self.page_lines if last else min(len(pages), self.page_lines))
        top = last if self.following else min(pages.index_of(self._anchor), last)
        if self.is_attached:
            self.scroll_to(y=top, animate=False, force=True)
        self._is_placing = False
        self._draw(last_rows if top == last else pages.page_from(top, self.page_lines))
        self._show_title()

    # -- drawing

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if not len(self._pages):
            return self._render_sentence(y, width)
        return self._rows[y] if y < len(self._rows) else Strip.blank(width, self.part_style("line"))

    def _draw(self, rows: list[Strip]) -> None:
        """Show these rows; only those that changed are painted."""
        before, self._rows = self._rows, rows
        width = self.size.width
        for y in range(max(len(before), len(rows), self.page_lines)):
            if not len(self._pages) or before[y : y + 1] != rows[y : y + 1]:
                self.refresh(Region(0, y, width, 1))

    # -- typing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The footer offers to type only to a program that is there, and while the user types only to stop."""
        if action == "type":
            return not self.is_typing and not self._has_ended()
        return self.is_typing == (action == "stop_typing")

    def action_stop_typing(self) -> None:
        self.is_typing = False

    def action_type(self) -> None:
        self._refusal = self._why_not()
        self.is_typing = not self._refusal
        self._show_title()

    def watch_is_typing(self, is_typing: bool) -> None:
        self.set_class(is_typing, "-typing")
        self.following = self.following or is_typing
        self._set_pace()
        self._place()
        self.refresh_bindings()

    def _set_pace(self) -> None:
        wanted = self.is_typing or self._pages.is_searching
        if wanted and self._timer is None:
            self._timer = self.set_interval(1 / FAST_HERTZ, self._go_on)
        elif not wanted and self._timer is not None:
            self._timer.stop()
            self._timer = None

    def on_key(self, event: events.Key) -> None:
        if not self.is_typing:
            return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.action_stop_typing()
        else:
            self._session.type(typed(event.key, event.character))

    def on_paste(self, event: events.Paste) -> None:
        if self.is_typing:
            event.stop()
            self._session.type(pasted(event.text))

    def on_blur(self) -> None:
        """Another pane has the focus now, unless it is another window that has it for a while."""
        if self.app.app_focus:
            self.is_typing = False
        self._refusal = ""
        self._show_title()

    def _why_not(self) -> str:
        return "" if self._session.accepts_input else "no typing: its stdin is redirected"

    def _has_ended(self) -> bool:
        return self.snapshot is not None and self.snapshot.program.state == "ended"

    # -- the title

    def _show_title(self) -> None:
        title = title_line(self._title_parts(), self.size.width)
        if title != self._title:
            self._title = title
            self.border_title = Content(title)

    def _title_parts(self) -> list[str]:
        parts = ["Output"]
        if self.is_typing:
            who = "the program has ended" if self._has_ended() else "keys go to the program"
            parts[0] = f"typing: {who}, esc leaves" if self.size.width > 50 else "typing, esc leaves"
        elif self._refusal:
            parts[0] = self._refusal
        if self.filter_text:
            held = self._pages.end - self._pages.first
            parts.append(f"{units.count(len(self._pages))} of {units.count(held)} lines match")
        elif not self.following:
            newer = len(self._pages) - self._pages.index_of(self._anchor) - self.page_lines
            parts.append(f"{units.count(max(0, newer))} newer below")
        elif len(self._pages):
            parts.append("following")
        dropped = self._session.output.dropped
        if dropped:
            parts.append(f"{units.size(dropped)} dropped")
        return parts
