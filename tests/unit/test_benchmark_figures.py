"""What the benchmarks say of a measurement."""

from __future__ import annotations

import json

from benchmarks.figures import Figure, document, median, table


def test_a_median_keeps_its_samples() -> None:
    figure = median("start", [9.0, 1.0, 2.0], "ms", limit=3)
    assert (figure.value, figure.samples, figure.is_met) == (2.0, (9.0, 1.0, 2.0), True)


def test_more_than_the_limit_is_not_met() -> None:
    assert Figure("share", 7.0, "%", 7.0).is_met
    assert not Figure("share", 7.1, "%", 7.0).is_met
    assert Figure("for comparison", 1e9, "ns").is_met


def test_a_table_has_value_unit_spread_and_verdict() -> None:
    text = table([median("start", [650.0, 700.0, 720.0], "ms", 600), Figure("other", 5, "ms")])
    first, second = text.splitlines()
    assert first.split() == ["start", "700", "ms", "650", "to", "720", "<=", "600", "NOT", "MET"]
    assert second.split() == ["other", "5", "ms"]


def test_the_document_is_json_with_the_machine_beside_the_figures() -> None:
    told = json.loads(json.dumps(document([Figure("share", 5.0, "%", 7.0)])))
    assert told["cores"] >= 1
    assert told["figures"] == [
        {"name": "share", "value": 5.0, "unit": "%", "limit": 7.0, "samples": [], "is_met": True}
    ]
