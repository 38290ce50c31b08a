"""The private folder of one session: the rings of the observed processes lie in it, on a tmpfs where there is one."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator

from gctui.monitor.errors import GctuiError

#: A folder is made and then locked; one younger than this may be between the two.
SETTLED_S = 10


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
            except OSError:
                continue
            self._descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        raise GctuiError("gctui found no folder that it can write to. Set TMPDIR to one.")

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._descriptor)


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
    try:
        names = [name for name in os.listdir(parent) if name.startswith(f"gctui-{os.geteuid()}-")]
    except OSError:
        return
    for name in names:
        path = os.path.join(parent, name)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            found = os.fstat(descriptor)
            if found.st_uid == os.geteuid() and time.time() - found.st_ctime > SETTLED_S:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
        except OSError:
            pass  # locked: that session lives
        finally:
            os.close(descriptor)
