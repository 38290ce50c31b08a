"""`gctui [run] COMMAND`: launch a program and watch it, with the screen where there can be one."""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, TextIO

from gctui.cli.headless import wait_for_the_end
from gctui.export import summary_json, summary_text
from gctui.monitor.command import Command, resolve
from gctui.monitor.errors import GctuiError, UsageError
from gctui.monitor.launch import AgentOptions, Launch
from gctui.monitor.live import LiveSource
from gctui.monitor.settings import StartSettings
from gctui.monitor.streams import Streams
from gctui.monitor.summary import Summary, summarise
from gctui.monitor.terminal import ScreenTerminal, screen_terminal
from gctui.monitor.tracing import Mode, TracingOptions
from gctui.monitor.watch import WatchSession

if TYPE_CHECKING:
    from gctui.cli.arguments import Options


def main(options: Options) -> int:
    """Launch what the options say; the exit code."""
    return launch(resolve(options.words, os.environ), options)


def launch(command: Command, options: Options) -> int:
    """Watch a resolved command; the exit code."""
    terminal = None if options.headless else screen_terminal()
    if isinstance(terminal, str):
        print(f"gctui: no screen: {terminal} The program runs headless.", file=sys.stderr)
    with ExitStack() as stack:
        json_file = _open_summary(stack, options.summary)
        if isinstance(terminal, ScreenTerminal):
            from gctui.cli.screen import watch_on_screen

            summary, code = watch_on_screen(command, options, terminal)
        else:
            summary, code = watch_headless(command, options)
        if json_file is not None:
            _write(json_file, summary_json.render(summary))
    return code


def tracing_options(options: Options) -> TracingOptions:
    return TracingOptions(options.frames, options.sample_bytes)


def agent_options(options: Options, default_alloc: Mode) -> AgentOptions:
    """What the agent is told."""
    return AgentOptions(
        interval_ms=round(1000 / options.rate),
        tracing=tracing_options(options).of(options.alloc or default_alloc),
        follow=options.follow,
        keep_callback=options.keep_callback,
        collector=StartSettings(options.gc_disable, options.gc_thresholds, options.gc_freeze_after),
    )


def watch_headless(command: Command, options: Options) -> tuple[Summary, int]:
    """No screen: the program has gctui's own streams."""
    if options.output:
        raise UsageError("--output keeps what the screen would show; headless, redirect the program's output: > FILE")
    started_ns = time.monotonic_ns()
    source = LiveSource(Launch(command, agent_options(options, "off"), Streams.untouched()), started_ns)
    session = WatchSession(source, silenced=options.silence)
    try:
        snapshot = wait_for_the_end(session, source)
        summary = summarise(snapshot, session.processes(), session.advice())
    finally:
        session.close()
    _say(summary_text.render(summary) + summary_text.allocations(summary))
    return summary, exit_code(summary)


def exit_code(summary: Summary) -> int:
    """The program's: 128+N when signal N ended it; 0 when it still runs."""
    if summary.signal is not None:
        return 128 + summary.signal
    return summary.exit_code or 0


def _open_summary(stack: ExitStack, name: str | None) -> TextIO | None:
    """Opened before the program starts: a name that cannot be written is an error now, not after an hour."""
    if name is None:
        return None
    if name == "-":
        if sys.stdout is None:
            raise UsageError("--summary - writes to standard output, and that is closed.")
        return sys.stdout
    try:
        return stack.enter_context(open(name, "w", encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"--summary {name!r} cannot be written: {error.strerror}.") from None


def _write(file: TextIO, text: str) -> None:
    try:
        file.write(text)
        file.flush()
    except OSError as error:
        try:
            file.close()  # it would try once more
        except OSError:
            pass
        raise GctuiError(f"The summary could not be written: {error.strerror}.") from None


def _say(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        pass  # nobody listens on stderr; the program's exit code still counts
