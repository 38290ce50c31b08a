"""The wheel that a user installs has everything the checkout has, and works from where it is put."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT_FILES = ("pyproject.toml", "README.md", "LICENSE")
SETUPTOOLS = 68
"""As [build-system] in pyproject.toml asks; it is used as it is here, so that no test needs the network."""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of the wheel, built from a copy so that nothing appears in the checkout."""
    pytest.importorskip("build", reason="the `build` package is missing; make setup installs it")
    if int(importlib.metadata.version("setuptools").partition(".")[0]) < SETUPTOOLS:
        pytest.skip(f"setuptools is older than {SETUPTOOLS}; make setup installs a newer one")
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in PROJECT_FILES:
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "gctui", source / "gctui", ignore=shutil.ignore_patterns("__pycache__"))
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", target, source],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = target.glob("gctui-*-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target / "unpacked")
    return target / "unpacked"


def files_under(folder: Path) -> set[str]:
    return {
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def test_the_wheel_has_every_file_of_the_package_and_no_other(unpacked: Path) -> None:
    assert files_under(unpacked / "gctui") == files_under(ROOT / "gctui")
    assert {entry.name.partition("-")[0] for entry in unpacked.iterdir()} == {"gctui"}


@pytest.mark.parametrize(
    "name", ["agent/bootstrap/sitecustomize.py", "demos/cycles.py", "py.typed", "ui/screens/main.tcss"]
)
def test_the_wheel_has_what_is_read_as_a_file(unpacked: Path, name: str) -> None:
    assert (unpacked / "gctui" / name).is_file()


def test_the_licence_goes_with_it(unpacked: Path) -> None:
    assert [file for file in unpacked.glob("gctui-*.dist-info/**/LICENSE") if "MIT License" in file.read_text()]


def test_what_was_unpacked_watches_a_program(unpacked: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "gctui", "--headless", sys.executable, "-c", "print('ran')"],
        cwd=unpacked,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "ran\n"), ran.stderr
    assert "generation" in ran.stderr.lower()
