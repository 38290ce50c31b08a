"""The pictures of the README: the script still takes them, and what is committed tells nothing of the machine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from screenshots.take import FOLDER, SCENES, words

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "screenshots"
LARGEST = 100 << 10
"""Bytes; every picture is in each clone for ever."""
NAMESPACE = "http://www.w3.org/2000/svg"


def test_a_picture_of_a_real_run(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "screenshots", "traceback", "--folder", str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180)

    assert run.returncode == 0, run.stderr
    picture = (tmp_path / "traceback.svg").read_text()
    shown = words(picture)
    for text in ("cycles.py:40", "of traced memory", "return [bytes(400) for _ in range(8)]", "in serve", "esc Back"):
        assert text.replace(" ", "") in shown.replace(" ", ""), f"{text!r} is not in the picture:\n{shown}"
    assert addresses(picture) == {NAMESPACE}
    assert not list(tmp_path.glob("[!t]*"))


def test_a_picture_that_there_is_not(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "screenshots", "nonsense", "--folder", str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert run.returncode == 2
    assert "there is no picture nonsense" in run.stderr


def test_every_picture_is_committed_and_no_other() -> None:
    assert {file.stem for file in COMMITTED.glob("*.svg")} == set(SCENES)


def test_every_picture_is_shown_to_users() -> None:
    readme = (ROOT / "README.md").read_text()

    assert set(re.findall(r"screenshots/(\w+)\.svg", readme)) == set(SCENES)


@pytest.mark.parametrize("name", SCENES)
def test_a_committed_picture_tells_nothing_of_the_machine(name: str) -> None:
    file = COMMITTED / f"{name}.svg"
    picture = file.read_text()

    assert file.stat().st_size <= LARGEST
    assert addresses(picture) == {NAMESPACE}
    assert "@font-face" not in picture
    assert absolute_paths(words(picture)) <= {f"{FOLDER}/{SCENES[name].demo}.py"}
    for telling in ("/site-packages", str(Path.home()), str(ROOT), sys.prefix, sys.base_prefix):
        assert len(telling) < len("/root") or telling not in picture


def addresses(picture: str) -> set[str]:
    return set(re.findall(r"[a-z]+://[^\s\"'<>)]+", picture))


def absolute_paths(text: str) -> set[str]:
    """`45/700` and `22.6/s` are none, nor is `…/demo/cycles.py`, of which the beginning is not shown."""
    return set(re.findall(r"(?<![\w…/])/\w[\w./-]*", text))
