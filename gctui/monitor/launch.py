"""Starts the program with the agent in it: a private folder, a pipe, and two environment variables."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from dataclasses import dataclass
from socket import socket

from gctui.agent import wire
from gctui.agent.link import duplicated_high
from gctui.monitor import keeper
from gctui.monitor.command import Command
from gctui.monitor.errors import CannotRun, CommandNotFound, GctuiError
from gctui.monitor.runtime_folder import RuntimeFolder
from gctui.monitor.streams import Streams

#: Bytes that the pipe holds, where the system allows it, so that a slow moment of the monitor loses nothing.
PIPE_SIZE = 1 << 20


@dataclass(frozen=True, slots=True)
class AgentOptions:
    """What the agent is told before it starts."""

    interval_ms: int
    """Time between gauges."""
    trace_frames: int = 0
    """Frames per traceback from the first allocation on; 0 = no tracing."""
    follow: bool = True
    """Whether the program's Python children get an agent as well."""
    keep_callback: bool = False
    """Whether the agent puts its callback back when the program has cleared `gc.callbacks`."""


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
        self._command_reader, self.command_writer = os.pipe()
        self.frame_reader, frame_writer = os.pipe()
        self._own = (self._command_reader, self.command_writer, self.frame_reader)
        ends = _out_of_the_way(self._command_reader), _out_of_the_way(frame_writer)
        os.close(frame_writer)
        for end in (*ends, self.frame_reader, self.command_writer):
            os.set_blocking(end, False)
        try:
            fcntl.fcntl(self.frame_reader, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
        except OSError:
            pass  # the user's share of pipe memory is used up: the ordinary size will do
        self.offer_channel()
        try:
            self.process = self._start(options, *ends)
        except BaseException:
            self.close()
            raise
        finally:
            for end in ends:
                os.close(end)
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

    def offer_channel(self) -> None:
        """Put the token into the pipe: the next agent that reads it owns the channel. Commands that the last owner left
        unread are taken out first, which is why the monitor keeps the reading end as well."""
        try:
            while os.read(self._command_reader, 65536):
                pass
        except BlockingIOError:
            pass
        os.write(self.command_writer, wire.TOKEN)

    def _start(self, options: AgentOptions, reader: int, writer: int) -> subprocess.Popen[bytes]:
        environment = agent_environment(self.command, options, self.folder.path, reader, writer)
        try:
            process = subprocess.Popen(
                self.command.argv,
                executable=self.command.executable,
                env=environment,
                pass_fds=(reader, writer),
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
        for descriptor in self._own:
            os.close(descriptor)
        self.folder.remove()


def agent_environment(command: Command, options: AgentOptions, folder: str, reader: int, writer: int) -> dict[str, str]:
    """The program's environment: its own, the agent's settings, and the bootstrap folder in front of PYTHONPATH."""
    bootstrap = os.path.join(os.path.dirname(os.path.abspath(wire.__file__)), "bootstrap")
    numbers = {
        "read": reader,
        "read_inode": os.fstat(reader).st_ino,
        "write": writer,
        "write_inode": os.fstat(writer).st_ino,
        "interval_ms": options.interval_ms,
        "frames": options.trace_frames,
        "follow": int(options.follow),
        "keep_callback": int(options.keep_callback),
    }
    environment = dict(command.environment)
    environment[wire.VARIABLE] = wire.encode_settings(folder, numbers)
    others = environment.get("PYTHONPATH")
    environment["PYTHONPATH"] = bootstrap + os.pathsep + others if others else bootstrap
    return environment


def _out_of_the_way(descriptor: int) -> int:
    high = duplicated_high(descriptor)
    return os.dup(descriptor) if high is None else high


def looks_like_python(path: str) -> bool:
    """Whether an executable is a Python, by its name: python, python3.12, pypy3."""
    name = os.path.basename(path)
    return name.startswith(("python", "pypy")) or path == sys.executable
