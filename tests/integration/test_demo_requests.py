"""The second example of the article: from a Response to the line that made it, and to the list that keeps it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import gctui.demos
from gctui.monitor.tracing import Tracing
from tests.integration.guests import watching
from tests.integration.pythons import PRIMARY
from tests.integration.test_census import Guest
from tests.integration.waiting import wait_for

DEMO = str(Path(gctui.demos.__file__).parent / "requests.py")


def test_a_response_leads_into_build_response_and_to_the_list(tmp_path: Path) -> None:
    requests = pytest.importorskip("requests", reason="the library requests is not installed")
    adapters = Path(requests.__file__).with_name("adapters.py")
    with watching(PRIMARY, DEMO, tracing=Tracing(10, 0)) as session:
        program = Guest(session, tmp_path)
        (kind,) = wait_for(lambda: [one for one in program.census().types if one.name == "Response"], "a response")
        assert kind.module == "requests.models"
        found = [one for one in program.instances(kind).instances if one.frames]
        assert found
        lines = [frame.line for frame in found[0].frames if frame.filename == str(adapters)]
        source = adapters.read_text().splitlines()
        begin = next(number for number, line in enumerate(source, 1) if "def build_response" in line)
        assert any(begin < line < begin + 40 for line in lines), found[0].frames
        way = program.referrers(found[0].id, kind)
        assert way.steps[-1] == (".kept", "module __main__")


def test_without_the_library_a_sentence_says_what_is_missing() -> None:
    done = subprocess.run([PRIMARY, "-I", "-S", DEMO], capture_output=True, text=True, timeout=30, check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "This demo needs the library requests: pip install 'gctui[requests]'.\n"
