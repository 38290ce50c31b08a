"""The private folder: nobody else gets in, and nothing is removed but what gctui made."""

from __future__ import annotations

import fcntl
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gctui.agent import wire
from gctui.agent.recorder import make_recorder
from gctui.monitor import runtime_folder
from gctui.monitor.errors import GctuiError
from gctui.monitor.runtime_folder import RuntimeFolder

NOBODY = 65534
OURS = f"gctui-{os.geteuid()}-"


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that sessions are made in, and no time that a folder needs to settle."""
    monkeypatch.setattr(runtime_folder, "_parents", lambda: iter([str(tmp_path)]))
    monkeypatch.setattr(runtime_folder, "SETTLED_S", -1)
    return tmp_path


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777])
def test_nobody_else_can_read_anything_whatever_the_umask(parent: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        folder = RuntimeFolder()
        make_recorder(folder.path, 0, True, "/nowhere/", wire.RING_CAPACITY)
    finally:
        os.umask(before)

    assert stat.S_IMODE(os.stat(folder.path).st_mode) == 0o700
    rings = list(Path(folder.path).iterdir())
    assert len(rings) == 1 and not any(ring.stat().st_mode & 0o177 for ring in rings)
    folder.remove()
    assert list(parent.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_cannot_enter(parent: Path) -> None:
    folder = RuntimeFolder()
    for above in (parent, *parent.parents[:2]):
        above.chmod(0o755)
    look = "import os, sys\ntry: os.listdir(sys.argv[1])\nexcept PermissionError: print('refused')"
    command = [os.path.realpath(sys.executable), "-I", "-c", look, folder.path]
    said = subprocess.run(["setpriv", f"--reuid={NOBODY}", "--clear-groups", *command], capture_output=True, text=True)

    if said.returncode:
        pytest.skip(f"another user cannot run this Python: {said.stderr.strip()}")
    assert said.stdout == "refused\n"
    folder.remove()


def test_the_folder_of_a_killed_session_is_removed_and_that_of_a_living_one_stays(parent: Path) -> None:
    killed, living = parent / f"{OURS}aaaaaaaa", parent / f"{OURS}bbbbbbbb"
    for path in (killed, living):
        path.mkdir()
        (path / "1-0-5.ring").write_text("")
        (path / "1-0-6.ring.new").write_text("")
    with_lock = os.open(living, os.O_RDONLY)
    fcntl.flock(with_lock, fcntl.LOCK_EX)

    RuntimeFolder().remove()

    assert [path.name for path in parent.iterdir()] == [living.name]
    os.close(with_lock)


def test_what_only_looks_like_a_killed_session_stays(parent: Path) -> None:
    """A user may call a folder so, or a hostile program put one there."""
    (parent / f"{OURS}results").mkdir()
    (parent / f"{OURS}results" / "1.ring").touch()
    (parent / f"{OURS}aaaaaaaa").mkdir()
    (parent / f"{OURS}aaaaaaaa" / "notes.txt").touch()
    (parent / "elsewhere").mkdir()
    (parent / "elsewhere" / "1.ring").touch()
    (parent / f"{OURS}bbbbbbbb").symlink_to(parent / "elsewhere")
    (parent / f"{OURS}cccccccc").touch()
    os.mkfifo(parent / f"{OURS}dddddddd")
    before = sorted(parent.rglob("*"))

    RuntimeFolder().remove()

    assert sorted(parent.rglob("*")) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")
def test_the_folder_of_another_user_stays(parent: Path) -> None:
    planted = parent / f"{OURS}aaaaaaaa"
    planted.mkdir()
    os.chown(planted, NOBODY, NOBODY)

    RuntimeFolder().remove()

    assert planted.exists()


def test_a_young_folder_may_be_one_that_is_about_to_be_locked(parent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime_folder, "SETTLED_S", 1000)
    (parent / f"{OURS}aaaaaaaa").mkdir()

    RuntimeFolder().remove()

    assert (parent / f"{OURS}aaaaaaaa").exists()


def test_thousands_of_planted_folders_do_not_keep_a_session_waiting(parent: Path) -> None:
    for number in range(2000):
        (parent / f"{OURS}{number:08}").symlink_to("/")
    began = time.monotonic()

    RuntimeFolder().remove()

    assert time.monotonic() - began < 10


def test_whatever_the_program_put_into_the_folder_goes_with_it(parent: Path) -> None:
    (parent / "precious").mkdir()
    (parent / "precious" / "1.ring").touch()
    folder = RuntimeFolder()
    path = Path(folder.path)
    (path / "link.ring").symlink_to(parent / "precious")
    (path / "folder.ring").mkdir()
    (path / "folder.ring" / "inside").symlink_to(parent / "precious")
    os.mkfifo(path / "fifo.ring")
    for number in range(1000):
        (path / f"{number}.ring").touch()

    folder.remove()

    assert sorted(one.name for one in parent.rglob("*")) == ["1.ring", "precious"]


def test_folders_nested_without_end_do_not_end_the_monitor(parent: Path) -> None:
    """`rmtree` calls itself for each, which is a RecursionError, not an OSError."""
    folder = RuntimeFolder()
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder.path)
        for _ in range(1500):
            os.mkdir("d")
            os.chdir("d")
        os.fchdir(here)
        folder.remove()
    finally:
        os.fchdir(here)
        os.close(here)
        subprocess.run(["rm", "-rf", folder.path], check=True)  # pytest's own removal would fail as well


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_what_was_put_in_the_place_of_the_folder_stays(parent: Path, kind: str) -> None:
    other = parent / "other"
    (other / "sub").mkdir(parents=True)
    (other / "1.ring").touch()
    folder = RuntimeFolder()
    os.rename(folder.path, parent / "moved")
    if kind == "link":
        os.symlink(other, folder.path)
    else:
        other.rename(folder.path)
        other = Path(folder.path)

    folder.remove()

    assert sorted(one.name for one in other.iterdir()) == ["1.ring", "sub"]


def test_no_place_for_a_folder_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime_folder, "_parents", lambda: iter(["/proc/nothing", "/dev/null"]))

    with pytest.raises(GctuiError, match="Set TMPDIR"):
        RuntimeFolder()
