"""What an agent says of itself: who it is, and what it cannot do. Each builds one JSON payload."""

import sys

from . import wire
from .collector import collector_kind

try:
    from ._native import hello as hello
except ImportError:
    from _thread import get_ident
    from posix import getpid, getppid

    #: How much of a command line goes into a hello: characters of a word, and of all, as they are sent.
    MOST_OF_ONE, MOST_OF_ALL = 4096, 32768

    def hello(interpreter: int, started: int, /) -> bytes:
        """The same without the C part."""
        return (
            '{"protocol":%d,"pid":%d,"ppid":%d,"started":%d,"interpreter":%d,"thread":%d,'
            '"python":%s,"build":%s,"collector":%s,"executable":%s,"argv":[%s]}'
            % (
                wire.PROTOCOL, getpid(), getppid(), started, interpreter, get_ident(),
                wire.quote("%d.%d.%d" % sys.version_info[:3]), wire.quote(sys.version),
                wire.quote(collector_kind()), wire.quote(sys.executable or ""), ",".join(_command_line()),
            )
        ).encode()  # fmt: skip

    def _command_line() -> "list[str]":
        quoted, room = [], MOST_OF_ALL
        for word in getattr(sys, "orig_argv", sys.argv):
            quoted.append(wire.quote(str(word)[:MOST_OF_ONE]))
            room -= len(quoted[-1]) + 1
            if room < 0:
                return quoted[:-1]
        return quoted


def failure(reason: str, last: bool = False) -> bytes:
    """What the agent cannot do; `last`: it does nothing any more."""
    return ('{"error":%s,"last":%s}' % (wire.quote(reason), "true" if last else "false")).encode()
