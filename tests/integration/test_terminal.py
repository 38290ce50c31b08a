"""On a real terminal, however the streams are redirected: is there one to draw on, and does the screen reach it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gctui.monitor.terminal import ScreenTerminal, screen_terminal
from tests.integration.terminals import Emulator

ENVIRONMENT = {**os.environ, "TERM": "xterm", "PYTHONUTF8": "1"}

DRAW = """
import os, shutil, subprocess, sys
from gctui.monitor.terminal import screen_terminal
found = screen_terminal()
if isinstance(found, str):
    print("no screen:", found, flush=True)
    sys.exit(3)
print("before", file=sys.stderr)
print("unflushed before", end=" ")
with found.as_standard_streams():
    print("on the screen", shutil.get_terminal_size(), file=sys.__stderr__, flush=True)
    print("typed:", os.read(sys.__stdin__.fileno(), 100), file=sys.__stderr__, flush=True)
    subprocess.run(["ls", "-1", "/proc/self/fd"])
found.close()
print("after", file=sys.stderr)
print("after")
"""
ASK = """
import sys
from gctui.monitor.terminal import screen_terminal
open(sys.argv[1], "w").write(str(screen_terminal()))
"""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    made = Emulator(columns=91, lines=31)
    yield made
    made.close()


def test_with_every_stream_redirected_the_screen_is_on_the_terminal(emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "in").write_text("not for the screen")
    with open(tmp_path / "in") as source, open(tmp_path / "out", "w") as out, open(tmp_path / "err", "w") as err:
        drawing = emulator.run(sys.executable, "-c", DRAW, stdin=source, stdout=out, stderr=err, env=ENVIRONMENT)
    emulator.wait_for(b"on the screen os.terminal_size(columns=91, lines=31)")
    os.write(emulator.master, b"keys\n")
    assert drawing.wait(timeout=20) == 0

    printed = emulator.wait_for(b"\n0\r\n1\r\n2\r\n3\r\n")
    assert rb"typed: b'keys\n'" in printed
    assert b"before" not in printed
    assert (tmp_path / "out").read_text() == "unflushed before after\n"
    assert (tmp_path / "err").read_text() == "before\nafter\n"


def test_a_stream_that_was_closed_is_closed_again(emulator: Emulator, tmp_path: Path) -> None:
    shell = f'exec "$0" -c "$1" >&- 2>{tmp_path}/err'
    code = DRAW + "try: os.fstat(1)\nexcept OSError: print('closed', file=sys.stderr)"
    drawing = emulator.run("sh", "-c", shell, sys.executable, code, env=ENVIRONMENT)
    emulator.wait_for(b"on the screen")
    os.write(emulator.master, b"keys\n")

    assert drawing.wait(timeout=20) == 0
    assert (tmp_path / "err").read_text() == "before\nafter\nclosed\n"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"TERM": "dumb"}, "TERM is dumb"),
        ({"TERM": ""}, "TERM is not set"),
        ({"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}, "set PYTHONUTF8=1"),
    ],
)
def test_an_unfit_terminal_is_a_sentence(
    emulator: Emulator, tmp_path: Path, changes: dict[str, str], expected: str
) -> None:
    answer = tmp_path / "answer"
    assert emulator.run(sys.executable, "-c", ASK, str(answer), env=ENVIRONMENT | changes).wait(timeout=20) == 0

    assert expected in answer.read_text()


@pytest.mark.parametrize("closed", ["<&-", "2>&-"])
def test_a_closed_stream_is_a_sentence(emulator: Emulator, tmp_path: Path, closed: str) -> None:
    answer = tmp_path / "answer"
    shell = f'exec "$0" -c "$1" "$2" {closed}'
    assert emulator.run("sh", "-c", shell, sys.executable, ASK, str(answer), env=ENVIRONMENT).wait(timeout=20) == 0

    assert "is closed" in answer.read_text()


def test_no_terminal_is_a_sentence(tmp_path: Path) -> None:
    answer = tmp_path / "answer"
    subprocess.run([sys.executable, "-c", ASK, str(answer)], start_new_session=True, env=ENVIRONMENT, check=True)

    assert answer.read_text() == "There is no terminal to draw a screen on."


def test_the_background_is_a_sentence(emulator: Emulator, tmp_path: Path) -> None:
    answer = tmp_path / "answer"
    code = "import os; os.setpgid(0, 0)" + ASK
    launcher = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}, sys.argv[1]], check=True)"
    assert emulator.run(sys.executable, "-c", launcher, str(answer), env=ENVIRONMENT).wait(timeout=20) == 0

    assert "in the background" in answer.read_text()


def test_the_streams_come_back_after_an_error() -> None:
    before = [os.fstat(number)[:2] for number in (0, 1, 2)]
    terminal = ScreenTerminal(os.open(os.devnull, os.O_RDWR))

    with pytest.raises(RuntimeError), terminal.as_standard_streams():
        assert os.fstat(0)[:2] == os.stat(os.devnull)[:2]
        raise RuntimeError
    terminal.close()

    assert [os.fstat(number)[:2] for number in (0, 1, 2)] == before


def test_an_empty_environment_has_no_term() -> None:
    assert screen_terminal({}) == "TERM is not set: this terminal cannot draw a screen."
