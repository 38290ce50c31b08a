"""How the transparency check compares two runs of a test module, and that its page says what its data says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.transparency import modules, page, runs
from tests.transparency.comparison import ABSENT, Comparison, compare
from tests.transparency.explained import Explained, reason_for
from tests.transparency.left_out import left_out
from tests.transparency.report import Report, lines
from tests.transparency.runs import AS_ITS_TESTS, STATUS, Run
from tests.transparency.suite import Suite

BARE = """<testsuites><testsuite>
<testcase name="T.passes"/><testcase name="T.skips"><skipped>no sound card</skipped></testcase>
<testcase name="T.differs"/><testcase name="T.only_bare"/>
</testsuite></testsuites>"""

OBSERVED = """<testsuites><testsuite>
<testcase name="T.passes"/><testcase name="T.skips"><skipped>no network</skipped></testcase>
<testcase name="T.differs"/><testcase name="T.differs"><failure>AssertionError: 1 != 2</failure></testcase>
</testsuite></testsuites>"""


def run(outcomes: dict[str, str], collections: int = 1, **messages: str) -> Run:
    return Run(outcomes, messages, collections=collections)


def nothing_is_explained(test: str) -> str:
    return ""


def compared(*rounds: tuple[str, str]) -> Comparison:
    """One test over some rounds: its outcome bare and observed."""
    pairs = [(run({"T.t": bare}), run({"T.t": observed})) for bare, observed in rounds]
    return compare("test_x", pairs, nothing_is_explained)


def test_a_pair_of_reports_is_compared_test_by_test(tmp_path: Path) -> None:
    pair = []
    for name, text in (("bare", BARE), ("observed", OBSERVED)):
        (tmp_path / name).write_text(text)
        pair.append(Run(*runs.read_junit(tmp_path / name), collections=1))
    found = compare("test_x", [(pair[0], pair[1])], nothing_is_explained)
    assert [(one.test, one.bare, one.observed, one.message) for one in found.differences] == [
        ("T.differs", ("ok",), ("failure",), "AssertionError: 1 != 2"),
        ("T.only_bare", ("ok",), (ABSENT,), ""),
    ]
    assert pair[0].tests == 4
    assert not found.is_same


@pytest.mark.parametrize("text", [None, "", "<testsuites><testsuite>"])
def test_a_report_that_a_crash_cut_short_has_no_tests(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "report").write_text(text)
    assert runs.read_junit(tmp_path / "report") == ({}, {})


@pytest.mark.parametrize(
    ("rounds", "kind"),
    [
        ([("ok", "failure")], "differs"),
        ([("ok", "failure"), ("ok", "error"), ("ok", "failure")], "differs"),
        ([("ok", "failure"), ("ok", "ok")], "unsteady"),
        ([("ok", "failure"), ("failure", "ok")], "flaky"),
        ([("ok", "ok"), ("failure", "ok")], "flaky"),
    ],
)
def test_only_what_never_came_out_alike_counts(rounds: list[tuple[str, str]], kind: str) -> None:
    found = compared(*rounds)
    assert [difference.kind for difference in found.differences] == [kind]
    assert found.is_same == (kind != "differs")


def test_what_came_out_alike_in_each_round_is_no_difference() -> None:
    assert compared(("ok", "ok"), ("failure", "failure")).differences == ()


@pytest.mark.parametrize(
    ("status", "outcomes", "told"),
    [
        ("exit 0", ["ok", "skipped"], AS_ITS_TESTS),
        ("exit 2", ["ok", "failure"], AS_ITS_TESTS),
        ("exit 2", ["ok"], "exit 2"),  # an error outside of the tests
        ("exit 0", ["error"], "exit 0"),
        ("exit -11", ["ok"], "exit -11"),
        ("timeout", [], "timeout"),
    ],
)
def test_an_exit_status_counts_where_it_says_more_than_the_tests(status: str, outcomes: list[str], told: str) -> None:
    assert runs.plain_status(status, outcomes) == told


def test_an_altered_environment_is_found_in_the_words_of_the_suite() -> None:
    output = (
        "0:00:00 [1/1] test_x\nWarning -- os.environ was modified by test_x\n"
        "test_x failed (env changed)\n\n1 test altered the execution environment:\n    test_x\n"
    )
    assert runs.altered(output) == {"os.environ", "environment"}
    assert runs.altered("== Tests result: SUCCESS ==\n") == set()


def test_a_run_that_the_observer_did_not_see_is_not_the_same() -> None:
    blind = compare("test_x", [(run({}, 0), run({}, 0))], nothing_is_explained)
    assert not blind.is_observed
    assert not blind.is_same
    assert "gctui saw no collection" in "\n".join(lines(blind))


def test_only_the_observer_s_own_child_counts_as_seen(tmp_path: Path) -> None:
    def process(ppid: int, events: int) -> dict[str, object]:
        return {"ppid": ppid, "interpreters": [{"events_received": events}, {"events_received": 1}]}

    summary = tmp_path / "summary.json"
    summary.write_text(json.dumps({"processes": [process(10, 5), process(11, 70)]}))
    assert runs.count_collections(summary, observer=10) == 6
    assert runs.count_collections(tmp_path / "none", observer=10) == 0


KNOWN = (Explained("test_x", "T.inspects_*", ("3.8", "3.9"), "It inspects what is traced.", alloc=("exact",)),)


@pytest.mark.parametrize(
    ("module", "test", "version", "alloc", "is_explained"),
    [
        ("test_x", "T.inspects_peak", "3.9", "exact", True),
        ("test_y", "T.inspects_peak", "3.9", "exact", False),
        ("test_x", "T.another", "3.9", "exact", False),
        ("test_x", "T.inspects_peak", "3.10", "exact", False),
        ("test_x", "T.inspects_peak", "3.9", "off", False),
    ],
)
def test_a_reason_holds_for_its_own_module_test_version_and_option(
    module: str, test: str, version: str, alloc: str, is_explained: bool
) -> None:
    assert bool(reason_for(module, test, version, alloc, KNOWN)) == is_explained


def test_what_is_explained_is_shown_apart_and_does_not_count() -> None:
    pair = run({"T.inspects_peak": "ok", STATUS: AS_ITS_TESTS}), run({"T.inspects_peak": "error", STATUS: AS_ITS_TESTS})
    found = compare("test_x", [pair], lambda test: reason_for("test_x", test, "3.8", "exact", KNOWN))
    assert found.is_same
    text = "\n".join(lines(found))
    assert "explained: T.inspects_peak: ok bare, error observed" in text
    assert "It inspects what is traced." in text
    report = Report(Suite("python", "3.8.1", frozenset()), "exact", (found,), ("test_new",))
    assert report.total() == (
        "3.8.1: 1 modules (1 of the list are not in this version), 1 tests, 0 differ, 0 unsteady, 1 explained, 0 flaky"
    )


def test_the_document_is_json_with_the_output_of_what_differs_only() -> None:
    differing, same = compared(("ok", "error")), compared(("ok", "ok"))
    told = json.loads(json.dumps(Report(Suite("p", "3.8.1", frozenset()), "off", (differing, same), ()).document()))
    assert [module["is_same"] for module in told["modules"]] == [False, True]
    assert told["modules"][0]["differences"][0]["kind"] == "differs"
    assert ["bare_output" in module["rounds"][0] for module in told["modules"]] == [True, False]


def test_no_module_is_listed_twice_and_the_quick_ones_are_among_all() -> None:
    assert len(set(modules.ALL)) == len(modules.ALL) >= 75
    assert modules.QUICK
    assert set(modules.QUICK) < set(modules.ALL)
    assert not [name for name in modules.ALL if modules.STAR in name]


def test_the_page_says_what_the_data_says() -> None:
    text = page.PATH.read_text("utf-8")
    assert page.renewed(text) == text, "python -m tests.transparency --write-docs"
    with_one_more = text.replace("test_gc", "test_gc test_gone")
    assert page.renewed(with_one_more) != with_one_more


def test_a_test_is_left_out_of_its_own_module_and_version_only() -> None:
    assert left_out("test_interpreters", "3.11") == ("*thread*",)
    assert left_out("test_interpreters", "3.12") == left_out("test_gc", "3.11") == ()


def test_an_end_that_is_not_the_tests_own_is_shown_even_when_it_comes_both_ways() -> None:
    found = compare("test_x", [(run({STATUS: "timeout"}), run({STATUS: "timeout"}))], nothing_is_explained)
    assert found.is_same
    assert "timeout both ways" in "\n".join(lines(found))


def test_an_explanation_becomes_a_row_of_the_page() -> None:
    assert "| `test_x` | `T.inspects_*` | 3.8, 3.9 | exact | It inspects what is traced. |" in page.explained_table(
        KNOWN
    )
