"""Estimates beside the truth: heaps that the router sampled, read as the agent and the monitor read them."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from gctui.agent.allocations import _estimate
from gctui.monitor.confidence import interval

SEED, TRIALS = 1, 200
MEAN, HEAP_MIB = 64 << 10, 256
"""As the 512 KiB between two samples are to a heap of 2 GiB, and 8 times as fast."""
SHARE = 0.01
"""Sites with less of the heap are not looked at."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Of one site's estimate, of its bytes or of its blocks, over all trials; all figures are shares of 1."""

    share: float
    """Of the site in the heap, bytes."""
    samples: float
    """In one trial, on average."""
    covered: float
    """Trials whose interval holds the truth."""
    bias: float
    """Mean of the signed errors: estimate / truth - 1."""
    error: float
    """Mean of the errors' sizes: what one look is off by."""


def measure(trials: Path, number: int = TRIALS, seed: int = SEED) -> dict[str, list[Accuracy]]:
    """ "bytes" and "blocks": all sites with more than `SHARE` of the heap, largest first."""
    command = [str(trials), str(seed), str(number), str(MEAN), str(HEAP_MIB)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    truth: dict[int, tuple[int, int]] = {}
    sampled: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for line in told.splitlines():
        words = line.split()
        if words[0] == "site":
            truth[int(words[1])] = int(words[2]), int(words[3])
        else:
            sampled[int(words[1]), int(words[0])].append((0, int(words[2])))
    heap = sum(size for size, _ in truth.values())
    large = sorted((site for site in truth if truth[site][0] > SHARE * heap), key=lambda site: -truth[site][0])
    found: dict[str, list[Accuracy]] = {"bytes": [], "blocks": []}
    for site in large:
        looks = [_estimate(sampled[site, trial], MEAN) for trial in range(number)]
        samples, share = fmean(look[2] for look in looks), truth[site][0] / heap
        for name, value, variance, true in (("bytes", 0, 3, truth[site][0]), ("blocks", 1, 4, truth[site][1])):
            intervals = [interval(look[value], look[variance]) for look in looks]
            covered = fmean(low <= true <= high for low, high in intervals)
            errors = [look[value] / true - 1 for look in looks]
            found[name].append(Accuracy(share, samples, covered, fmean(errors), fmean(map(abs, errors))))
    return found
