"""Watching a program on the screen: the terminal is taken after the launch and given back before anything is said."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from gctui.cli import run
from gctui.export import summary_text
from gctui.monitor.command import Command
from gctui.monitor.errors import GctuiError, UsageError
from gctui.monitor.launch import Launch
from gctui.monitor.live import LiveSource
from gctui.monitor.output import OutputLine
from gctui.monitor.streams import Streams
from gctui.monitor.summary import Summary, summarise
from gctui.monitor.terminal import ScreenTerminal
from gctui.monitor.tracing import MODES
from gctui.monitor.watch import WatchSession

if TYPE_CHECKING:
    from gctui.cli.arguments import Options

#: Lines of the program's output that are left on the terminal.
LAST_LINES = 24
#: Rows of the terminal that one of them may take.
MOST_ROWS = 4


def watch_on_screen(command: Command, options: Options, terminal: ScreenTerminal) -> tuple[Summary, int]:
    """The summary and the exit code: the program's, or 128+N when signal N ended gctui."""
    started_ns = time.monotonic_ns()
    output_file = _open_output(options.output)
    agent = run.agent_options(options, MODES[0])
    source = LiveSource(Launch(command, agent, Streams.for_screen(), output_file), started_ns)
    if output_file is not None:
        os.close(output_file)  # the keeper has its own
    session = WatchSession(source, silenced=options.silence)
    try:
        with terminal.as_standard_streams(_pipes_of_the_program(options)):
            left_with = _show(session, options)
            session.show_usual()
            summary = summarise(session.tick(), session.processes(), session.advice())
            _leave_words(session, summary)
    finally:
        session.close()
        terminal.close()
    return summary, left_with or run.exit_code(summary)


def _show(session: WatchSession, options: Options) -> int:
    """Run the screen until the user leaves; an exit code when a signal ended it, else 0."""
    from gctui.ui.app import GctuiApp  # it takes a quarter of a second: the program is running already

    app = GctuiApp(session, rate_hz=options.rate, tracing=run.tracing_options(options))
    app.run()
    app.forget_deadline()
    code = app.return_code or 0
    if code == GctuiError.exit_code:
        raise GctuiError("The screen failed. The program goes on without it.")
    return code


def _pipes_of_the_program(options: Options) -> tuple[int, ...]:
    """Standard input and output that are not terminals: a pipe's other end is to see the program end, not gctui."""
    return tuple(number for number in (0, 1) if not os.isatty(number) and not (number == 1 and options.summary == "-"))


def _leave_words(session: WatchSession, summary: Summary) -> None:
    """The end of the program's output and the summary, on the terminal that the screen was on."""
    try:
        columns, _ = os.get_terminal_size(sys.stderr.fileno())
        for line in session.output.tail(LAST_LINES):
            sys.stderr.write(_fitting(line, columns * MOST_ROWS) + "\n")
        sys.stderr.write(summary_text.render(summary))
        sys.stderr.flush()
    except OSError:
        pass  # the terminal is gone


def _fitting(line: OutputLine, room: int) -> str:
    """A line with its colours, or, where it is longer than `room` columns, its beginning without."""
    text = line.plain
    left_out = len(text) - room + line.truncated
    return line.coloured if left_out <= 0 else f"{text[:room]}… ({left_out} more characters)"


def _open_output(name: str | None) -> int | None:
    if name is None:
        return None
    try:
        return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise UsageError(f"--output {name!r} cannot be written: {error.strerror}.") from None
