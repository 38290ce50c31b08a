"""However a Python is started, and whatever runs at its start, it comes out as without gctui."""

from __future__ import annotations

import re
import zipapp
from pathlib import Path

import pytest

from tests.integration.guests import bare, environment, watched
from tests.integration.pythons import Python

#: Says what options can change: flags, path, modules, where it came from, what it was given.
PROGRAM = """
import gc, sys
gc.collect()
flags = {name: getattr(sys.flags, name) for name in dir(sys.flags) if name[0] != "_" and name not in ("count", "index")}
print(__name__, __file__ if "__file__" in globals() else None, sys.argv, flags, sys._xoptions, sys.warnoptions)
print(sys.path, sys.dont_write_bytecode, sys.pycache_prefix, type(__loader__).__name__, __spec__ and __spec__.name)
print(sorted(name for name in sys.modules if not name.startswith(("_gctui_agent", "atexit"))))
assert print(sys.stdin.read()) or True
"""
OPTIONS = [
    *("-O", "-OO", "-B", "-u", "-s", "-b", "-q", "-P", "-W error", "-X dev", "-X utf8", "-X faulthandler"),
    *("-X frozen_modules=off", "-X frozen_modules=on", "-X no_debug_ranges", "-X tracemalloc", "-X showrefcount"),
    *("-X int_max_str_digits=0", "-X warn_default_encoding"),
]
VARIABLES = [
    *("PYTHONDONTWRITEBYTECODE=1", "PYTHONPYCACHEPREFIX=/nowhere/x", "PYTHONSAFEPATH=1", "PYTHONOPTIMIZE=1"),
    *("PYTHONWARNINGS=error", "PYTHONDEVMODE=1", "PYTHONUTF8=1", "PYTHONHASHSEED=0", "PYTHONUNBUFFERED=1"),
    *("PYTHONNOUSERSITE=1", "PYTHONMALLOC=debug", "PYTHONMALLOC=malloc", "LC_ALL=C", "PYTHONIOENCODING=latin-1"),
    *("PYTHONPATH=", "PYTHONPATH=.:/nowhere:"),
]


@pytest.fixture
def program(tmp_path: Path) -> str:
    (tmp_path / "program.py").write_text(PROGRAM)
    return str(tmp_path / "program.py")


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_of_the_interpreter(python: Python, program: str, option: str) -> None:
    if option == "-P" and python.version < (3, 11):
        pytest.skip("it came with Python 3.11")
    command = (python.path, *option.split(), program, "--an-argument")

    assert watched(*command) == bare(*command)


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_variable_of_the_interpreter(python: Python, program: str, variable: str) -> None:
    name, _, value = variable.partition("=")
    env = environment(**{name: value})

    assert watched(python.path, program, env=env) == bare(python.path, program, env=env)


@pytest.mark.parametrize("place", ["stdin", "-c", "-", "directory", "zip", "zipapp", "-m"])
def test_a_program_from(python: Python, program: str, place: str, tmp_path: Path) -> None:
    folder, archive = tmp_path / "folder", tmp_path / "archive.pyz"
    folder.mkdir()
    (folder / "__main__.py").write_text("import beside\n" + PROGRAM)
    (folder / "beside.py").write_text("print(__file__)")
    zipapp.create_archive(folder, archive, interpreter=python.path)
    words, stdin = {
        "stdin": ((python.path,), PROGRAM),
        "-c": ((python.path, "-c", PROGRAM), "from stdin"),
        "-": ((python.path, "-", "argument"), PROGRAM),
        "directory": ((python.path, str(folder)), "from stdin"),
        "zip": ((python.path, str(archive)), "from stdin"),
        "zipapp": ((str(archive),), "from stdin"),
        "-m": ((python.path, "-m", "program"), "from stdin"),
    }[place]
    env = environment(PYTHONPATH=str(tmp_path), PYTHONDONTWRITEBYTECODE="1")
    without = bare(*words, env=env, stdin=stdin)

    assert watched(*words, env=env, stdin=stdin) == without
    assert without.code == 0 and "__main__" in without.stdout


