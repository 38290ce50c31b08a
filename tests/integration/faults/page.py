"""The page `docs/reliability.md`, made from the table of faults; `make reliability` writes it."""

from __future__ import annotations

from pathlib import Path

from tests.integration.faults import stalls
from tests.integration.faults.fault import Fault
from tests.integration.faults.table import GROUPS

PAGE = Path(__file__).parents[3] / "docs" / "reliability.md"

_HEAD = """\
# What was tried

What goes wrong around a program must stay what it would be without gctui. Each row is a fault that the tests bring
about, the command that does so by hand, what must hold, and what happened. The rows are the tests' own list
(`tests/integration/faults`); `make reliability` writes this page from it.

Run the commands in `tests/integration/faults/programs`, where the programs are; `{folder}` is any empty folder. The
test runs each with and without `gctui --headless` and compares output, errors and exit status (as a shell has it), on
every CPython where a row says so, else on one. *Same* means the same in all three. One difference is
known and of one release: CPython 3.13.0 warns at a fork that the process has more than one thread, because it counts
them after the agent's has been started again.
"""

_TITLES = ("| fault | by | must hold | what happened |", "| --- | --- | --- | --- |")

_TICKING = """\
Here the program ticks: it makes garbage, collects thousands of times a second and prints megabytes, and notes its
longest gap between two ticks and how its memory grew.
"""


def render() -> str:
    """The whole page."""
    parts = [_HEAD]
    for group, faults in GROUPS.items():
        rows = [_row(fault.name, _command(fault), fault.holds, _happened(fault)) for fault in faults]
        parts.append("\n".join([f"## {group}\n", *_TITLES, *rows]) + "\n")
    rows = [_row(stall.name, f"`{stall.command}`", stalls.HOLDS, stall.happened) for stall in stalls.STALLS]
    parts.append("\n".join(["## Held up\n", _TICKING, *_TITLES, *rows]) + "\n")
    return "\n".join(parts)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _command(fault: Fault) -> str:
    gctui = f"gctui --headless {fault.options}".rstrip()
    return "`" + fault.command.format(gctui=gctui, python="python", folder="{folder}") + "`"


def _happened(fault: Fault) -> str:
    return fault.happened + (" (every Python)" if fault.every_python else "")
