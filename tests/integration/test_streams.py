"""Real programs on real pseudo-terminals: which streams they get, what reaches them, what they see of us."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gctui.monitor.streams import UNSENT_LIMIT, Streams, read
from tests.integration.terminals import Emulator, wait_for

Launch = Callable[[str], tuple[Streams, "subprocess.Popen[bytes]"]]

LAUNCHER = """
import json, subprocess, sys
from gctui.monitor.streams import Streams
streams = Streams.for_screen()
program = subprocess.Popen([sys.executable, "-c", sys.argv[1], sys.argv[2]], **streams.popen_arguments())
streams.after_launch()
printed = b"".join(iter(streams.read, b"")) if streams.has_terminal else b""
program.wait()
facts = [streams.has_terminal, streams.accepts_input, streams.master > 9, printed.decode()]
json.dump(facts, open(sys.argv[2] + ".seen", "w"))
"""
PROGRAM = """
import json, os, sys
terminals = [number for number in (0, 1, 2) if os.isatty(number)]
facts = {
    "terminals": terminals,
    "size": list(os.get_terminal_size(terminals[0])) if terminals else None,
    "names": len({os.ttyname(number) for number in terminals}),
    "leader": os.getsid(0) == os.getpid() == os.getpgrp(),
    "foreground": bool(terminals) and os.tcgetpgrp(terminals[0]) == os.getpid(),
    "input": None if 0 in terminals else sys.stdin.read(),
    "descriptors": sorted(int(name) for name in os.listdir("/proc/self/fd"))[:-1],
}
print("to stdout")
print("to stderr", file=sys.stderr)
try:
    open("/dev/tty", "w").write("to the terminal")
    facts["controlling"] = True
except OSError:
    facts["controlling"] = False
