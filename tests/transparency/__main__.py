"""Run CPython's own test suite bare and under gctui, and compare what comes of each single test.

Exit status: 0 when no test differs each time but those that are explained, 1 when some do, 2 when it cannot be run.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.integration.pythons import find_pythons
from tests.transparency import page, report
from tests.transparency.check import Check
from tests.transparency.explained import ALLOC
from tests.transparency.modules import ALL, QUICK
from tests.transparency.report import Report
from tests.transparency.suite import Suite, find_suite

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    options = _parser().parse_args()
    if options.write_docs:
        page.write()
        return 0
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that what runs is ended
    if not _observes_with_this_checkout():
        print(f"{sys.executable} -m gctui is not the gctui of this checkout: run make setup", file=sys.stderr)
        return 2
    modules = options.modules or (QUICK if options.quick else ALL)
    suites = _suites(options.python, modules)
    if not suites:
        return 2
    reports = [_check(suite, modules, options) for suite in suites]
    print(*(one.total() for one in reports), sep="\n")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps([one.document() for one in reports], indent=1) + "\n")
    return 0 if all(one.is_same for one in reports) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.transparency",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"default: a list of {len(ALL)}")
    parser.add_argument(
        "--python", action="append", metavar="PATH", help="interpreter whose tests are run; default: all found"
    )
    parser.add_argument("--quick", action="store_true", help=f"{len(QUICK)} modules that take seconds")
    parser.add_argument("--alloc", choices=ALLOC, default="off", help="gctui's option; default: %(default)s")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="runs at a time; default: the cores"
    )
    parser.add_argument(
        "--timeout", type=float, default=600, metavar="S", help="seconds for one run of a module; default: %(default)s"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the whole result there")
    parser.add_argument("--write-docs", action="store_true", help="renew the tables of docs/transparency.md and stop")
    return parser


def _observes_with_this_checkout() -> bool:
    ask = "import gctui; print(gctui.__file__)"
    answer = subprocess.run([sys.executable, "-c", ask], cwd="/", capture_output=True, text=True, check=False)
    return Path(answer.stdout.strip()) == ROOT / "gctui" / "__init__.py"


def _suites(pythons: Sequence[str] | None, modules: Sequence[str]) -> list[Suite]:
    """The suites of the interpreters named, which must all have some of the modules, or else of those found here."""
    found = []
    for path in pythons or [python.path for python in find_pythons()]:
        suite = find_suite(path)
        if suite is not None and suite.modules.intersection(modules):
            found.append(suite)
        elif pythons:
            print(f"{path} has none of these tests", file=sys.stderr)
            return []
        else:
            print(f"skipped: {path} has none of these tests")
    if not found:
        print("no interpreter with a test suite was found: name one with --python", file=sys.stderr)
    return found


def _check(suite: Suite, modules: Sequence[str], options: argparse.Namespace) -> Report:
    observer = (sys.executable, "-m", "gctui", "--headless", "--alloc", options.alloc)
    check = Check(suite, observer, options.alloc, options.jobs, options.timeout)
    print(f"Python {suite.version}, {suite.python}, --alloc {options.alloc}", report.heading(), sep="\n", flush=True)
    comparisons = []
    for comparison in check.compare_all([module for module in modules if module in suite.modules]):
        print(*report.lines(comparison), sep="\n", flush=True)
        comparisons.append(comparison)
    absent = tuple(module for module in modules if module not in suite.modules)
    return Report(suite, options.alloc, tuple(comparisons), absent)


if __name__ == "__main__":
    sys.exit(main())
