"""How the agent begins in an interpreter: it records in each, and speaks in the main one. `start` is called once.

A subinterpreter gets the recorder alone: an isolated one may not even import what the rest needs, and no thread of ours
is ever started in one.
"""

import sys
from os import register_at_fork
from posix import O_CLOEXEC, O_RDONLY, close, fstat, read
from posix import open as open_file

from . import wire
from .collector import collector_kind
from .following import Following
from .greeting import failure
from .handlers import unharmed
from .recorder import Recorder
from .visitor import Visitor

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Callable, Optional, Tuple, Union

    from .agent import Agent

    Said = Tuple[int, bytes]  # type and payload of a frame

#: What multiprocessing's own processes run, by `-c`.
HELPERS = (b"from multiprocessing.resource_tracker import main", b"from multiprocessing.forkserver import main")


def start(value: str, own_folder: str, bootstrap: str, keep_modules: "Callable[[], None]") -> None:
    """Begin to record and, in the main interpreter, to speak. `value`: the settings, as they are in the environment.
    `bootstrap`: the folder that is in front of PYTHONPATH. `keep_modules` reads the agent's files before they are
    needed. Never raises what the program would see."""
    folder, settings = wire.decode_settings(value)
    interpreter = _interpreter()
    main = interpreter == 0
    if not main and sys.version_info < (3, 10):
        return  # there the collector's callbacks are the main interpreter's
    declined, said = _why_not(), []  # type: str, list[Said]
    recorder = None
    if declined:
        said.append((wire.FAILURE, failure(declined, last=True)))
    else:
        try:
            recorder = Recorder(folder, interpreter, main, own_folder)
        except OSError as error:
            said.append((wire.FAILURE, failure("no flight recorder: %s" % error)))
        if not wire.GC_SETTINGS.isdisjoint(settings):
            from .steering import at_start

            said.append((wire.ANSWER, at_start(settings)))
    following = Following(folder, settings, bootstrap)
    speaker = None
    if main:
        speaker = _speaker(folder, settings, own_folder, keep_modules, recorder, following)
        if not is_multiprocessing_helper():
            speaker.greet(said)
    if not declined:
        _begin(recorder, speaker, following)


def _speaker(
    folder: str,
    settings: "dict[str, int]",
    own_folder: str,
    keep_modules: "Callable[[], None]",
    recorder: "Optional[Recorder]",
    following: Following,
) -> "Union[Agent, Visitor]":
    """By the inherited pipe or by the door. What speaks is only loaded where somebody listens."""

    def is_followed() -> bool:
        return following.is_followed

    if _has_pipe(settings):
        from .agent import Agent
        from .channel import inherited
        from .descriptor import LinkLost

        try:
            channel = inherited(settings)
        except (OSError, LinkLost):
            pass  # another process has it
        else:
            keep_modules()
            return Agent(channel, settings, recorder, folder, own_folder, is_followed)
    return Visitor(dict(settings, **wire.VISITING), recorder, folder, own_folder, is_followed, keep_modules)


def _has_pipe(settings: "dict[str, int]") -> bool:
    try:
        return fstat(settings["read"]).st_ino == settings["read_inode"]
    except (OSError, KeyError):
        return False


def _begin(recorder: "Optional[Recorder]", speaker: "Union[Agent, Visitor, None]", following: Following) -> None:
    """Record and wait to be spoken to, also in forked children."""

    def after_fork_in_child() -> None:
        is_followed = following.enter_child()
        if recorder is not None:
            recorder.move_to_new_ring() if is_followed else recorder.remove()
        if speaker is not None:
            speaker.after_fork_in_child()

    if speaker is None:
        register_at_fork(after_in_child=unharmed(after_fork_in_child))
    else:
        from atexit import register

        register_at_fork(
            before=unharmed(speaker.before_fork),
            after_in_parent=unharmed(speaker.start),
            after_in_child=unharmed(after_fork_in_child),
        )
        register(unharmed(speaker.leave))
    if recorder is not None:
        recorder.install()
    if speaker is not None:
        speaker.start()


def _interpreter() -> int:
    """Number of this interpreter in its process; 0 is the main one."""
    try:
        from ._native import interpreter_number

        return interpreter_number()
    except ImportError:
        pass
    try:
        if sys.version_info >= (3, 13):
            import _interpreters as interpreters
        else:
            import _xxsubinterpreters as interpreters
        current = interpreters.get_current()
        return int(current[0] if isinstance(current, tuple) else current)
    except ImportError:
        return 0


def is_multiprocessing_helper() -> bool:
    """Whether this is the resource tracker or the fork server of multiprocessing, in which no thread is started: the
    one must end at once, the other forks all the time."""
    try:
        descriptor = open_file("/proc/self/cmdline", O_RDONLY | O_CLOEXEC)
        words = read(descriptor, 4096).split(b"\0")
        close(descriptor)
    except OSError:
        return False
    return b"-c" in words and any(helper in words[words.index(b"-c") + 1 :][0] for helper in HELPERS)


def _why_not() -> str:
    """Why this interpreter is left alone; empty when it is not."""
    if collector_kind() == "free-threaded":
        return "this is a free-threaded build of Python, for which gctui was never tried: it leaves the program alone"
    return ""
