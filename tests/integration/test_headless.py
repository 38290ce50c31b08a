"""`gctui --headless` on every Python: the program's result is its own, and the summary is true."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.pythons import PRIMARY, Python
from tests.integration.waiting import wait_for

GCTUI = [sys.executable, "-m", "gctui"]

#: Counts its own collections with a callback of its own, and says what it saw at the end.
COUNTING = """
import gc, json, sys
seen = {}
def count(phase, info):
    if phase == "stop":
        seen[info["generation"]] = seen.get(info["generation"], 0) + 1
gc.callbacks.append(count)
for turn in range(3):
    for _ in range(5000):
        a = {}; b = {"a": a}; a["b"] = b
    gc.collect(turn)
gc.disable()
gc.callbacks.remove(count)
json.dump({"seen": seen, "stats": [one["collections"] for one in gc.get_stats()]}, open(sys.argv[1], "w"))
print("to stdout")
print("to stderr", file=sys.stderr)
sys.exit(7)
"""


def run(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*GCTUI, *words], capture_output=True, text=True, timeout=60, check=False, **options)


def summary_of(folder: Path, *words: str, **options: Any) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    done = run("--headless", "--summary", str(folder / "summary.json"), *words, **options)
    summary: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return done, summary


def test_streams_exit_code_and_every_collection(python: Python, tmp_path: Path) -> None:
    done, summary = summary_of(tmp_path, python.path, "-c", COUNTING, str(tmp_path / "counted.json"))
    counted = json.loads((tmp_path / "counted.json").read_text())

    assert (done.returncode, done.stdout) == (7, "to stdout\n")
    assert done.stderr.startswith("to stderr\ngctui: exit status 7 after ")
    assert summary["format"] == 1 and summary["exit"] == {"code": 7}
    (process,) = summary["processes"]
    assert process["clean_exit"] and process["python"] == ".".join(map(str, python.version))
    (interpreter,) = process["interpreters"]
    assert interpreter["events_dropped"] == 0
    assert interpreter["events_received"] >= sum(counted["seen"].values())
    for number, generation in enumerate(interpreter["generations"]):
        # One more: the collection at interpreter exit, after the program's last look.
        assert generation["collections"] - counted["stats"][number] in (0, 1)
        assert generation["pause_total_s"] >= generation["pause_max_s"] >= generation["pause_p50_s"] > 0


def test_traced_allocations_leave_the_result_alone(python: Python, tmp_path: Path) -> None:
    done, summary = summary_of(
        tmp_path, "--alloc", "exact", "--frames", "3", python.path, "-c", COUNTING, str(tmp_path / "counted.json")
    )

    assert (done.returncode, summary["exit"]) == (7, {"code": 7})


@pytest.mark.parametrize(
    ("code", "ended", "returned"),
    [
        ("import os; os._exit(5)", {"code": 5}, 5),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", {"signal": 9}, 137),
        ("raise SystemExit", {"code": 0}, 0),
        ("1/0", {"code": 1}, 1),
    ],
)
def test_however_it_ends_its_collections_are_there(
    tmp_path: Path, code: str, ended: dict[str, int], returned: int
) -> None:
    done, summary = summary_of(tmp_path, PRIMARY, "-c", "import gc; gc.collect(); gc.collect()\n" + code)

    assert (done.returncode, summary["exit"]) == (returned, ended)
    (process,) = summary["processes"]
    assert process["interpreters"][0]["generations"][2]["collections"] >= 2
    assert process["clean_exit"] == (returned in (0, 1))
    assert ("ZeroDivisionError" in done.stderr) == (code == "1/0")


def test_nothing_of_the_agent_shows_in_the_program(python: Python, tmp_path: Path) -> None:
    # Before 3.10 a second atexit module would silence the first, so there the agent's stays.
    kept = "'_gctui_agent'" if python.version >= (3, 10) else "('_gctui_agent', 'atexit')"
    look = (
        "import os, sys\n"
        f"print(sys.path, sorted(m for m in sys.modules if not m.startswith({kept})), sep='\\n')\n"
        "import threading, warnings, gc, atexit\n"
        "print(threading.enumerate()[1:], threading.active_count(), warnings.filters)\n"
        "print(gc.isenabled(), gc.get_threshold())\n"
        "print(sorted(n for n in map(int, os.listdir('/proc/self/fd')) if n < 10), sys.argv)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    bare = subprocess.run([python.path, "-c", look], capture_output=True, text=True, check=True, env=environment)
    watched = run("--headless", python.path, "-c", look, env=environment)

    assert watched.stdout == bare.stdout


def test_another_sitecustomize_runs_in_its_turn(python: Python, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins; builtins.theirs = 'theirs'")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = run(
        "--headless", python.path, "-c", "import sitecustomize; print(theirs, sitecustomize.__file__)", env=environment
    )

    assert done.stdout == f"theirs {tmp_path}/sitecustomize.py\n"


def test_a_failing_sitecustomize_fails_as_it_would_bare(python: Python, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import nowhere_to_be_found")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [python.path, "-c", "print('ran')"]
    bare = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    done = run("--headless", *command, env=environment)

    assert (done.returncode, done.stdout) == (bare.returncode, bare.stdout)
    assert done.stderr.startswith(bare.stderr) and "_gctui_agent" not in done.stderr


def test_a_fork_warns_no_more_than_bare(python: Python) -> None:
    if python.version == (3, 13, 0):
        pytest.skip("3.13.0 counts threads after the hook that starts ours again")
    code = (
        "import os, sys, warnings\n"
        "warnings.simplefilter('error')\n"
        "for _ in range(5):\n"
        "    pid = os.fork()\n"
        "    if pid == 0: os._exit(0)\n"
        "    os.waitpid(pid, 0)\n"
        "print('forked')"
    )
    done = run("--headless", python.path, "-c", code)

    assert done.stdout == "forked\n", done.stderr


def test_forked_children_record_for_themselves(tmp_path: Path) -> None:
    code = (
        "import os, gc\n"
        "gc.disable()\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    for _ in range(11): gc.collect(1)\n"
        "    os._exit(0)\n"
        "os.waitpid(pid, 0)\n"
        "for _ in range(7): gc.collect(1)\n"
    )
    _, summary = summary_of(tmp_path, PRIMARY, "-c", code)

    recorded = [process["interpreters"][0]["generations"][1] for process in summary["processes"]]
    assert [process["ppid"] == summary["processes"][0]["pid"] for process in summary["processes"]] == [False, True]
    assert recorded[1]["collections"] == 11
    assert recorded[0]["collections"] >= 7


def test_a_shell_between_passes_the_channel_on(tmp_path: Path) -> None:
    code = "import gc; gc.disable(); [gc.collect(1) for _ in range(3)]"
    done, summary = summary_of(tmp_path, "sh", "-c", f'"{PRIMARY}" -c "{code}"; "{PRIMARY}" -c "{code}"; exit 4')

    assert done.returncode == 4
    assert [process["clean_exit"] for process in summary["processes"]] == [True, True]
    for process in summary["processes"]:
        assert process["interpreters"][0]["generations"][1]["collections"] >= 3


def test_no_follow_leaves_children_alone(tmp_path: Path) -> None:
    code = "import os, subprocess, sys; print(os.environ.get('PYTHONPATH'), [n for n in os.environ if 'GCTUI' in n]);"
    code += "subprocess.run([sys.executable, '-c', 'import gc; gc.collect()'], check=True)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH" and "GCTUI" not in name}
    done, summary = summary_of(tmp_path, "--no-follow", PRIMARY, "-c", code, env=environment)

    assert done.stdout == "None []\n"
    assert len(summary["processes"]) == 1


@pytest.mark.parametrize("option", ["-I", "-E", "-S"])
def test_a_python_that_ignores_us_runs_and_the_reason_is_said(option: str) -> None:
    done = run("--headless", PRIMARY, option, "-c", "print('ran')")

    assert (done.returncode, done.stdout) == (0, "ran\n")
    assert f"with {option} Python ignores" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["nowhere-to-be-found"], 127, "no command 'nowhere-to-be-found'"),
        (["/etc/passwd"], 126, "not executable"),
        ([], 2, "no command to run"),
        (["--rate", "0", "true"], 2, "0.2 to 20"),
        (["--frames", "101", "true"], 2, "1 to 100"),
        (["--alloc", "sampled", "--sample-bytes", "0", "true"], 2, "not a size from 1 to 1G"),
        (["--gc-thresholds", "1,2,3,4", "true"], 2, "one to three whole numbers"),
        (["--gc-thresholds", "2147483648", "true"], 2, "0 to 2147483647"),
        (["--gc-thresholds", "700,", "true"], 2, "one to three whole numbers"),
        (["--gc-freeze-after", "5", "true"], 2, "such as 500ms, 5s or 2m"),
        (["--gc-freeze-after", "0s", "true"], 2, "1ms to 1440m"),
        (["attach", "1"], 2, "not there yet"),
        (["--headless", "--output", "x", "true"], 2, "redirect"),
        (["--headless", "--summary", "/nowhere/x", "true"], 2, "cannot be written"),
        (["--headless", "--summary", "/dev/full", "true"], 125, "could not be written"),
        (["demo", "nowhere"], 2, "The demos are: cycles"),
    ],
)
def test_bad_input_gets_a_sentence_and_its_code(words: list[str], code: int, says: str) -> None:
    done = run(*words)

    assert done.returncode == code
    assert says in done.stderr and "Traceback" not in done.stderr


def test_without_a_terminal_it_runs_headless_and_says_so() -> None:
    done = run(PRIMARY, "-c", "print('ran')", start_new_session=True, stdin=subprocess.DEVNULL)

    assert (done.returncode, done.stdout) == (0, "ran\n")
    assert "no screen" in done.stderr and "\x1b" not in done.stdout + done.stderr


def test_the_json_can_go_to_stdout() -> None:
    done = run("--headless", "--summary", "-", PRIMARY, "-c", "pass")

    assert json.loads(done.stdout)["exit"] == {"code": 0}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 3)])
def test_signals_reach_the_program(tmp_path: Path, number: int, code: int) -> None:
    ready = tmp_path / "ready"
    program = f"""
