"""Starts the program with the agent in it: a private folder, a pipe, and two environment variables."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from socket import socket

from gctui.agent import wire
from gctui.monitor import keeper
from gctui.monitor.channel import Channel
from gctui.monitor.command import Command
from gctui.monitor.door import Door
from gctui.monitor.errors import CannotRun, CommandNotFound, GctuiError
from gctui.monitor.runtime_folder import RuntimeFolder
from gctui.monitor.settings import UNCHANGED, StartSettings
from gctui.monitor.streams import Streams
from gctui.monitor.tracing import UNTRACED, Tracing


@dataclass(frozen=True, slots=True)
class AgentOptions:
    """What the agent is told before it starts."""

    interval_ms: int
    """Time between gauges."""
    tracing: Tracing = UNTRACED
    """From the first allocation on."""
    follow: int = wire.ALL_GENERATIONS
    """How many generations of the program's Python children get an agent as well."""
    keep_callback: bool = False
    """Whether the agent puts its callback back when the program has cleared `gc.callbacks`."""
    collector: StartSettings = UNCHANGED
    """What is set of the collector before the program's own code runs."""


class Launch:
    """A program that was just started, and the monitor's ends of what leads to it."""

    def __init__(
        self, command: Command, options: AgentOptions, streams: Streams, output_file: int | None = None
    ) -> None:
        """`output_file`: descriptor that gets a copy of what the program prints to its terminal."""
        self.folder = RuntimeFolder()
        self.streams = streams
        self.command = command
        self.keeper: int | None = None
        self.packets: socket | None = None
        self.channel = Channel()
        self.door = _door(self.folder.path)
        try:
            self.process = self._start(options)
        except BaseException:
            self.close()
            raise
        self.channel.hand_over()
        if streams.has_terminal:
            self._keep(output_file)

    def _keep(self, output_file: int | None) -> None:
        """A program whose terminal nobody reads would stop at the first page that it prints."""
        try:
            self.keeper, self.packets = keeper.start(self.streams.master, output_file)
        except OSError as error:
            self.process.kill()
            self.process.wait()
            self.close()
            raise GctuiError(f"The program's terminal cannot be kept: {error.strerror}.") from None

    def _start(self, options: AgentOptions) -> subprocess.Popen[bytes]:
        environment = agent_environment(self.command, options, self.folder.path, self.channel)
        try:
            process = subprocess.Popen(
                self.command.argv,
                executable=self.command.executable,
                env=environment,
                pass_fds=self.channel.inherited,
                **self.streams.popen_arguments(),
            )
        except FileNotFoundError as error:  # a script whose interpreter is missing
            raise CommandNotFound(f"{self.command.executable!r} cannot be started: {error.strerror}.") from None
        except OSError as error:
            raise CannotRun(f"{self.command.executable!r} cannot be run: {error.strerror}.") from None
        self.streams.after_launch()
        return process

    def close(self) -> None:
        """Free what belongs to the monitor. The program is not touched."""
        self.streams.close()
        if self.packets is not None:
            self.packets.close()
        self.channel.close()
        if self.door is not None:
            self.door.close()
        self.folder.remove()


def _door(folder: str) -> Door | None:
    try:
        return Door(folder)
    except OSError:  # the folder is too deep for the name of a socket: what the others record is seen all the same
        return None


def agent_environment(command: Command, options: AgentOptions, folder: str, channel: Channel) -> dict[str, str]:
    """The program's environment: its own, the agent's settings, and the bootstrap folder in front of PYTHONPATH."""
    bootstrap = os.path.join(os.path.dirname(os.path.abspath(wire.__file__)), "bootstrap")
    numbers = {
        **channel.settings(),
        "interval_ms": options.interval_ms,
        "frames": options.tracing.frames,
        "sample": options.tracing.sample_bytes,
        "unasked": wire.MOST_TRACEBACKS if options.tracing.frames else 0,
        "keep_callback": int(options.keep_callback),
        **options.collector.numbers(),
        **({"follow": options.follow} if options.follow < wire.ALL_GENERATIONS else {}),
    }
    environment = dict(command.environment)
    environment[wire.VARIABLE] = wire.encode_settings(folder, numbers)
    others = environment.get("PYTHONPATH")
    environment["PYTHONPATH"] = bootstrap + os.pathsep + others if others else bootstrap
    return environment


def looks_like_python(path: str) -> bool:
    """Whether an executable is a Python, by its name: python, python3.12, pypy3."""
    name = os.path.basename(path)
    return name.startswith(("python", "pypy")) or path == sys.executable
