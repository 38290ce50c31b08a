"""Differences that are known, and why a user can accept each. `docs/transparency.md` is made from this list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

EVERY = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15")

#: The values of gctui's option.
ALLOC = ("off", "sampled", "exact")
TRACED = ALLOC[1:]


@dataclass(frozen=True, slots=True)
class Explained:
    """One difference."""

    module: str
    test: str
    """As the report names it; `*` stands for any part of it."""
    versions: tuple[str, ...]
    reason: str
    """One sentence for users: what differs, and why it must."""
    alloc: tuple[str, ...] = ALLOC
    """With which `--alloc` it differs."""


_ONE_THREAD = (
    "The private `is_running()` refuses an interpreter that has more than one thread, and the agent is a thread of the "
    "main one; it would refuse any program with threads."
)

_ASKS_TRACEMALLOC = "The test skips itself while tracemalloc is tracing, whose state it is about."
_SKIPS_SUBINTERPRETERS = (
    "`test.support.run_in_subinterp` skips a test while tracemalloc is tracing, which alone does not survive "
    "subinterpreters; under gctui it does."
)

EXPLAINED: tuple[Explained, ...] = (
    Explained("test_interpreters", "*TestInterpreterIsRunning.test_main", ("3.9", "3.10", "3.11"), _ONE_THREAD),
    Explained("test__xxsubinterpreters", "*IsRunningTests.test_main", ("3.8", "3.9", "3.10", "3.11"), _ONE_THREAD),
    Explained(
        "test_external_inspection",
        "*TestGetStackTrace.test_self_trace",
        ("3.13",),
        "The test's own reader takes the stack of the newest thread for that of the program, and the newest is the "
        "agent's; it would be wrong in any program with threads.",
    ),
    Explained(
        "test_sys",
        "*TestSysJIT.test_jit_is_active",
        ("3.15",),
        "The test expects that its loop is compiled in one certain round. A collection in that round puts it off, also "
        "bare; when collections come depends on how many objects were made before, of which the agent's start is some.",
    ),
    Explained(
        "test_subprocess",
        "*POSIXProcessTestCase.test_pass_fds_redirected",
        EVERY[:6],
        "The test lets a child list all its descriptors, and finds the three of its agent, from number 900 on.",
    ),
    Explained("test_tracemalloc", "*TestTracemallocEnabled.*", EVERY, _ASKS_TRACEMALLOC, alloc=TRACED),
    Explained("test_tracemalloc", "*TestCAPI.*", EVERY, _ASKS_TRACEMALLOC, alloc=TRACED),
    Explained("test_atexit", "*SubinterpreterTest.*", EVERY, _SKIPS_SUBINTERPRETERS, alloc=TRACED),
    Explained("test_capi", "*SubinterpreterTest.*", EVERY, _SKIPS_SUBINTERPRETERS, alloc=TRACED),
    Explained("test_threading", "*SubinterpThreadingTests.*", EVERY, _SKIPS_SUBINTERPRETERS, alloc=TRACED),
)


def reason_for(module: str, test: str, version: str, alloc: str, known: Iterable[Explained] = EXPLAINED) -> str:
    """Why this test differs, when it is known to; empty when it is not. `version`: such as 3.14."""
    for entry in known:
        applies = module == entry.module and version in entry.versions and alloc in entry.alloc
        if applies and fnmatchcase(test, entry.test):
            return entry.reason
    return ""
