"""How true sampled allocations are: 200 heaps of known contents, sampled by the router and estimated; and of each site
alone five times as many, since 200 trials of a 95 % interval are themselves uncertain by 1.5 %."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import fmean

from benchmarks.figures import Figure
from tests.native import CannotBuild, accuracy, build

MISSED_LIMIT, BIAS_LIMIT = 7.0, 3.0
MORE = 5


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        try:
            trials = build("trials", Path(folder), "-O2")
        except CannotBuild as missing:
            print(f"the accuracy of sampling is not measured: {missing}")
            return []
        found = accuracy.measure(trials)
        seeds = [accuracy.SEED + number * accuracy.TRIALS for number in range(1, MORE)]
        more = [found["bytes"], *(accuracy.measure(trials, seed=seed)["bytes"] for seed in seeds)]
    figures = []
    for what, sites in found.items():
        of = f"{accuracy.TRIALS} trials, {what} of sites over {100 * accuracy.SHARE:g} % of the heap:"
        limits = (MISSED_LIMIT, BIAS_LIMIT) if what == "bytes" else (None, None)
        missed = tuple(100 * (1 - site.covered) for site in sites)
        bias = tuple(100 * abs(site.bias) for site in sites)
        errors = tuple(100 * site.error for site in sites)
        figures += [
            Figure(f"{of} 95 % intervals that miss", fmean(missed), "%", limits[0], missed),
            Figure("  mean error of the site with the largest", max(bias), "%", limits[1], bias),
            Figure("  what one look is off by, mean", fmean(errors), "%", None, errors),
        ]
    missed = tuple(100 * (1 - fmean(one.covered for one in same)) for same in zip(*more, strict=True))
    what = f"{MORE * accuracy.TRIALS} trials, bytes, 95 % intervals of the worst site that miss"
    return [*figures, Figure(what, max(missed), "%", MISSED_LIMIT, missed)]
