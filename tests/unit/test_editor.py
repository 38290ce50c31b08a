"""The command that opens a line in the user's editor, or the sentence that says why there is none."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from gctui.monitor.editor import EditorError, edit, editor_command
from gctui.monitor.model import Frame


@pytest.fixture
def source(tmp_path: Path) -> Frame:
    path = tmp_path / "shop.py"
    path.write_text("x = 1\n")
    return Frame(str(path), 12)


def find(*there: str) -> object:
    return lambda name: f"/bin/{name}" if name in there else None


@pytest.mark.parametrize(
    ("environment", "there", "expected"),
    [
        ({"VISUAL": "emacs -nw", "EDITOR": "ed"}, ("emacs", "ed"), ["emacs", "-nw"]),
        ({"EDITOR": "'my editor'"}, ("my editor",), ["my editor"]),
        ({"VISUAL": " ", "EDITOR": "ed"}, ("ed",), ["ed"]),
        ({}, ("vi", "nano"), ["vi"]),
        ({}, ("nano",), ["nano"]),
    ],
)
def test_which_editor(source: Frame, environment: dict[str, str], there: tuple[str, ...], expected: list[str]) -> None:
    assert editor_command(source, "", environment, find(*there)) == [*expected, "+12", source.filename]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("environment", "text"),
    [
        ({}, "neither vi nor nano is found"),
        ({"VISUAL": "subl"}, "$VISUAL is subl, which is not found."),
        ({"EDITOR": "'"}, "$EDITOR is no command: no closing quotation."),
    ],
)
def test_no_editor(source: Frame, environment: dict[str, str], text: str) -> None:
    with pytest.raises(EditorError, match=text.replace("$", r"\$")):
        editor_command(source, "", environment, find())  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "<string>", "<frozen os>", "/nowhere/x.py", "/dev/zero", "/", "\0", "a" * 5000])
def test_no_file(name: str) -> None:
    with pytest.raises(EditorError, match=r"\.$"):
        editor_command(Frame(name, 1), "", {"EDITOR": sys.executable})


def test_a_name_is_never_an_option(tmp_path: Path) -> None:
    (tmp_path / "-c evil").write_text("")
    command = editor_command(Frame("-c evil", 0), str(tmp_path), {"EDITOR": sys.executable})
    assert command[1:] == ["+1", str(tmp_path / "-c evil")]


def test_its_failure_is_said() -> None:
    assert "ended with exit status 3" in edit([sys.executable, "-c", "raise SystemExit(3)"])
    assert "was ended by a signal" in edit([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"])
    assert "cannot be run: permission denied" in edit([os.fspath(Path(__file__).parent)])
    assert edit([sys.executable, "-c", ""]) == ""


def test_an_interrupt_is_the_editors_and_other_signals_come_after_it() -> None:
    came: list[int] = []
    before = {one: signal.signal(one, lambda number, _: came.append(number)) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        code = f"import os, signal\nfor one in (signal.SIGINT, signal.SIGTERM): os.kill({os.getpid()}, one)"
        edit([sys.executable, "-c", code])
        assert came == [signal.SIGTERM]
        signal.raise_signal(signal.SIGINT)
        assert came == [signal.SIGTERM, signal.SIGINT], "afterwards all is as it was"
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
