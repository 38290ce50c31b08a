"""How the agent begins in an interpreter: it records in each, and speaks in the main one. `start` is called once.

A subinterpreter gets the recorder alone: an isolated one may not even import what the rest needs, and no thread of ours
is ever started in one.
"""

import os
import sys
from _functools import partial
from time import monotonic_ns

from . import wire
from .collector import collector_kind
from .following import Following
from .handlers import unharmed
from .recorder import Recorder

#: What multiprocessing's own processes run, by `-c`.
HELPERS = (b"from multiprocessing.resource_tracker import main", b"from multiprocessing.forkserver import main")


def start(folder: str, settings: "dict[str, int]", interpreter: int, bootstrap: str) -> None:
    """Begin to record and, in the main interpreter, to speak. `bootstrap`: the folder that is in front of
    PYTHONPATH. Never raises what the program would see."""
    own_folder = os.path.dirname(__file__) + os.sep
    main = interpreter == 0
    if not main and sys.version_info < (3, 10):
        return  # there the collector's callbacks are the main interpreter's
    recorder, failure, declined, steered = None, "", _why_not(), b""
    if not declined:
        try:
            recorder = Recorder(folder, interpreter, main, own_folder)
        except OSError as error:
            failure = "no flight recorder: %s" % error
    if not declined and not wire.GC_SETTINGS.isdisjoint(settings):
        from .steering import at_start

        steered = at_start(settings)
    following = Following(folder, settings, bootstrap)
    if recorder is not None:
        os.register_at_fork(after_in_child=unharmed(partial(_record_in_child, recorder, following)))
        recorder.install()
    if main:
        _speak(folder, settings, recorder, own_folder, failure, declined, steered, following)


def _record_in_child(recorder: Recorder, following: Following) -> None:
    if following.enter_child():
        recorder.move_to_new_ring()
    else:
        recorder.remove()


def _speak(
    folder: str,
    settings: "dict[str, int]",
    recorder: "Recorder | None",
    own_folder: str,
    failure: str,
    declined: str,
    steered: bytes,
    following: Following,
) -> None:
    """By the inherited pipe or by the door. What speaks is imported only where somebody listens."""
    from .channel import door, inherited, visit
    from .link import LinkLost

    channel = None
    try:
        channel = inherited(settings)
    except (OSError, KeyError, LinkLost):
        settings = dict(settings, **wire.VISITING)
    if channel is None and not is_multiprocessing_helper():
        try:
            channel = visit(door(folder))
        except (OSError, LinkLost):
            return
    if channel is not None:
        from .gauges import failure as told
        from .gauges import hello

        channel.link.send(wire.HELLO, hello(0, monotonic_ns()))
        if declined:
            channel.link.send(wire.FAILURE, told(declined, last=True))
            return
    from .agent import speak

    def is_followed() -> bool:
        return following.is_followed

    speak(channel, settings, recorder, folder, own_folder, (failure,), steered, is_followed)


def is_multiprocessing_helper() -> bool:
    """Whether this is the resource tracker or the fork server of multiprocessing, in which no thread is started: the
    one must end at once, the other forks all the time."""
    try:
        with open("/proc/self/cmdline", "rb") as line:
            words = line.read(4096).split(b"\0")
    except OSError:
        return False
    return b"-c" in words and any(helper in words[words.index(b"-c") + 1 :][0] for helper in HELPERS)


def _why_not() -> str:
    """Why this interpreter is left alone; empty when it is not."""
    if collector_kind() == "free-threaded":
        return "this is a free-threaded build of Python, for which gctui was never tried: it leaves the program alone"
    return ""
