"""The allocations in the summary: at the end, and at the peak where there was more."""

from __future__ import annotations

import json
from dataclasses import replace

from gctui.export import summary_json, summary_text
from gctui.monitor.model import AllocationEntry, Allocations, Frame
from gctui.monitor.summary import Summary, summarise
from gctui.monitor.top_allocations import LISTED
from tests.fakes import NOW, SECOND, make_allocations, make_snapshot


def summary(last: Allocations | None, peak: Allocations | None = None) -> Summary:
    return summarise(make_snapshot(allocations=last, peak=peak), ())


def sampled() -> Allocations:
    """Of one site, from 4 samples."""
    entry = AllocationEntry((Frame("/srv/\x1b[31mapp.py", 7),), 2 << 20, 4000, False, 4, float(1 << 40), 1e6)
    return replace(make_allocations(0), entries=(entry,), total_size=2 << 20, total_count=4000, sample_bytes=512 << 10)


def test_the_largest_lines_are_listed() -> None:
    lines = summary_text.allocations(summary(make_allocations())).splitlines()

    assert lines[0] == "  allocations after 60.0 s: 7.82 MiB in 820 blocks, all of them traced"
    assert [word for line in lines[1:3] for word in line.split()] == [
        "size", "blocks", "line", "391", "KiB", "1", "/srv/app/module0.py:10",
    ]  # fmt: skip
    assert len(lines) == 2 + LISTED


def test_what_is_estimated_says_how_far_it_may_be_off() -> None:
    text = summary_text.allocations(summary(sampled()))

    assert "estimated from one in 512 KiB" in text
    assert "2.00 MiB ±156 %  4.00k  /srv/" in text
    assert "\x1b" not in text
    (line,) = json.loads(summary_json.render(summary(sampled())))["allocations"]["top"]
    assert line["size_low"] < line["size"] == 2 << 20 < line["size_high"]


def test_the_peak_is_listed_where_it_was_higher() -> None:
    last, peak = make_allocations(), make_allocations(scale=2, taken_ns=NOW - 20 * SECOND)
    assert "  allocations at the peak after 40.0 s: 15.6 MiB" in summary_text.allocations(summary(last, peak))
    found = json.loads(summary_json.render(summary(last, peak)))
    assert found["peak"]["size"] == 2 * found["allocations"]["size"] and found["peak"]["taken_s"] == 40

    assert "peak" not in summary_text.allocations(summary(last, last))
    assert json.loads(summary_json.render(summary(last, last)))["peak"] is None


def test_what_is_folded_names_no_line() -> None:
    entry = AllocationEntry((Frame("/srv/app.py", 0),), 100, 1, True, 1)
    last = replace(make_allocations(0), entries=(entry,), total_size=100, total_count=1)
    assert "/srv/app.py (many small sites)" in summary_text.allocations(summary(last))


def test_without_a_snapshot_nothing_is_said() -> None:
    assert summary_text.allocations(summary(None)) == ""
    assert json.loads(summary_json.render(summary(None)))["allocations"] is None


def test_a_variance_that_no_agent_means_is_still_json() -> None:
    (entry,) = sampled().entries
    last = replace(sampled(), entries=(replace(entry, size=1, size_variance=1.7e308),), total_size=1)
    (line,) = json.loads(summary_json.render(summary(last)))["allocations"]["top"]
    assert line["size_high"] == 1 << 63
    assert summary_text.allocations(summary(last)).endswith("\n")
