"""The page that says what was tried is the tests' own list."""

import re

from tests.integration.faults.page import PAGE, render
from tests.integration.faults.running import PROGRAMS
from tests.integration.faults.table import GROUPS


def test_the_page_is_what_the_list_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "make reliability writes it anew"


def test_no_fault_is_named_twice_and_each_program_is_there_and_used() -> None:
    faults = [fault for group in GROUPS.values() for fault in group]
    named = {name for fault in faults for name in re.findall(r"\w+\.py", fault.command)}

    assert len({fault.name for fault in faults}) == len(faults)
    assert named | {"tick.py"} == {file.name for file in PROGRAMS.glob("*.py")}
