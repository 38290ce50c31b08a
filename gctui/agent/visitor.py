"""A process that came in by the door, for as long as nobody has spoken to it.

There may be thousands of them, most live for a moment and are asked nothing. So hello, goodbye and a thread that Python
does not know of are all that there is, and the agent comes with the first command.
"""

from gc import get_stats
from posix import write
from time import monotonic, monotonic_ns, sleep

from . import wire
from .descriptor import LinkLost
from .door import come_in, door
from .greeting import failure, hello
from .handlers import unseen

try:
    from ._native import begin_when_asked, call_off
except ImportError:
    pass  # then nobody comes in

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Callable, Optional, Sequence, Tuple

    from .agent import Agent
    from .descriptor import Descriptor
    from .recorder import Recorder

#: Seconds that a fork, or the program's end, waits at the most for an agent that has just been spoken to.
PATIENCE = 0.05


class Visitor:
    """All that it calls is bound now, before the program can patch it."""

    def __init__(
        self,
        settings: "dict[str, int]",
        recorder: "Optional[Recorder]",
        folder: str,
        own_folder: str,
        is_followed: "Callable[[], bool]",
        keep_modules: "Callable[[], None]",
    ) -> None:
        """`folder`: the session's. `is_followed`: whether a forked child is to have an agent. `keep_modules` reads the
        agent's files, so that a child finds them, whatever its user or its root."""
        self._settings, self._recorder, self._folder, self._own_folder = settings, recorder, folder, own_folder
        self._is_followed, self._keep_modules, self._door = is_followed, keep_modules, door(folder)
        # The connection, and of the wake what is read and what is written.
        self._ends: "list[Descriptor]" = []
        self._waiting = []  # type: list[object]  # what the thread is called off with
        self._has_begun = False
        self._agent: "Optional[Agent]" = None
        self._totals = []  # type: list[dict[str, int]]  # what the process has collected before it was this one
        self._begin = unseen(self._be_the_agent)

    def greet(self, said: "Sequence[Tuple[int, bytes]]") -> None:
        """Come in, if somebody opens, with hello and then what there is to be `said`, by type and payload."""
        try:
            self._ends = come_in(self._door)
        except (OSError, LinkLost):
            return  # what it collects is recorded all the same
        self._say((wire.HELLO, hello(0, monotonic_ns())), *said)

    def _say(self, *frames: "Tuple[int, bytes]") -> None:
        data = b"".join([wire.frame(*frame) for frame in frames])
        try:
            if self._ends and self._ends[0].is_ours() and write(self._ends[0].number, data) == len(data):
                return
        except OSError as error:
            from .handlers import give_way

            give_way(error)
        self._let_go()

    def _let_go(self) -> None:
        ends, self._ends = self._ends, []
        for end in ends:
            end.close()

    # --- the thread -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Wait to be spoken to; or go on, after a fork."""
        if self._agent is not None:
            self._agent.start()
        elif self._ends and not self._has_begun:
            connection, wake, _ = self._numbers()
            try:
                # In one call into C: what a signal handler raises must not come between the thread and its name.
                self._waiting.extend(map(begin_when_asked, (self._begin,), (connection,), (wake,), (True,)))
            except OSError as error:
                from .handlers import give_way

                give_way(error)
                self._give_up(error)

    def _numbers(self) -> "list[int]":
        """-1 for what the program has closed."""
        return [end.number if end.is_ours() else -1 for end in self._ends]

    def _be_the_agent(self) -> None:
        """In the thread: now Python knows it."""
        try:
            run = self._become()
        except BaseException as error:
            self._give_up(error)
        else:
            run()

    def _become(self) -> "Callable[[], None]":
        """Make the agent. What it does in its thread, which is this one."""
        from . import gauges
        from .agent import Agent
        from .channel import through_the_door

        gauges.leave_out(self._totals)
        channel = through_the_door(self._ends)
        agent = Agent(channel, self._settings, self._recorder, self._folder, self._own_folder, self._is_followed)
        run = agent.in_this_thread()
        self._agent = agent
        return run

    def _give_up(self, error: BaseException) -> None:
        self._say((wire.FAILURE, failure("%s: %s" % (type(error).__name__, error), last=True)))
        self._let_go()

    def _call_off(self, wake: int, waker: int) -> None:
        """End the waiting; or, if somebody speaks just now, let the agent come."""
        waiting, self._waiting = self._waiting, []
        if waiting and not any(map(call_off, waiting, (wake,), (waker,))):
            self._has_begun, end = True, monotonic() + PATIENCE
            while self._agent is None and self._ends and monotonic() < end:
                sleep(0.0005)

    # --- fork and exit ----------------------------------------------------------------------------------------------

    def before_fork(self) -> None:
        try:
            self._keep_modules()
        except OSError as error:
            from .handlers import give_way

            give_way(error)
        if self._agent is None and self._ends:
            self._call_off(*self._numbers()[1:])
        if self._agent is not None:
            self._agent.before_fork()

    def after_fork_in_child(self) -> None:
        """The connection is the parent's: let it go, and come in, if this child is one to follow."""
        if self._agent is not None:
            self._agent.after_fork_in_child()
            return
        self._let_go()
        # Where the parent's thread was just making the agent, half of its modules are there.
        if self._is_followed() and not self._has_begun:
            self._totals = get_stats()
            self.greet(())
            self.start()

    def leave(self) -> None:
        """At interpreter exit."""
        if self._agent is None and self._ends:
            self._call_off(-1, -1)  # it need not wake for that
        if self._agent is not None:
            self._agent.leave()
        elif self._ends:
            self._say((wire.BYE, b""))
