"""The limit of open files, raised for the monitor alone."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from gctui.monitor.open_files import OpenFiles


@pytest.fixture(autouse=True)
def low_limit() -> Iterator[int]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (500, before[1]))
    yield 500
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def soft() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def test_it_is_raised_as_far_as_it_is_useful_and_given_back() -> None:
    files = OpenFiles(600)
    assert (files.limit, soft()) == (600, 600)
    files.restore()
    assert soft() == 500


def test_it_is_never_lowered() -> None:
    files = OpenFiles(400)
    assert (files.limit, soft()) == (500, 500)


def test_it_is_raised_no_further_than_the_hard_limit() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard == resource.RLIM_INFINITY:
        pytest.skip("there is no hard limit here")
    assert OpenFiles(hard + 1).limit == hard
