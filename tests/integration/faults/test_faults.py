"""Each fault of the table, on the Pythons where it may differ: the program does not notice, and gctui says its loss."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.integration.faults.fault import Fault
from tests.integration.faults.running import run_bare, run_observed
from tests.integration.faults.table import GROUPS
from tests.integration.pythons import PRIMARY, Python, find_pythons

PRIMARY_ONLY = tuple(python for python in find_pythons() if python.path == PRIMARY)


def cases() -> Iterator[object]:
    for faults in GROUPS.values():
        for fault in faults:
            for python in find_pythons() if fault.every_python else PRIMARY_ONLY:
                yield pytest.param(fault, python, id=f"{fault.name}-{python}")


@cache
def missing(needs: str) -> str:
    """A sentence that says what is missing here; empty when it is there."""
    if needs and os.geteuid() != 0:
        return "This fault takes root."
    if needs == "mounts":
        tried = ["unshare", "-m", "sh", "-c", "mount -t tmpfs none /dev && mknod /dev/null c 1 3 && : > /dev/null"]
        if subprocess.run(tried, capture_output=True, check=False).returncode:
            return "This fault takes a mount namespace, which is not allowed here."
    return ""


@pytest.mark.parametrize(("fault", "python"), cases())
def test_fault(fault: Fault, python: Python, tmp_path: Path) -> None:
    if missing(fault.needs):
        pytest.skip(missing(fault.needs))
    bare = run_bare(fault, python, tmp_path)
    observed = run_observed(fault, python, tmp_path)

    assert not re.search(rb"(?m)^\w*Error: ", bare.stderr), "the fault's own program fails"
    assert (observed.status, observed.stdout, observed.stderr) == (bare.status, bare.stdout, bare.stderr)
    processes = observed.summary["processes"]
    recorded = [process["interpreters"][0]["generations"][1]["collections"] for process in processes]
    if fault.recorded is not None:
        assert len(recorded) == len(fault.recorded)
        assert all(found >= least for found, least in zip(recorded, fault.recorded, strict=True)), recorded
    assert len(observed.remarks) == len(fault.says), observed.remarks
    assert all(part in remark for part, remark in zip(fault.says, observed.remarks, strict=True)), observed.remarks
