"""Waiting for a program without a screen, in the manner of `time`."""

from __future__ import annotations

import os
import signal
from types import FrameType

from gctui.monitor.live import LiveSource
from gctui.monitor.model import Snapshot
from gctui.monitor.watch import WatchSession

#: The session is folded this often; nobody looks, but what is read must not pile up.
TICK_S = 0.25


def wait_for_the_end(session: WatchSession, source: LiveSource) -> Snapshot:
    """Tick until the program has ended; the last snapshot. Signals to gctui reach the program."""

    def pass_on(number: int, frame: FrameType | None) -> None:
        if number != signal.SIGINT or not _terminal_sent_it():
            source.signal(number)

    # Set now and not before the launch, so that the program inherits what gctui inherited.
    before = {
        number: signal.signal(number, pass_on)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        while True:
            snapshot = session.tick()
            if snapshot.program.state == "ended":
                return snapshot
            source.wait(TICK_S)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _terminal_sent_it() -> bool:
    """Whether gctui is in the foreground of a terminal: Ctrl-C there reaches the program as well."""
    try:
        descriptor = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(descriptor)
