"""The router without an interpreter: under threads, forks and other interpreters, and as a source of estimates."""

from __future__ import annotations

import os
import subprocess
from itertools import chain
from pathlib import Path
from statistics import fmean

import pytest

from tests.native import CannotBuild, build
from tests.native.accuracy import Accuracy, measure

KINDS = {
    "plain": ("-O2",),
    "with what 3.8 has": ("-O2", "-DLIKE_3_8"),
    "thread sanitizer": ("-O1", "-g", "-fsanitize=thread"),
    "address sanitizer": ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
}


def built(program: str, folder: Path, *flags: str) -> Path:
    try:
        return build(program, folder, *flags)
    except CannotBuild as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("kind", KINDS)
def test_what_tracemalloc_is_shown_is_known_until_it_is_freed(kind: str, tmp_path: Path) -> None:
    stress = built("stress", tmp_path, *KINDS[kind])
    # The sanitizer of threads ends a child that was forked among several, unless it is told not to.
    variables = {**os.environ, "TSAN_OPTIONS": "die_after_fork=0"}
    for blocks in ("keep", "hand"):
        command = [str(stress), "0.5", "1", blocks]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, done.stderr) == (0, ""), blocks


@pytest.fixture(scope="module")
def accuracy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Accuracy]]:
    return measure(built("trials", tmp_path_factory.mktemp("trials"), "-O2"))


def test_the_interval_holds_the_truth_19_times_in_20(accuracy: dict[str, list[Accuracy]]) -> None:
    covered = [site.covered for site in accuracy["bytes"]]

    assert fmean(covered) >= 0.93
    assert min(covered) >= 0.90  # of 200 trials at 95 %: three standard deviations


def test_estimates_are_not_biased(accuracy: dict[str, list[Accuracy]]) -> None:
    for site in accuracy["bytes"]:
        assert abs(site.bias) < 0.03, site


def test_blocks_are_estimated_as_well_where_they_are_of_about_one_size(accuracy: dict[str, list[Accuracy]]) -> None:
    """Of blocks from 16 bytes to 64 KiB in one place, the small ones make the number, and are hardly ever seen."""
    sites = [site for site in accuracy["blocks"] if site.error < 0.15]

    assert len(sites) >= 10
    assert min(site.covered for site in sites) >= 0.90
    assert all(abs(site.bias) < 0.03 for site in sites)


def test_small_sites_are_there_too(accuracy: dict[str, list[Accuracy]]) -> None:
    """The other tests would say little of a heap of few large sites."""
    assert [site.share < 0.02 for site in accuracy["bytes"]].count(True) >= 1
    assert len(list(chain.from_iterable(accuracy.values()))) == 24