def test_an_interactive_session(python: Python, program: str) -> None:
    typed = "import gc\ngc.collect() * 0\n1/0\n[].append\nimport sys; sys.ps1\nraise SystemExit(3)\n"
    command = (python.path, "-i", "-q", "-c", "print('first')")

    without, with_gctui = (run(*command, stdin=typed) for run in (bare, watched))
    assert without.code == with_gctui.code == 3
    assert without.stdout.startswith("first\n0\n") and _without_addresses(with_gctui) == _without_addresses(without)


def _without_addresses(outcome: object) -> str:
    return re.sub("0x[0-9a-f]+", "0x", str(outcome))


# --- what tells of imports tells of ours: it must tell of the program's as before -------------------------------------


@pytest.mark.parametrize("words", ["-X importtime", "-v"])
def test_what_tells_of_imports_tells_of_the_programs_as_before(python: Python, words: str) -> None:
    code = "import json, gc; gc.collect(); print('ran')"
    without, with_gctui = (run(python.path, *words.split(), "-c", code) for run in (bare, watched))

    assert (with_gctui.code, with_gctui.stdout) == (without.code, without.stdout) == (0, "ran\n")
    added = set(_imported(with_gctui.stderr)) - set(_imported(without.stderr))
    assert added <= {"_gctui_agent", "atexit"}
    assert set(_imported(without.stderr)) <= set(_imported(with_gctui.stderr))


def _imported(told: str) -> list[str]:
    lines = [line for line in told.splitlines() if line.startswith(("import time:", "import '"))]
    return [line.rpartition("|")[2].strip() if "|" in line else line.split("'")[1] for line in lines]


def test_files_that_run_at_its_start_run_in_their_order(python: Python, tmp_path: Path) -> None:
    site = tmp_path / "lib" / "python{}.{}".format(*python.version) / "site-packages"
    site.mkdir(parents=True)
    noted = (
        "import builtins as b, sys; b.noted = getattr(b, 'noted', []) + "
        "[({name!r}, 'sitecustomize' in sys.modules, 'usercustomize' in sys.modules)]\n"
    )
    for name in ("sitecustomize", "usercustomize"):
        (site / f"{name}.py").write_text(noted.format(name=name) + "import gc; gc.collect()\n")
    (site / "first.pth").write_text(noted.format(name="first.pth"))
    (site / "second.pth").write_text(noted.format(name="second.pth") + str(tmp_path) + "\n")
    code = (
        "import builtins, site, sys\n"
        "print(site.ENABLE_USER_SITE, getattr(builtins, 'noted', None), sys.path)\n"
        "for name in ('sitecustomize', 'usercustomize'):\n"
        "    try: print(__import__(name).__file__)\n"
        "    except ImportError as error: print(repr(error), error.name)\n"
    )
    env = environment(PYTHONUSERBASE=str(tmp_path))
    without = bare(python.path, "-c", code, env=env)

    assert watched(python.path, "-c", code, env=env) == without
    assert without.stdout.startswith("False") or "('usercustomize', " in without.stdout


@pytest.mark.parametrize("failing", ["raise RuntimeError('theirs')", "1/0", "import nowhere", ")("])
@pytest.mark.parametrize("name", ["sitecustomize", "usercustomize"])
def test_a_customisation_that_fails_fails_as_without_gctui(
    python: Python, tmp_path: Path, name: str, failing: str
) -> None:
    site = tmp_path / "lib" / "python{}.{}".format(*python.version) / "site-packages"
    site.mkdir(parents=True)
    (site / f"{name}.py").write_text(f"import gc; gc.collect()\n{failing}\n")
    command = (python.path, "-c", "import sys; print('ran', [name for name in sys.modules if 'customize' in name])")
    env = environment(PYTHONUSERBASE=str(tmp_path), PYTHONPATH=str(site))

    assert watched(*command, env=env) == bare(*command, env=env)