json.dump(facts, open(sys.argv[1], "w"))
"""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    made = Emulator(columns=91, lines=31)
    yield made
    made.close()


@pytest.fixture
def launch() -> Iterator[Launch]:
    """Start Python code with all three streams on a terminal of ours."""
    started: list[tuple[Streams, subprocess.Popen[bytes]]] = []

    def start(code: str) -> tuple[Streams, subprocess.Popen[bytes]]:
        streams = Streams((0, 1, 2), new_session=True)
        program = subprocess.Popen([sys.executable, "-c", code], **streams.popen_arguments())
        streams.after_launch()
        started.append((streams, program))
        return streams, program

    yield start
    for streams, program in started:
        program.kill()
        program.wait()
        streams.close()


def launched(emulator: Emulator, folder: Path, **streams: Any) -> tuple[dict[str, Any], list[Any]]:
    """What a program saw that was launched from a terminal with these redirections, and what its launcher saw."""
    result = folder / "facts"
    launcher = emulator.run(sys.executable, "-c", LAUNCHER, PROGRAM, str(result), **streams)
    assert launcher.wait(timeout=30) == 0
    return json.loads(result.read_text()), json.loads(result.with_suffix(".seen").read_text())


def test_three_terminals_become_one_of_the_programs_own(emulator: Emulator, tmp_path: Path) -> None:
    facts, seen = launched(emulator, tmp_path)

    assert facts["terminals"] == facts["descriptors"] == [0, 1, 2]
    assert (facts["size"], facts["names"]) == ([91, 31], 1)
    assert facts["leader"] and facts["foreground"] and facts["controlling"]
    assert seen == [True, True, True, "to stdout\r\nto stderr\r\nto the terminal"]


def test_in_a_pipeline_only_stderr_is_a_terminal(emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "in").write_text("from the file before")
    with open(tmp_path / "in") as source, open(tmp_path / "out", "w") as sink:
        facts, seen = launched(emulator, tmp_path, stdin=source, stdout=sink)

    assert facts["terminals"] == [2]
    assert facts["input"] == "from the file before"
    assert facts["foreground"] and facts["controlling"]
    assert (tmp_path / "out").read_text() == "to stdout\n"
    assert seen == [True, False, True, "to stderr\r\nto the terminal"]


def test_only_stdin_is_a_terminal(emulator: Emulator, tmp_path: Path) -> None:
    with open(tmp_path / "out", "wb") as sink:
        facts, seen = launched(emulator, tmp_path, stdout=sink, stderr=sink)

    assert facts["terminals"] == [0]
    assert sorted((tmp_path / "out").read_text().split("\n")) == ["", "to stderr", "to stdout"]
    assert seen == [True, True, True, "to the terminal"]


def test_without_terminals_nothing_becomes_one(emulator: Emulator, tmp_path: Path) -> None:
    with open(tmp_path / "out", "wb") as sink:
        facts, seen = launched(emulator, tmp_path, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)

    assert facts["terminals"] == []
    assert facts["leader"] and not facts["controlling"]
    assert seen == [False, False, False, ""]


def test_untouched_changes_nothing() -> None:
    streams = Streams.untouched()

    assert not (streams.has_terminal or streams.accepts_input or streams.new_session)
    code = "import os; print(os.getsid(0), os.getpgrp())"
    arguments = streams.popen_arguments() | {"stdout": subprocess.PIPE}
    program = subprocess.Popen([sys.executable, "-c", code], text=True, **arguments)
    assert program.communicate()[0] == f"{os.getsid(0)} {os.getpgrp()}\n"
    streams.resize(80, 24)
    streams.write(b"x")
    streams.close()


def test_the_terminal_has_the_modes_of_the_users(emulator: Emulator, tmp_path: Path) -> None:
    subprocess.run(["stty", "-echo", "intr", "^T"], stdin=emulator.slave, check=True)
    code = "import subprocess; subprocess.run(['stty', '-a'])"
    launcher = LAUNCHER.replace("sys.argv[1],", f"{code!r},")
    emulator.run(sys.executable, "-c", launcher, "", str(tmp_path / "facts")).wait(timeout=30)

    seen = (tmp_path / "facts.seen").read_text()
    assert "-echo " in seen
    assert "intr = ^T" in seen


def test_a_new_size_is_told(launch: Launch) -> None:
    streams, _ = launch(
        "import os, signal, time\n"
        "signal.signal(signal.SIGWINCH, lambda *_: print(*os.get_terminal_size(), flush=True))\n"
        "print('ready', flush=True)\n"
        "while True: signal.pause()"
    )
    wait_for(streams.master, b"ready")

    streams.resize(123, 45)
    wait_for(streams.master, b"123 45")
    streams.resize(0, 1_000_000)
    wait_for(streams.master, b"1 65535")


def test_what_is_typed_arrives_as_at_a_terminal(launch: Launch) -> None:
    streams, program = launch("import sys\nfor line in sys.stdin: print('got', line.strip(), flush=True)")

    streams.write("größe\n".encode())
    wait_for(streams.master, "got größe".encode())
    streams.write(b"\x04")

    assert program.wait(timeout=20) == 0
    assert b"".join(iter(streams.read, b"")) in (b"\r\n", b"")
    assert streams.read() == b""


def test_control_c_interrupts_the_program(launch: Launch) -> None:
    streams, program = launch("import time; print('ready', flush=True); time.sleep(60)")
    wait_for(streams.master, b"ready")

    streams.write(b"\x03")
    wait_for(streams.master, b"KeyboardInterrupt")

    assert program.wait(timeout=20) == -signal.SIGINT


def test_a_program_that_does_not_read_never_blocks_us(launch: Launch) -> None:
    streams, _ = launch(
        "import os, sys, tty, signal\ntty.setraw(0); print('ready', flush=True); signal.sigwait({signal.SIGUSR1})"
    )
    wait_for(streams.master, b"ready")

    began = time.monotonic()
    for _ in range(50):
        streams.write(b"x" * 100_000)

    assert time.monotonic() - began < 5
    assert streams.has_unsent
    assert len(streams._unsent) <= UNSENT_LIMIT


def test_what_waited_is_sent_when_the_program_reads(launch: Launch) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    try:
        streams, program = launch(
            "import os, tty, signal\n"
            "tty.setraw(0); print('ready', flush=True); signal.sigwait({signal.SIGUSR1})\n"
            "count = 0\n"
            "while True:\n"
            "    data = os.read(0, 65536); count += len(data)\n"
            "    if data.endswith(b'.'): break\n"
            "print('got', count, flush=True)"
        )
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    wait_for(streams.master, b"ready")
    streams.write(b"x" * 60_000)
    streams.write(b".")

    program.send_signal(signal.SIGUSR1)
    while streams.has_unsent:
        select.select([], [streams.master], [], 20)
        streams.flush()

    wait_for(streams.master, b"got 60001")


def test_a_closed_terminal_hangs_up(launch: Launch) -> None:
    streams, program = launch("import time; print('ready', flush=True); time.sleep(60)")
    wait_for(streams.master, b"ready")

    streams.close()
    streams.close()
    streams.write(b"x")
    streams.resize(80, 24)

    assert program.wait(timeout=20) == -signal.SIGHUP
    assert streams.read() == b""


def test_reading_waits_for_output(launch: Launch) -> None:
    streams, _ = launch("import time; time.sleep(0.3); print('late')")

    assert read(streams.master).startswith(b"late")
