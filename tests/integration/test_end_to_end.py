"""What a user does, on a real terminal, with every Python found here as the program."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from gctui.monitor.tracing import CAN_SAMPLE
from tests.integration.pythons import PRIMARY, Python
from tests.integration.tmux import TMUX, Terminal

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")

sampling = pytest.mark.skipif(not CAN_SAMPLE, reason="the C part could not be built here")

#: Prints, allocates in two places, makes cycles, and ends with a code of its own.
PROGRAM = """
import sys, time

def hoard(kept):
    kept.append(bytearray(200_000))

def loops():
    for _ in range(300):
        a = {}
        b = {"a": a}
        a["b"] = b

print("\\033[31mred words\\033[0m \\033]0;stolen title\\007and [bold]no markup", flush=True)
kept = []
end = time.monotonic() + 120
while time.monotonic() < end:
    if len(kept) < 50:
        hoard(kept)
    loops()
    time.sleep(0.02)
"""

Start = Callable[..., Terminal]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    terminals: list[Terminal] = []

    def start(*words: str, columns: int = 160, lines: int = 48, **environment: str) -> Terminal:
        terminal = Terminal([sys.executable, "-m", "gctui", *words], columns, lines, environment)
        terminals.append(terminal)
        return terminal

    yield start
    for terminal in terminals:
        terminal.close()


@pytest.fixture
def program(tmp_path: Path) -> str:
    (tmp_path / "app.py").write_text(PROGRAM)
    return str(tmp_path / "app.py")


def collections(screen: str) -> int:
    """Collections of generation 0, as the screen has them."""
    (row,) = re.findall(r"^ *0 +\S* *[\d.k]+/[\d.k]+ +([\d.k]+)", screen, re.MULTILINE)
    return int(float(row.rstrip("k")) * (1000 if row.endswith("k") else 1))


def test_from_launch_to_exit(start: Start, program: str, python: Python) -> None:
    terminal = start("--alloc", "exact", python.path, program)

    # The collector at work.
    first = terminal.wait_for("Generations", "Collection log", "Top allocations", ".".join(map(str, python.version)))
    seen = collections(first)
    while collections(terminal.screen()) <= seen:
        pass
    # Force a collection.
    terminal.keys("2")
    terminal.wait_for("Generation 2 collected in", "freed", "RSS")
    # Sort and filter the allocations.
    terminal.wait_for("app.py:5", "<unknown>")
    focus(terminal, "Top allocations")
    before = terminal.screen()
    terminal.keys("s")
    terminal.wait_for("growth▼") if "size▼" in before else terminal.wait_for("▼")
    terminal.keys("S", "/")
    terminal.keys("app.py", "Enter")
    terminal.wait_until_gone("<unknown>")  # the row of what the interpreter itself allocated
    # Drill down to the traceback and its source, and back.
    terminal.keys("Home", "Enter")
    terminal.wait_for("kept.append(bytearray(200_000))", "hoard(kept)")
    terminal.keys("Escape")
    terminal.wait_for("Generations")
    # The program's output, harmless.
    terminal.keys("o")
    terminal.wait_for("red words and [bold]no markup")
    # A small terminal.
    terminal.resize(80, 24)
    terminal.wait_for("Generations", "red words")
    # Leave.
    terminal.keys("q")
    terminal.wait_for("Terminate")
    terminal.keys("t")
    left = terminal.wait_for("RC=143", "killed by SIGTERM", "generational collector")
    assert "red words" in left


@sampling
def test_allocations_are_sampled_unless_the_user_wants_all_or_none(start: Start, program: str) -> None:
    terminal = start(PRIMARY, program)

    terminal.wait_for("sampled since", "app.py:5")
    terminal.keys("a")
    terminal.wait_for("Exact allocation tracing, 5 frames", "exact since")
    terminal.keys("a")
    terminal.wait_for("tracing is off", "full speed")
    terminal.keys("a")
    terminal.wait_for("Sampled allocation tracing, one in 512 KiB, 25 frames", "sampled since")


def focus(terminal: Terminal, title: str) -> None:
    """Go to a pane with tab; the focused one has a heavy line."""
    for _ in range(8):
        if re.search("━" + title, terminal.screen()):
            return
        terminal.keys("Tab")
    raise AssertionError(f"{title} cannot be focused:\n{terminal.screen()}")


def test_a_crash_leaves_its_traceback_to_read(start: Start) -> None:
    terminal = start(PRIMARY, "-c", "import gc; gc.collect(); 1/0")

    terminal.wait_for("exit status 1")
    terminal.keys("o")
    terminal.wait_for("ZeroDivisionError")
    terminal.keys("q")
    terminal.wait_for("RC=1", "ZeroDivisionError")


def test_a_program_without_an_agent_is_explained(start: Start) -> None:
    terminal = start("sleep", "60")

    terminal.wait_for("'sleep' is not Python")
    terminal.keys("q")
    terminal.wait_for("Kill")
    terminal.keys("k")
    terminal.wait_for("RC=137")


def test_a_shell_that_starts_python(start: Start, program: str) -> None:
    terminal = start("sh", "-c", f'"{PRIMARY}" "{program}"; true')

    terminal.wait_for("Top allocations", "app.py:")
    terminal.keys("q")
    terminal.wait_for("Terminate")
    terminal.keys("t")
    terminal.wait_for("RC=143")


def test_pipes_on_both_sides_pass_straight_through(start: Start, tmp_path: Path) -> None:
    code = "import sys, time; print(sys.stdin.read().upper(), end=''); sys.stdout.flush(); time.sleep(60)"
    (tmp_path / "pipeline.sh").write_text(
        f'printf "one\\ntwo\\n" | "{sys.executable}" -m gctui "{PRIMARY}" -c "$1" | tee "{tmp_path}/out"\n'
    )
    terminal = Terminal(["sh", str(tmp_path / "pipeline.sh"), code])
    try:
        terminal.wait_for("Generations", "running")
        assert (tmp_path / "out").read_bytes() == b"ONE\nTWO\n"
        terminal.keys("q")
        terminal.wait_for("Terminate")
        terminal.keys("t")
        terminal.wait_for("RC=", "killed by SIGTERM")
    finally:
        terminal.close()
    assert (tmp_path / "out").read_bytes() == b"ONE\nTWO\n"


def test_typing_reaches_the_program(start: Start, tmp_path: Path) -> None:
    terminal = start(PRIMARY, "-c", "name = input('who? '); print('hello', name[::-1]); input()")

    terminal.wait_for("Generations")
    terminal.keys("o")
    terminal.wait_for("who?")
    terminal.keys("Enter")
    terminal.wait_for("typing")
    terminal.keys("gctui", "Enter")
    terminal.wait_for("hello iutcg")
    terminal.keys("Enter")
    terminal.wait_for("ended with exit status 0")


def test_output_is_kept_in_a_file(start: Start, tmp_path: Path) -> None:
    terminal = start("--output", str(tmp_path / "out"), PRIMARY, "-c", "print('kept')")

    terminal.wait_for("ended with exit status 0")
    terminal.keys("q")
    terminal.wait_for("RC=0")
    assert (tmp_path / "out").read_bytes() == b"kept\r\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal(start: Start, program: str, number: signal.Signals) -> None:
    terminal = start(PRIMARY, program)
    terminal.wait_for("Generations", "running")

    os.kill(gctui_process(program), number)

    left = terminal.wait_for(f"RC={128 + number}")
    assert "Generations" not in left


def gctui_process(program: str) -> int:
    """The gctui that watches `program`: the parent of the Python that runs it."""
    (parent,) = (
        process.ppid() for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"] == [PRIMARY, program]
    )
    return int(parent)


@pytest.mark.parametrize(
    ("environment", "says"),
    [({"TERM": "dumb"}, "TERM is dumb"), ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "UTF-8")],
)
def test_an_unfit_terminal_gets_a_sentence_and_no_screen(
    start: Start, environment: dict[str, str], says: str, tmp_path: Path
) -> None:
    words: Sequence[str] = ["env", *(f"{name}={value}" for name, value in environment.items())]
    terminal = Terminal([*words, sys.executable, "-m", "gctui", PRIMARY, "-c", "print('ran')"])
    try:
        terminal.wait_for("no screen", says, "ran", "RC=0")
    finally:
        terminal.close()


def test_a_tiny_window_is_told_so(start: Start, program: str) -> None:
    terminal = start(PRIMARY, program, columns=20, lines=5)

    terminal.wait_for("too small")
    terminal.resize(80, 24)
    terminal.wait_for("Generations")
