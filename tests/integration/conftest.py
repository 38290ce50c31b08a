"""Fixtures of the tests that start real processes."""

from __future__ import annotations

import pytest

from tests.integration.pythons import Python, find_pythons


@pytest.fixture(params=find_pythons(), ids=str)
def python(request: pytest.FixtureRequest) -> Python:
    """Each CPython on this machine in turn, as the observed interpreter."""
    found: Python = request.param
    return found