import sys, time
open({str(ready)!r}, "w").close()
try:
    time.sleep(30)
except KeyboardInterrupt:
    sys.exit(3)
"""
    process = subprocess.Popen([*GCTUI, "--headless", PRIMARY, "-c", program], start_new_session=True)
    try:
        wait_for(ready.exists, "the program is up")
        process.send_signal(number)

        assert process.wait(timeout=20) == code
    finally:
        process.kill()
        process.wait()


def test_the_runtime_folder_goes_with_the_session() -> None:
    code = "import os; print(os.path.dirname(os.environ['GCTUI_AGENT'].splitlines()[1] + '/x'))"
    folder = run("--headless", PRIMARY, "-c", code).stdout.strip()

    assert "gctui-" in folder and not os.path.exists(folder)


def test_help_teaches_by_example() -> None:
    done = run("--help")

    assert done.returncode == 0
    for example in ("gctui python app.py", "gctui demo", "| jq ."):
        assert example in done.stdout


def test_what_a_signal_handler_raises_in_a_collection_reaches_the_program(python: Python) -> None:
    # The signal comes while the collector works, so that its handler would run in the agent's callback.
    code = (
        "import gc, signal\n"
        "live = [[] for _ in range(400000)]\n"
        "def late(number, frame): raise TimeoutError\n"
        "signal.signal(signal.SIGALRM, late)\n"
        "caught = 0\n"
        "for _ in range(10):\n"
        "    try:\n"
        "        signal.setitimer(signal.ITIMER_REAL, 0.002)\n"
        "        for _ in range(100): gc.collect()\n"
        "    except TimeoutError: caught += 1\n"
        "signal.signal(signal.SIGALRM, signal.SIG_IGN)\n"
        "print(caught)\n"
    )
    done = run("--headless", python.path, "-c", code)

    assert done.stdout == "10\n" and "Exception ignored" not in done.stderr
