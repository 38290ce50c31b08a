"""How the agent begins in an interpreter: it records in each, and speaks in the main one. `start` is called once.

A subinterpreter gets the recorder alone: an isolated one may not even import what the rest needs, and no thread of ours
is ever started in one.
"""

import sys
from os import register_at_fork
from posix import fstat

from . import wire
from .collector import collector_kind
from .following import Following
from .greeting import failure
from .handlers import unharmed
from .recorder import Recorder, make_recorder

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Optional, Tuple

    from ._native import Callback, Visitor
    from .agent import Agent

    Said = Tuple[int, bytes]  # type and payload of a frame


def start(folder: str, settings: "dict[str, int]", own_folder: str, bootstrap: str) -> None:
    """Begin to record and, in the main interpreter, to speak. `bootstrap`: the folder that is in front of PYTHONPATH.
    Never raises what the program would see."""
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
            capacity = wire.RING_CAPACITY if main and _has_pipe(settings) else wire.SMALL_CAPACITY
            recorder = make_recorder(folder, interpreter, main, own_folder, capacity)
        except OSError as error:
            said.append((wire.FAILURE, failure("no flight recorder: %s" % error)))
        if not wire.GC_SETTINGS.isdisjoint(settings):
            from .steering import at_start

            said.append((wire.ANSWER, at_start(settings)))
    following = Following(folder, settings, bootstrap)
    agent = None
    if main:
        agent = _agent(folder, settings, own_folder, recorder, following)
        agent.greet(said)
    if not declined:
        _begin(recorder, agent, following)


def _agent(
    folder: str, settings: "dict[str, int]", own_folder: str, recorder: "Optional[Recorder]", following: Following
) -> "Agent":
    """What speaks, by the inherited pipe or by the door, if anybody listens."""
    from .agent import Agent
    from .channel import inherited, through_the_door
    from .descriptor import LinkLost
    from .door import come_in, is_open_to_us

    def is_followed() -> bool:
        return following.is_followed

    channel = None
    try:
        if _has_pipe(settings):
            channel = inherited(settings)
    except (OSError, LinkLost):
        pass  # another process has it
    if channel is None:
        settings = dict(settings, **wire.VISITING)
        try:
            if is_open_to_us():
                channel = through_the_door(come_in(folder))
        except (OSError, LinkLost):
            pass
    return Agent(channel, settings, recorder, folder, own_folder, is_followed)


def _begin(recorder: "Optional[Recorder]", agent: "Optional[Agent]", following: Following) -> None:
    """Record and wait to be spoken to, also in forked children."""

    def after_fork_in_child() -> None:
        is_followed = following.enter_child()
        if recorder is not None:
            recorder.move_to_new_ring() if is_followed else recorder.remove()
        if agent is not None:
            agent.after_fork_in_child()

    if agent is None:
        register_at_fork(after_in_child=unharmed(after_fork_in_child))
    else:
        from atexit import register

        register_at_fork(
            before=unharmed(agent.before_fork),
            after_in_parent=unharmed(agent.start),
            after_in_child=unharmed(after_fork_in_child),
        )
        register(unharmed(agent.leave))
    if recorder is not None:
        recorder.install()
    if agent is not None:
        agent.start()


def succeed(
    visitor: "Visitor", callback: "Optional[Callback]", folder: str, settings: "dict[str, int]", own_folder: str
) -> None:
    """Somebody has spoken to the visitor, in whose thread this is: from now on there is an agent. `callback`: what
    records."""
    from . import gauges
    from .agent import Agent
    from .channel import through_the_door
    from .descriptor import Descriptor

    settings = dict(settings, **wire.VISITING)
    recorder = None if callback is None else Recorder(callback, callback.open_ring, callback.count_lost_child)
    channel = through_the_door([Descriptor(number) for number in visitor.ends()])
    agent = Agent(channel, settings, recorder, folder, own_folder, lambda: True)
    gauges.leave_out(visitor.totals() or [])
    speak = agent.in_this_thread()
    hooks = agent.before_fork, agent.start, agent.after_fork_in_child, agent.leave
    visitor.hand_over(*map(unharmed, hooks))
    speak()


def _has_pipe(settings: "dict[str, int]") -> bool:
    """Whether this process has inherited the pipe, which others may hold as well."""
    try:
        return fstat(settings["read"]).st_ino == settings["read_inode"]
    except (OSError, KeyError):
        return False


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


def _why_not() -> str:
    """Why this interpreter is left alone; empty when it is not."""
    if collector_kind() == "free-threaded":
        return "this is a free-threaded build of Python, for which gctui was never tried: it leaves the program alone"
    return ""
