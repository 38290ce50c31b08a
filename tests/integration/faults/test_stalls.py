"""The monitor is stopped, killed or held up, and a ticking program does not notice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.faults import stalls
from tests.integration.faults.running import PROGRAMS
from tests.integration.pythons import PRIMARY
from tests.integration.terminals import Emulator
from tests.integration.waiting import wait_for

#: For how long the program is measured, seconds. A longer run shows growth better.
MEASURED_S = float(os.environ.get("GCTUI_TEST_STALL_SECONDS", "2.5"))
#: Longest gap between two ticks that a busy machine may cause; a program that waits for gctui waits for ever.
STALL_S = 1.0
#: Bytes. The ring is filled for the first time meanwhile, 0.5 MiB; a buffer without bounds would take 10 MB of output.
GROWTH = 2 << 20
GCTUI = [sys.executable, "-m", "gctui"]


@dataclass(frozen=True, slots=True)
class Measured:
    longest_s: float
    grown: int
    collections: int
    lines: int


def command(folder: Path) -> list[str]:
    return [PRIMARY, str(PROGRAMS / "tick.py"), str(folder), str(MEASURED_S)]


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    made = Emulator(columns=160, lines=48)
    os.set_blocking(made.master, False)
    yield made
    made.close()


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that end with the test."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def draw(emulator: Emulator) -> bytes:
    """Take what was printed on the terminal, as an emulator does, so that it is never full; all of it so far."""
    try:
        while data := os.read(emulator.master, 1 << 16):
            emulator.printed += data
    except OSError:
        pass
    return emulator.printed


def is_ready(folder: Path, emulator: Emulator | None = None) -> None:
    def look() -> bool:
        return (folder / "ready").exists() and (emulator is None or b"Generations" in draw(emulator))

    try:
        wait_for(look, "the program ticks and the screen shows it", limit=10)
    except AssertionError:
        raise AssertionError(f"{emulator and emulator.printed[-3000:]!r}") from None


def measured(folder: Path, name: str, emulator: Emulator | None = None) -> Measured:
    """Let the program measure, and judge what it found."""
    (folder / "go").touch()

    def look() -> bool:
        if emulator is not None:
            draw(emulator)
        return (folder / "result").exists()

    wait_for(look, "the program has measured", limit=MEASURED_S + 30)
    found = Measured(*json.loads((folder / "result").read_text()))
    print(f"{name}: longest gap {found.longest_s * 1000:.1f} ms, grown by {found.grown >> 10} KiB, {found}")
    assert found.longest_s < STALL_S
    assert found.grown < GROWTH
    return found


def test_bare(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    """The figures to compare with."""
    started.append(subprocess.Popen(command(tmp_path), stdout=subprocess.DEVNULL))
    is_ready(tmp_path)
    measured(tmp_path, "bare")


def headless(folder: Path, stderr: int) -> subprocess.Popen[bytes]:
    summary = ["--summary", str(folder / "summary.json")]
    return subprocess.Popen(
        [*GCTUI, "--headless", *summary, *command(folder)], stdout=subprocess.DEVNULL, stderr=stderr
    )


def test_a_stopped_monitor(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    process = headless(tmp_path, subprocess.PIPE)
    started.append(process)
    is_ready(tmp_path)
    process.send_signal(signal.SIGSTOP)
    found = measured(tmp_path, stalls.STOPPED.name)

    process.send_signal(signal.SIGCONT)
    _, said = process.communicate(timeout=30)
    (interpreter,) = json.loads((tmp_path / "summary.json").read_text())["processes"][0]["interpreters"]
    assert interpreter["generations"][0]["collections"] == found.collections
    assert interpreter["events_dropped"] > 0
    assert f"{interpreter['events_dropped']} collections were overwritten" in said.decode()


def test_a_killed_monitor(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    process = headless(tmp_path, subprocess.DEVNULL)
    started.append(process)
    is_ready(tmp_path)
    process.kill()
    measured(tmp_path, stalls.KILLED.name)


def test_a_full_stderr(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    filled = 0
    try:
        while True:
            filled += os.write(writer, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    process = headless(tmp_path, writer)
    started.append(process)
    os.close(writer)
    is_ready(tmp_path)
    measured(tmp_path, stalls.FULL_STDERR.name)

    with open(reader, "rb") as pipe:
        assert pipe.read()[filled:].startswith(b"gctui: exit status 0")
    assert process.wait(timeout=30) == 0


def test_a_stopped_monitor_with_a_screen(
    tmp_path: Path, emulator: Emulator, started: list[subprocess.Popen[bytes]]
) -> None:
    output = tmp_path / "output"
    process = emulator.run(*GCTUI, "--output", str(output), *command(tmp_path))
    started.append(process)
    is_ready(tmp_path, emulator)
    process.send_signal(signal.SIGSTOP)
    found = measured(tmp_path, stalls.SCREEN_STOPPED.name, emulator)
    wait_for(
        lambda: output.stat().st_size == found.lines * 401, "the keeper has written all lines, each with its CR LF"
    )

    process.send_signal(signal.SIGCONT)
    os.write(emulator.master, b"o")
    wait_for(lambda: b"dropped" in draw(emulator), "the output pane counts what was dropped")


def test_a_killed_monitor_with_a_screen(
    tmp_path: Path, emulator: Emulator, started: list[subprocess.Popen[bytes]]
) -> None:
    process = emulator.run(*GCTUI, *command(tmp_path))
    started.append(process)
    is_ready(tmp_path, emulator)
    process.kill()
    measured(tmp_path, stalls.SCREEN_KILLED.name, emulator)


def test_a_stopped_terminal(tmp_path: Path, emulator: Emulator, started: list[subprocess.Popen[bytes]]) -> None:
    started.append(emulator.run(*GCTUI, *command(tmp_path)))
    is_ready(tmp_path, emulator)
    termios.tcflow(emulator.slave, termios.TCOOFF)
    measured(tmp_path, stalls.FLOW_CONTROL.name)

    before = len(draw(emulator))
    termios.tcflow(emulator.slave, termios.TCOON)
    wait_for(lambda: b"exit status 0" in draw(emulator)[before:], "the screen goes on")


def test_a_full_disk_for_the_output(tmp_path: Path, emulator: Emulator, started: list[subprocess.Popen[bytes]]) -> None:
    started.append(emulator.run(*GCTUI, "--output", "/dev/full", *command(tmp_path)))
    is_ready(tmp_path, emulator)
    measured(tmp_path, stalls.OUTPUT_FULL.name, emulator)

    wait_for(lambda: b"longer written" in draw(emulator), "a notice says it")
