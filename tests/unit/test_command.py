"""What to run, and the sentence and exit code when it cannot be run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gctui.monitor.command import resolve, without_tool_folder
from gctui.monitor.errors import CannotRun, CommandNotFound, GctuiError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("python3", "tool"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "data.txt").write_text("x")
    (tmp_path / "app.py").write_text("pass")
    return tmp_path


def test_a_command_is_found_on_the_path(folder: Path) -> None:
    command = resolve(["tool", "-x", "--", "y"], {"PATH": str(folder)})

    assert (command.argv, command.executable) == (("tool", "-x", "--", "y"), str(folder / "tool"))


@pytest.mark.parametrize("words", [["-m", "http.server", "8000"], ["app.py", "-x"]])
def test_short_forms_find_python_by_themselves(folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.chdir(folder)

    command = resolve(words, {"PATH": str(folder)})

    assert (command.argv, command.executable) == (("python3", *words), str(folder / "python3"))


@pytest.mark.parametrize(
    ("words", "error", "code", "says"),
    [
        ([], UsageError, 2, "gctui python app.py"),
        (["-m"], UsageError, 2, "name of a module"),
        (["nowhere"], CommandNotFound, 127, "'nowhere'"),
        (["./nowhere"], CommandNotFound, 127, "'./nowhere'"),
        (["nowhere.py"], CommandNotFound, 127, "'nowhere.py'"),
        (["python", "app.py"], CommandNotFound, 127, "'python3'"),
        (["./data.txt"], CannotRun, 126, "not executable"),
        (["data.txt"], CannotRun, 126, "not executable"),
        (["./"], CannotRun, 126, "folder"),
    ],
)
def test_what_cannot_run_gets_a_sentence_and_a_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], error: type[GctuiError], code: int, says: str
) -> None:
    monkeypatch.chdir(folder)

    with pytest.raises(error, match=says) as caught:
        resolve(words, {"PATH": str(folder)})

    assert caught.value.exit_code == code


def test_the_hidden_environment_of_uvx_is_left_out_and_a_chosen_one_is_not() -> None:
    own = os.path.join(sys.prefix, "bin")
    path = os.pathsep.join([own, "/usr/bin"])

    assert without_tool_folder({"PATH": path, "UV": "/x/uv"})["PATH"] == "/usr/bin"
    assert without_tool_folder({"PATH": path, "UV": "/x/uv", "VIRTUAL_ENV": sys.prefix})["PATH"] == path
    assert without_tool_folder({"PATH": path})["PATH"] == path
