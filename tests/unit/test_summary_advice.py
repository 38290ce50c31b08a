"""The summary names what was wrong, if it lasted; the command line silences it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gctui.cli.arguments import parse
from gctui.export import summary_json, summary_text
from gctui.monitor.advice import Advice, AdviceTotal
from gctui.monitor.summary import summarise
from tests.fakes import SECOND, make_snapshot

LONG = Advice("long-full", "Full collections are long", "150 ms each, in a\x1b[31m.py.", "f freezes.", "a test", SECOND)
TOTAL = AdviceTotal(LONG, 12 * SECOND, at_end=False)


def text_of(total: AdviceTotal) -> str:
    return summary_text.render(summarise(make_snapshot(), (), (total,)))


def test_what_lasted_is_a_line_of_the_text() -> None:
    text = text_of(TOTAL)
    assert "  full collections are long (for 12.0 s, no longer at the end): 150 ms each" in text
    assert "f freezes." in text and "\x1b" not in text


def test_what_was_true_at_the_end_is_one_too_however_short() -> None:
    assert "(for 2.00 s, at the end): 150 ms" in text_of(replace(TOTAL, held_ns=2 * SECOND, at_end=True))


def test_what_was_short_and_over_is_none() -> None:
    assert "full collections" not in text_of(replace(TOTAL, held_ns=10 * SECOND - 1))


def test_the_json_has_them_all() -> None:
    document = json.loads(summary_json.render(summarise(make_snapshot(), (), (TOTAL,))))
    assert document["advice"] == [
        {
            "name": "long-full",
            "title": "Full collections are long",
            "text": "150 ms each, in a\x1b[31m.py.",
            "remedy": "f freezes.",
            "source": "a test",
            "held_s": 12.0,
            "at_end": False,
        }
    ]


def test_names_of_rules_are_taken_from_the_command_line() -> None:
    assert parse(["--silence", "share,long-full", "app.py"]).silence == ("share", "long-full")
    assert parse(["app.py"]).silence == ()


def test_a_name_that_there_is_not_is_a_usage_error_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        parse(["--silence", "share,nothing", "app.py"])
    assert error.value.code == 2
    assert "there is no notice 'nothing'; the names are long-full, useless-full" in capsys.readouterr().err
