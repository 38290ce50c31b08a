"""What was set, by whom, and what is left of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.agent import wire
from gctui.agent.entry import decode_settings
from gctui.monitor.settings import (
    MOST_CHANGES,
    CollectorSettings,
    SettingsHistory,
    StartSettings,
    changed,
    differences,
    flags,
    to_restore,
    unchanged,
)

BASE = CollectorSettings(True, (2000, 10, 10), 0, 375)


def but(**changes: Any) -> CollectorSettings:
    return replace(BASE, **changes)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (BASE, ()),
        (but(enabled=False), ("automatic collection on → off",)),
        (but(thresholds=(50000, 20, 20)), ("thresholds 2000, 10, 10 → 50000, 20, 20",)),
        (but(debug_flags=38), ("debug flags none → COLLECTABLE, UNCOLLECTABLE, SAVEALL",)),
        (but(frozen=1_500_231), ("frozen objects 375 → 1,500,231",)),
        (but(frozen=374), ()),  # one has died
        (but(frozen=0), ("frozen objects 375 → 0",)),
        (but(enabled=False, debug_flags=1), ("automatic collection on → off", "debug flags none → STATS")),
    ],
)
def test_differences_in_words(after: CollectorSettings, words: tuple[str, ...]) -> None:
    assert differences(BASE, after) == words


def test_nothing_to_change_is_said_too() -> None:
    assert [unchanged(BASE, order) for order in wire.STEERING] == [
        "automatic collection was on already",
        "thresholds were 2000, 10, 10 already",
        "375 objects are frozen, as before",
        "375 objects are frozen, as before",
        "debug flags were none already",
    ]


def test_flags_without_a_name_are_a_number() -> None:
    assert [flags(0), flags(1 | 8 | 64), flags(-1 << 40)] == ["none", "STATS, 72", str(-1 << 40)]


def test_a_change_is_dated_and_signed_and_the_first_settings_are_none() -> None:
    history = SettingsHistory()
    history.fold(BASE, 1, "program")
    history.fold(BASE, 2, "program")
    history.fold(but(enabled=False), 3, "gctui")

    (change,) = history.changes
    assert (change.made_ns, str(change)) == (3, "automatic collection on → off (gctui)")
    assert (history.at_start, history.now) == (BASE, but(enabled=False))


def test_what_the_program_sets_itself_is_not_taken_back() -> None:
    history = SettingsHistory()
    history.fold(BASE, 1, "program")
    history.fold(but(thresholds=(1, 2, 3)), 2, "gctui")
    history.fold(but(thresholds=(1, 2, 3), enabled=False), 3, "program")
    assert history.now is not None and history.without_gctui is not None
    assert history.without_gctui == but(enabled=False)
    assert to_restore(history.now, history.without_gctui) == ("thresholds",)

    history.fold(but(thresholds=(7, 7, 7), enabled=False), 4, "program")
    assert to_restore(history.now, history.without_gctui) == ()
    assert history.at_start == BASE


def test_what_was_unfrozen_cannot_be_frozen_again() -> None:
    assert to_restore(but(frozen=0), BASE) == ()
    assert to_restore(but(frozen=10_000), BASE) == ("frozen",)


def test_changes_are_bounded_and_in_order_whatever_their_times() -> None:
    history = SettingsHistory()
    for number in range(MOST_CHANGES + 10):
        history.fold(but(debug_flags=number), 1000 - number, "program")

    assert len(history.changes) == MOST_CHANGES
    times = [one.made_ns for one in history.changes]
    assert times == sorted(times)


ANY = st.builds(
    CollectorSettings,
    st.booleans(),
    st.tuples(*[st.integers(-(1 << 63), (1 << 63) - 1)] * 3),
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.integers(0, (1 << 63) - 1),
)


@given(ANY, ANY)
def test_each_setting_that_changed_has_its_words(before: CollectorSettings, after: CollectorSettings) -> None:
    words = differences(before, after)

    assert len(words) == len(changed(before, after))
    assert all(" → " in word and word.isprintable() for word in words)


def test_only_what_is_wanted_is_told_to_the_agent() -> None:
    assert StartSettings().numbers() == {}
    assert StartSettings(True, (5, 6), 1500).numbers() == {
        "gc_disable": 1, "gc_threshold0": 5, "gc_threshold1": 6, "freeze_after_ms": 1500,
    }  # fmt: skip
    text = wire.encode_settings("/run/x", StartSettings(False, (0, 0, 0)).numbers())
    assert decode_settings(text)[1] == {"gc_threshold0": 0, "gc_threshold1": 0, "gc_threshold2": 0}
