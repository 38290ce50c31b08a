"""The private folder of one session: the rings of the observed processes lie in it, on a tmpfs where there is one."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from itertools import islice

from gctui.agent import wire
from gctui.monitor.errors import GctuiError

#: A folder is made and then locked; one younger than this may be between the two.
SETTLED_S = 10
#: Names looked through for folders of killed sessions, and such folders looked at: others can put any number there.
MOST_NAMES, MOST_ABANDONED = 100_000, 1000

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class RuntimeFolder:
    """A new folder that only this user can enter, locked as long as the session lives.

    The lock tells a living session from one that was killed, also across containers that share the file system but not
    their process numbers. Folders of killed sessions are removed on the way.
    """

    def __init__(self) -> None:
        for parent in _parents():
            _remove_abandoned(parent)
            try:
                self.path = tempfile.mkdtemp(prefix=f"gctui-{os.geteuid()}-", dir=parent)
                os.chmod(self.path, 0o700)  # a umask can have taken away the owner's rights
                self._descriptor = os.open(self.path, _OPEN)
            except OSError:
                continue
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        raise GctuiError("gctui found no folder that it can write to. Set TMPDIR to one.")

    def remove(self) -> None:
        """The folder and what is in it. The program may have put anything there, and another folder in its place."""
        _remove(self.path, self._descriptor)
        os.close(self._descriptor)


def _remove(path: str, descriptor: int) -> None:
    for name in _names(descriptor):
        try:
            os.unlink(name, dir_fd=descriptor)
        except OSError:
            pass
    try:
        os.rmdir(path)
    except OSError:  # folders are in it
        try:
            if os.path.samestat(os.lstat(path), os.fstat(descriptor)):
                shutil.rmtree(path, ignore_errors=True)
        except (OSError, RecursionError):
            pass  # what is nested so deeply is not ours


def _names(descriptor: int) -> list[str]:
    try:
        return os.listdir(descriptor)
    except OSError:
        return []


def _parents() -> Iterator[str]:
    yield "/dev/shm"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime):
        yield runtime
    try:
        yield tempfile.gettempdir()
    except OSError:
        pass


def _remove_abandoned(parent: str) -> None:
    """Remove the folders of killed sessions: those of this user that are locked by nobody and hold what ours hold. The
    user may have called another folder so."""
    ours = re.compile(rf"gctui-{os.geteuid()}-[a-z0-9_]{{8}}")
    try:
        with os.scandir(parent) as entries:
            paths = [entry.path for entry in islice(entries, MOST_NAMES) if ours.fullmatch(entry.name)]
    except OSError:
        return
    for path in paths[:MOST_ABANDONED]:
        try:
            descriptor = os.open(path, _OPEN)
        except OSError:
            continue
        try:
            found = os.fstat(descriptor)
            if found.st_uid == os.geteuid() and time.time() - found.st_ctime > SETTLED_S:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                names = os.listdir(descriptor)
                if all(name.endswith((".ring", ".ring.new")) or name == wire.DOOR for name in names):
                    _remove(path, descriptor)
        except OSError:
            pass  # locked: that session lives
        finally:
            os.close(descriptor)
