"""`gctui demo [NAME]`: watch one of the small programs that come with gctui."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gctui.cli import run
from gctui.demos import find_demos
from gctui.monitor.command import resolve
from gctui.monitor.errors import UsageError

if TYPE_CHECKING:
    from gctui.cli.arguments import Options


def main(options: Options) -> int:
    """List the demos, or launch one; the exit code."""
    demos = find_demos()
    words = options.words
    if options.only_list or not words:
        for demo in demos:
            print(f"{demo.name:10} {demo.title}")
        if options.only_list:
            return 0
    chosen = next((demo for demo in demos if not words or demo.name == words[0]), None)
    if chosen is None:
        names = ", ".join(demo.name for demo in demos)
        raise UsageError(f"There is no demo {words[0]!r}. The demos are: {names}.")
    return run.launch(resolve([str(chosen.path), *words[1:]], os.environ), options)
