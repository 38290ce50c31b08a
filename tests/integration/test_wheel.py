"""The wheel that a user installs has everything the checkout has, and works from where it is put."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.pythons import Python

ROOT = Path(__file__).resolve().parents[2]
PROJECT_FILES = ("pyproject.toml", "setup.py", "README.md", "LICENSE")
SETUPTOOLS = 71
"""As [build-system] in pyproject.toml asks; it is used as it is here, so that no test needs the network."""
COMPILED = "agent/_native.abi3.so"

Build = Callable[..., Path]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Builds a wheel from a copy, so that nothing appears in the checkout: the folder of its unpacked content."""
    pytest.importorskip("build", reason="the `build` package is missing; make setup installs it")
    if int(importlib.metadata.version("setuptools").partition(".")[0]) < SETUPTOOLS:
        pytest.skip(f"setuptools is older than {SETUPTOOLS}; make setup installs a newer one")

    def build(**environment: str) -> Path:
        source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
        for name in PROJECT_FILES:
            shutil.copy(ROOT / name, source)
        shutil.copytree(ROOT / "gctui", source / "gctui", ignore=shutil.ignore_patterns("__pycache__", "*.so"))
        built = subprocess.run(
            [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", target, source],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert built.returncode == 0, built.stdout + built.stderr
        (wheel,) = target.glob("gctui-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(target / "unpacked")
        return target / "unpacked"

    return build


@pytest.fixture(scope="module")
def unpacked(build: Build) -> Path:
    if shutil.which(os.environ.get("CC", "cc")) is None:
        pytest.skip("there is no C compiler")
    return build()


@pytest.fixture(scope="module")
def uncompiled(build: Build) -> Path:
    """As on a machine without a compiler."""
    return build(CC="/bin/false")


def files_under(folder: Path) -> set[str]:
    return {
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def watch(unpacked: Path, python: str, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gctui", "--headless", python, "-c", code],
        cwd=unpacked,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_has_every_file_of_the_package_and_no_other(unpacked: Path) -> None:
    assert files_under(unpacked / "gctui") == files_under(ROOT / "gctui") | {COMPILED}
    assert {entry.name.partition("-")[0] for entry in unpacked.iterdir()} == {"gctui"}


@pytest.mark.parametrize(
    "name", ["agent/bootstrap/sitecustomize.py", "demos/cycles.py", "py.typed", "ui/screens/main.tcss"]
)
def test_the_wheel_has_what_is_read_as_a_file(unpacked: Path, name: str) -> None:
    assert (unpacked / "gctui" / name).is_file()


def test_the_licence_goes_with_it(unpacked: Path) -> None:
    assert [file for file in unpacked.glob("gctui-*.dist-info/**/LICENSE") if "MIT License" in file.read_text()]


def test_one_wheel_watches_programs_of_every_python(unpacked: Path, python: Python) -> None:
    ran = watch(unpacked, python.path, "import gc; print(type(gc.callbacks[0]).__name__)")

    assert (ran.returncode, ran.stdout) == (0, "Callback\n"), ran.stderr
    assert "collections" in ran.stderr


def test_without_a_compiler_it_installs_and_records_in_python(uncompiled: Path, python: Python) -> None:
    assert not (uncompiled / "gctui" / COMPILED).exists()

    ran = watch(uncompiled, python.path, "import gc; print([type(one).__name__ for one in gc.callbacks])")

    if python.version < (3, 9):  # where a callback in Python can end the program at the recursion limit
        assert (ran.returncode, ran.stdout) == (0, "[]\n"), ran.stderr
        assert "no flight recorder: on Python 3.8 it needs gctui's compiled part" in ran.stderr
    else:
        assert (ran.returncode, ran.stdout) == (0, "['function']\n"), ran.stderr
        assert "collections" in ran.stderr
