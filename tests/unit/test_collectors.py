"""Which collector it is, in words."""

from __future__ import annotations

import pytest

from gctui.monitor.collectors import GENERATIONAL, NUMBERS, words
from gctui.monitor.model import Answer, Running
from gctui.ui import sentences
from tests.fakes import NOW, SECOND, make_of_collector


@pytest.mark.parametrize(
    ("collector", "labels", "full"),
    [
        ("generational", ("0", "1", "2"), {2}),
        ("incremental", ("young", "increment", "full"), {2}),
        ("free-threaded", ("0 full", "1 full", "2 full"), {0, 1, 2}),
    ],
)
def test_each_kind_has_its_labels(collector: str, labels: tuple[str, ...], full: set[int]) -> None:
    assert words(collector).labels == labels
    assert words(collector).full == full
    assert all(len(short) <= 3 for short in words(collector).short)


@pytest.mark.parametrize("collector", ["", "generational", "mark and sweep"])
def test_a_kind_that_nobody_told_counts_as_generational(collector: str) -> None:
    assert words(collector) is GENERATIONAL


def test_a_label_leads_back_to_its_number() -> None:
    assert (NUMBERS["2"], NUMBERS["increment"], NUMBERS["yng"]) == (2, 1, 0)


def test_sentences_say_what_is_collected() -> None:
    answer = Answer(1, "collect", "", generation=1, freed=3, pause_ns=1_000_000)
    running = make_of_collector("incremental", running=Running(2, NOW - SECOND))

    assert sentences.collected(answer, "generational").startswith("Generation 1 collected in 1.00 ms")
    assert sentences.collected(answer, "incremental").startswith("An increment collected in 1.00 ms")
    assert sentences.running(running) == "the whole heap running for 1.00 s"
