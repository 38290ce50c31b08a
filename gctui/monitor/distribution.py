"""How long pauses are: counted in buckets so narrow that percentiles are within 1 %, so few that they are quickly
counted together, and with edges where the histogram has its own."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from math import ceil, log

from gctui.monitor.pauses import HistogramBucket

#: Greatest ratio of a bucket's edges. The harmonic mean of two edges is within 1 % of all between them.
_RATIO = 1.02
_LOWEST, _HIGHEST = 100, 10**13

#: Edges of the histogram: 1 µs, 3 µs, 10 µs, ... 300 s.
HISTOGRAM_EDGES = tuple(digit * 10**power for power in range(3, 12) for digit in (1, 3))


def _edges() -> Iterator[int]:
    yield from range(1, _LOWEST)
    low = _LOWEST
    while low < _HIGHEST:
        high = low * 3 if str(low)[0] == "1" else low // 3 * 10
        steps = ceil(log(high / low) / log(_RATIO))
        yield from (round(low * (high / low) ** (step / steps)) for step in range(steps))
        low = high
    yield _HIGHEST


#: A pause lies in bucket `bisect_right(EDGES, pause)`: from the edge before that on, and shorter than the edge there.
EDGES = list(_edges())
_HISTOGRAM = [bisect_left(EDGES, edge) for edge in HISTOGRAM_EDGES]


def _middle(bucket: int) -> int:
    if bucket in (0, len(EDGES)):
        return 0 if bucket == 0 else EDGES[-1]
    low, high = EDGES[bucket - 1], EDGES[bucket] - 1
    return round(2 * low * high / (low + high))


def percentiles(counts: Mapping[int, int], per_mille: Sequence[int], longest: int) -> list[int]:
    """Those of the pauses in `counts` (bucket: how many), by nearest rank, in the order of `per_mille`, ascending."""
    total, passed, found = sum(counts.values()), 0, []
    buckets = iter(sorted(counts))
    bucket = 0
    for share in per_mille:
        rank = -(-share * total // 1000)
        while passed < rank:
            bucket = next(buckets)
            passed += counts[bucket]
        found.append(longest if rank == total else min(_middle(bucket), longest))
    return found


def histogram(counts: Sequence[Mapping[int, int]]) -> tuple[HistogramBucket, ...]:
    """Of the counts per generation."""
    rows = [[0, 0, 0] for _ in range(len(HISTOGRAM_EDGES) + 1)]
    for generation, buckets in enumerate(counts):
        for bucket, number in buckets.items():
            rows[bisect_left(_HISTOGRAM, bucket)][generation] += number
    filled = [at for at, row in enumerate(rows) if any(row)]
    edges = (0, *HISTOGRAM_EDGES, None)
    return (
        tuple(
            HistogramBucket(edges[at] or 0, edges[at + 1], (rows[at][0], rows[at][1], rows[at][2]))
            for at in range(filled[0], filled[-1] + 1)
        )
        if filled
        else ()
    )
