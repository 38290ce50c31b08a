"""How many pauses were how long: a row per range of pauses, with a bar whose parts are the generations."""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual.content import Content

from gctui.monitor import units
from gctui.monitor.pauses import HistogramBucket
from gctui.ui.renderables.timeline import FILLS, STYLES, legend

DIM = "$foreground-muted"
_LABEL = 18
"""Cells of a range: '100 µs to 316 µs'."""
_COUNT = 6
_LEAST_BAR = 8
_IN_FULL = len("collections, log scale")


def histogram(
    buckets: Sequence[HistogramBucket], width: int, height: int, labels: Sequence[str], empty: str
) -> list[Content]:
    """Heading and rows, shortest pauses first, for `width` x `height` cells; or the sentence `empty`.

    `labels` are those of the generations, in three characters at the most.

    The length of a bar is logarithmic, or the few long pauses, which are the ones that hurt, could not be seen beside
    the many short ones. The figures behind it are exact.
    """
    rows = fitted(buckets, height - 1)
    if not rows:
        return [Content.styled(f" {empty}", DIM)]
    room = width - 1 - _LABEL - 1
    is_wide = room - 3 * (_COUNT + 1) >= _LEAST_BAR
    room = max(0, room - (3 if is_wide else 1) * (_COUNT + 1))
    most = max(sum(one.collections) for one in rows)
    scale = "collections, log scale" if room >= _IN_FULL else "log scale"
    head = " " + "pause".rjust(_LABEL) + " " + scale.ljust(room)[:room]
    head += "".join(f" {label.rjust(_COUNT)}" for label in (legend(labels) if is_wide else ["all"]))
    lines = [Content.styled(head, DIM)]
    for one in rows:
        parts: list[str | tuple[str, str]] = [f" {one.label.rjust(_LABEL)} "]
        cells = segments(one.collections, most, room)
        parts += [(FILLS[number][-1] * length, STYLES[number]) for number, length in enumerate(cells)]
        counts = one.collections if is_wide else (sum(one.collections),)
        figures = "".join(f" {units.count(count) if count else '·':>{_COUNT}}" for count in counts)
        parts.append(" " * (room - sum(cells)) + figures)
        lines.append(Content.assemble(*parts))
    return lines


def fitted(buckets: Sequence[HistogramBucket], rows: int) -> list[HistogramBucket]:
    """From the first with pauses to the last, neighbours of the short end put together until they fit into `rows`."""
    held = [number for number, one in enumerate(buckets) if any(one.collections)]
    if not held or rows < 1:
        return []
    shown = list(buckets[held[0] : held[-1] + 1])
    surplus = max(0, len(shown) - rows)
    if surplus:
        first = shown[: surplus + 1]
        counts = tuple(sum(one.collections[number] for one in first) for number in range(3))
        shown[: surplus + 1] = [HistogramBucket(0, first[-1].high_ns, (counts[0], counts[1], counts[2]))]
    return shown


def segments(counts: tuple[int, int, int], most: int, cells: int) -> tuple[int, int, int]:
    """Cells of each generation in a bar of a row. What there is has a cell at least, where there is room for all."""
    total = sum(counts)
    if not total:
        return (0, 0, 0)
    length = cells if most == 1 else round(1 + (cells - 1) * math.log(total) / math.log(most))
    length = max(length, min(cells, sum(1 for count in counts if count)))
    found = [max(1, round(length * count / total)) if count else 0 for count in counts]
    while sum(found) > length and max(found) > 1:
        found[found.index(max(found))] -= 1
    while sum(found) < length:
        found[counts.index(max(counts))] += 1
    return (found[0], found[1], found[2])
