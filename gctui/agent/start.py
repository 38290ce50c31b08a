"""How the agent begins in an interpreter: it records in each, and speaks in the main one of the process that holds the
channel. `start` is called once.

A subinterpreter gets the recorder alone: an isolated one may not even import what the rest needs, and no thread of ours
is ever started in one.
"""

import os
import sys

from . import wire
from .collector import collector_kind
from .handlers import unharmed
from .recorder import Recorder


def start(folder: str, settings: "dict[str, int]", interpreter: int) -> None:
    """Begin to record and, in the process that was launched, to speak. Never raises what the program would see."""
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
    if recorder is not None:
        os.register_at_fork(after_in_child=unharmed(recorder.move_to_new_ring))
        recorder.install()
    if main:
        from .link import Channel, LinkLost

        try:
            channel = Channel(settings)
        except (OSError, KeyError, LinkLost):
            return  # another process holds it, and here nothing is imported that speaks
        from .agent import speak

        speak(channel, settings, recorder, own_folder, failure, declined, steered)


def _why_not() -> str:
    """Why this interpreter is left alone; empty when it is not."""
    if collector_kind() == "free-threaded":
        return "this is a free-threaded build of Python, for which gctui was never tried: it leaves the program alone"
    return ""
