"""The sentence for a program without an agent says what would work."""

from __future__ import annotations

import pytest

from gctui.monitor.absence import why_no_agent

NOBODY = 2**22 + 1  # over the largest process number there is


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("python", "-I", "app.py"), "with -I"),
        (("python3.12", "-OE", "app.py"), "with -E"),
        (("/usr/bin/python3", "-S", "-c", "pass"), "with -S"),
        (("python", "app.py", "-I"), "has not started yet"),
        (("python", "-c", "pass", "-S"), "has not started yet"),
        (("python", "-Wignore::E", "app.py"), "has not started yet"),
        (("bash", "-c", "sleep 9"), "'bash' is not Python"),
    ],
)
def test_each_cause_has_its_sentence(argv: tuple[str, ...], says: str) -> None:
    assert says in why_no_agent(argv, NOBODY, ended=False, seen=False)


def test_a_process_that_only_records_is_told_apart() -> None:
    assert "takes no commands" in why_no_agent(("python", "app.py"), NOBODY, ended=False, seen=True)
