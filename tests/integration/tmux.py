"""A real terminal for tests: tmux keeps it, keys go in, what is on the screen comes out."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import uuid
from collections.abc import Mapping, Sequence

from tests.integration.waiting import wait_for

TMUX = shutil.which("tmux")


class Terminal:
    """One tmux session on a server of its own, which ends with it."""

    def __init__(
        self, command: Sequence[str], columns: int = 160, lines: int = 48, environment: Mapping[str, str] | None = None
    ) -> None:
        """Runs `command` in a shell, and prints its exit code as `RC=N` when it has ended."""
        self._socket = f"gctui-{uuid.uuid4().hex[:12]}"
        line = f"{shlex.join(command)}; echo RC=$?; exec sleep 600"
        self._tmux(
            "-f", os.devnull, "new-session", "-d", "-s", "test", "-x", str(columns), "-y", str(lines), line,
            environment={**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **(environment or {})},
        )  # fmt: skip

    def _tmux(self, *words: str, environment: Mapping[str, str] | None = None) -> str:
        command = [TMUX or "tmux", "-L", self._socket, *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=20).stdout

    def keys(self, *keys: str) -> None:
        """Press keys by their tmux names; plain text types itself."""
        for key in keys:
            self._tmux("send-keys", "-t", "test", key)

    def screen(self) -> str:
        return self._tmux("capture-pane", "-t", "test", "-p")

    def coloured(self) -> str:
        """The same with the escape sequences of its colours."""
        return self._tmux("capture-pane", "-t", "test", "-p", "-e")

    def wait_for(self, *texts: str) -> str:
        """Wait until all `texts` are on the screen; the screen."""
        found = ""

        def look() -> str:
            nonlocal found
            found = self.screen()
            return found if all(text in found for text in texts) else ""

        try:
            return wait_for(look, f"{texts} on the screen")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{found}") from None

    def wait_until_gone(self, text: str) -> None:
        wait_for(lambda: text not in self.screen(), f"{text!r} gone from the screen")

    def resize(self, columns: int, lines: int) -> None:
        self._tmux("resize-window", "-t", "test", "-x", str(columns), "-y", str(lines))

    def close(self) -> None:
        try:
            self._tmux("kill-server")
        except subprocess.CalledProcessError:
            pass  # it has ended by itself
