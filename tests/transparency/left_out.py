"""Tests that hang without any observer, and would take the rest of their module with them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.transparency.explained import EVERY


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Tests that are not run."""

    module: str
    test: str
    """A part of the test's name between dots; `*` stands for anything."""
    versions: tuple[str, ...]
    reason: str
    """One sentence for users."""


LEFT_OUT = (
    LeftOut(
        "test_socket",
        "ThreadedVSOCKSocketStreamTest",
        EVERY,
        "It waits for ever for a peer in virtual machines that have no loopback for such sockets.",
    ),
    LeftOut("test_interpreters", "*thread*", ("3.11",), "Python 3.11 may hang in a subinterpreter made in a thread."),
    LeftOut(
        "test__xxsubinterpreters", "*thread*", ("3.11",), "Python 3.11 may hang in a subinterpreter made in a thread."
    ),
)


def left_out(module: str, version: str) -> tuple[str, ...]:
    """The patterns of a module's tests that are not run. `version`: such as 3.11."""
    return tuple(entry.test for entry in LEFT_OUT if entry.module == module and version in entry.versions)
