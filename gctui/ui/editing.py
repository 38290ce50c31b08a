"""Opens a line of the program in the user's editor, from whichever screen shows it."""

from __future__ import annotations

import os
from typing import Any

from textual.app import App, SuspendNotSupported

from gctui.monitor.editor import EditorError, edit, editor_command
from gctui.monitor.model import Frame
from gctui.monitor.terminal_text import printable


def edit_line(app: App[Any], frame: Frame, directory: str) -> None:
    """The program goes on meanwhile, and so does the recording of its collections.

    Relative names start at `directory`.
    """
    try:
        command = editor_command(frame, directory, os.environ)
        with app.suspend():  # which an exception would leave suspended
            problem = edit(command)
    except EditorError as error:
        problem = str(error)
    except SuspendNotSupported:
        problem = "There is no terminal for an editor to run on."
    if problem:
        app.notify(printable(problem), severity="warning", markup=False)
