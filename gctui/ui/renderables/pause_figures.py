"""What the pauses of a span of time come to, for the whole run and the last minute side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content

from gctui.monitor import units
from gctui.monitor.model import Collection
from gctui.monitor.pauses import PauseFigures, Span, Utilisation
from gctui.ui.renderables.shortened import cut_end, trigger

DIM = "$foreground-muted"
NAMES: dict[Span, str] = {"run": "whole run", "minute": "last minute"}
HEIGHT = 11
"""Lines where two spans stand side by side."""
SIDE_BY_SIDE = 76
"""Cells from which they do."""
NOTHING = "–"

_LABEL, _FIGURES, _GAP = 11, (10, 12), 3
"""Cells: of a name, of the figures of each span, between the two blocks."""
_LEFT = 1 + _LABEL + sum(_FIGURES)
_IN_WORDS = len("in the worst 100 ms the program ran for")


@dataclass(frozen=True, slots=True)
class SpanFigures:
    """The figures of a span and its longest collection, where the log still holds that."""

    figures: PauseFigures
    longest: Collection | None

    @property
    def name(self) -> str:
        return NAMES[self.figures.span]


def figures_lines(
    spans: Sequence[SpanFigures], chosen: Span, started_ns: int, width: int, labels: Sequence[str]
) -> list[Content]:
    """Lines of `width` cells: the two spans in columns, or, where there is no room for that, the chosen one alone.

    `started_ns` is when the program started, `labels` are those of the generations.
    """
    if width < SIDE_BY_SIDE:
        one = next(one for one in spans if one.figures.span == chosen)
        return _narrow(one, _which(one, started_ns, labels), width)
    left, right = _left(spans), _right(spans, width - _LEFT - _GAP, [_which(one, started_ns, labels) for one in spans])
    return [Content.assemble(" ", one, " " * _GAP, other) for one, other in zip(left, right, strict=True)]


def _rows(figures: PauseFigures) -> dict[str, str]:
    """Figures by their names."""
    found = figures.all
    percentiles = {"p50": found.p50, "p90": found.p90, "p95": found.p95, "p99": found.p99, "p99.9": found.p999}
    return {
        "collections": f"{found.events:,}",
        "total": units.duration(found.total),
        "paused": units.percent(found.share),
        "throughput": units.percent(figures.throughput),
        **{name: units.duration(value) if found.events else NOTHING for name, value in percentiles.items()},
        "longest": units.duration(found.longest) if found.events else NOTHING,
    }


def _left(spans: Sequence[SpanFigures]) -> list[Content]:
    columns = [_rows(one.figures) for one in spans]
    heading = _line("", [one.name for one in spans], _LABEL, DIM)
    return [heading, *(_line(name, [column[name] for column in columns], _LABEL) for name in columns[0])]


def _right(spans: Sequence[SpanFigures], width: int, longest: Sequence[str]) -> list[Content]:
    """How evenly the program could run, in words as far as there is room, and where the longest pauses came from."""
    is_wordy = width >= _IN_WORDS + sum(_FIGURES)
    label = _IN_WORDS if is_wordy else max(0, width - sum(_FIGURES))
    lines = [_line("" if is_wordy else "the program ran for", [one.name for one in spans], label, DIM)]
    for windows in zip(*(one.figures.utilisations for one in spans), strict=True):
        name = f"in the worst {_window(windows[0])}" + " the program ran for" * is_wordy
        lines.append(_line(name, [_share(one) for one in windows], label))
    lines.append(Content(""))
    for one, which in zip(spans, longest, strict=True):
        lines.append(Content.styled(cut_end(f"longest, {one.name}: {which}", width), DIM))
        lines.append(Content(cut_end("  " + _where(one, width - 2), width)))
    return lines + [Content("")] * (HEIGHT - len(lines))


def _narrow(one: SpanFigures, which: str, width: int) -> list[Content]:
    """As many figures on a line as there is room for; the longest pause first, since it is felt most."""
    rows = _rows(one.figures)
    windows = [f"worst {_window(each)}: {_share(each)}" for each in one.figures.utilisations]
    longest = f"longest {rows.pop('longest')}"
    lines = [f"{longest}, {which}", "  " + _where(one, width - 3)] if one.figures.all.events else []
    names = ["paused", "throughput", "p50", "p90", "p95", "p99", "p99.9"]
    lines += _flowing([f"{name} {rows[name]}" for name in names], width - 1)
    lines += _flowing([*windows, f"{rows['collections']} collections", f"total {rows['total']}"], width - 1)
    return [Content(f" {cut_end(line, width - 1)}") for line in lines]


def _flowing(items: Iterable[str], width: int) -> list[str]:
    """Items to lines of that many cells."""
    lines: list[str] = []
    for item in items:
        if lines and len(lines[-1]) + 2 + len(item) <= width:
            lines[-1] += f"  {item}"
        else:
            lines.append(item)
    return lines


def _line(name: str, figures: Iterable[str], label: int, style: str = "") -> Content:
    cells = "".join(figure.rjust(width) for figure, width in zip(figures, _FIGURES, strict=True))
    return Content.assemble((name.ljust(label), DIM), (cells, style))


def _window(one: Utilisation) -> str:
    """A round length: '100 ms', '1 s'."""
    milliseconds = one.window_ns // 1_000_000
    return f"{milliseconds // 1000} s" if milliseconds >= 1000 else f"{milliseconds} ms"


def _share(one: Utilisation) -> str:
    return NOTHING if one.minimum is None else units.percent(one.minimum)


def _which(one: SpanFigures, started_ns: int, labels: Sequence[str]) -> str:
    found = one.longest
    if found is not None:
        return f"gen {labels[found.generation]} at {(found.started_ns - started_ns) / 1e9:.3f} s"
    if not one.figures.all.events:
        return "no pause"
    return "no longer in the log" if one.figures.all.longest_number is not None else "still running"


def _where(one: SpanFigures, width: int) -> str:
    return trigger(one.longest.site, width) if one.longest is not None else ""
