"""What took long is not due again for long."""

from __future__ import annotations

import pytest

from gctui.ui import ration
from gctui.ui.ration import Ration


def test_the_share_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(ration, "perf_counter", lambda: now)
    work = Ration()
    assert work.is_due
    with work.spent():
        now += 0.1
    assert not work.is_due
    now += 0.89
    assert not work.is_due
    now += 0.02
    assert work.is_due
