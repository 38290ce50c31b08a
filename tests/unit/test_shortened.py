"""Shortened names fit, stay recognisable, and are harmless."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gctui.monitor.model import Frame, Site
from gctui.monitor.terminal_text import printable
from gctui.ui.renderables.shortened import chain, cut_end, cut_start, path, place, trigger
from gctui.ui.renderables.title import title_line

NAMES = st.text(max_size=40) | st.text("a/日é\x1b\n[]", max_size=40)
WIDTHS = st.integers(0, 60)


@given(NAMES, NAMES, st.integers(0, 10**6), WIDTHS)
def test_nothing_is_wider_than_its_place(name: str, function: str, line: int, width: int) -> None:
    texts = [
        path(name, width) if width else "",
        place(name, line, width, f" {function.isprintable()}"),
        trigger(Site(name, line, function), width),
        chain((Frame(name, line), Frame(function, 1)), width),
    ]
    for text in texts:
        assert cell_len(text) <= width
        assert printable(text) == text


@given(st.text("ab日", max_size=30), WIDTHS)
def test_cutting_keeps_one_end(text: str, width: int) -> None:
    cuts: list[tuple[Callable[[str, int], str], Callable[[str, str], bool]]] = [
        (cut_end, lambda whole, part: whole.startswith(part.rstrip("…").rstrip())),
        (cut_start, lambda whole, part: whole.endswith(part.lstrip("…"))),
    ]
    for cut, keeps in cuts:
        found = cut(text, width)
        assert cell_len(found) <= width
        assert keeps(text, found)
        assert found == text or cell_len(text) > width


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (80, "/srv/app/deep/views.py:12 handle"),
        (26, "…/deep/views.py:12 handle"),
        (21, "…/views.py:12 handle"),
        (18, "views.py:12 handle"),
        (14, "views.py:12 h…"),
        (3, "vi…"),
    ],
)
def test_the_folders_go_first_then_the_function(width: int, expected: str) -> None:
    assert trigger(Site("/srv/app/deep/views.py", 12, "handle"), width) == expected


def test_names_that_are_missing_are_said_to_be() -> None:
    assert trigger(Site("", 0, ""), 20) == "(unknown)"
    assert trigger(Site("", 0, "gctui"), 20) == "gctui"
    assert chain((), 20) == "(unknown)"


def test_a_traceback_is_read_from_the_most_recent_call() -> None:
    frames = (Frame("/a/views.py", 12), Frame("/a/main.py", 7))
    assert chain(frames, 80) == "views.py:12 ← main.py:7"
    assert chain(frames, 16) == "views.py:12 ← m…"
    assert chain(frames[:1], 80, " (many small sites)") == "/a/views.py:12 (many small sites)"


def test_a_title_has_whole_parts_only() -> None:
    parts = ["Log", "following", "", "12 held"]
    assert title_line(parts, 80) == "Log · following · 12 held"
    assert title_line(parts, 20) == "Log · following"
    assert title_line(parts, 5) == "Log"
