"""The agent's one thread: how it begins and ends, above all around the program's forks."""

import sys
from _functools import partial
from _signal import SIG_BLOCK, pthread_sigmask, valid_signals
from _thread import allocate_lock, start_new_thread
from posix import listdir
from time import monotonic

from .handlers import give_way, unseen

try:
    from ._native import begin_when_asked, call_off, load_thread_end
except ImportError:
    # Without the C part nobody comes in by the door, and who holds the pipe speaks at once.
    begin_when_asked, call_off, load_thread_end = start_new_thread, bool, list  # type: ignore[assignment]

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Callable, Tuple

#: Seconds that a fork waits for the thread to be gone.
FORK_PATIENCE = 0.05
#: Seconds that a fork waits at the most until the thread counts as one again, as it did before the fork.
START_PATIENCE = 0.05


class Thread:
    """Runs `body` until `body` finds that it is to stop. All that it calls is bound now, before the program can patch
    it."""

    def __init__(
        self,
        body: "Callable[[], None]",
        wake: "Callable[[], None]",
        is_wanted: "Callable[[], bool]",
        ends: "Callable[[], Tuple[int, int, int]]",
        waits: bool,
    ) -> None:
        """`body` raises nothing; `wake` lets it look at `is_stopping`; `is_wanted`: whether there is anything to do.
        `waits`: until it is spoken to, Python knows of no thread. `ends`: the descriptors by which that is noticed, the
        channel's and the reading end of the wake's, and the wake's writing end; -1 for one that is no longer ours."""
        self._body, self._wake, self._is_wanted, self._ends = body, wake, is_wanted, ends
        self.is_stopping = False
        self._listdir, self._clock = listdir, monotonic
        self._unseen = unseen(self._run)
        self._begin = partial(start_new_thread, self._unseen)
        self._waits = waits
        if not waits and sys.version_info < (3, 9):
            load_thread_end()
        self._make_locks()

    def _make_locks(self) -> None:
        self._running = allocate_lock()  # held while the thread lives, or is about to
        self._begun = allocate_lock()  # held until it has begun
        self._begun.acquire()
        self._waiting = []  # type: list[object]  # what a start that is put off is called off with

    def renew(self) -> None:
        """In a forked child the thread is gone, whatever its locks say, and comes when it is spoken to."""
        self._waits = True
        self._make_locks()

    @property
    def is_running(self) -> bool:
        return self._running.locked()

    def start(self) -> str:
        """Start it, unless it runs. Why it could not be started: the program is over its limit of processes.

        Here and in `stop` lock and thread change in one call into C: a signal handler of the program that raised in
        between would leave the lock held by nobody, and each fork waiting for it.
        """
        self.is_stopping = False  # also for a thread that was too busy to stop for a fork: it goes on
        if not self._is_wanted():
            return ""
        no_arguments = {True: ()}.get
        try:
            if self._waits:
                channel, wake, _ = self._ends()
                begin = partial(begin_when_asked, self._unseen, channel, wake)
                self._waiting.extend(map(begin, filter(None, map(self._running.acquire, (False,)))))
            elif list(map(self._begin, map(no_arguments, filter(None, map(self._running.acquire, (False,)))))):
                self._begun.acquire(True, START_PATIENCE)
        except (OSError, RuntimeError) as error:
            trace = error.__traceback__
            if trace is None or trace.tb_next is not None:
                raise  # a handler's
            self._running.release()
            return "%s: %s" % (type(error).__name__, error)
        return ""

    def in_this_one(self) -> "Callable[[], None]":
        """What to call in a thread that is there already, and from now on is this one."""
        self._running.acquire(False)
        return self._run

    def _run(self) -> None:
        pthread_sigmask(SIG_BLOCK, valid_signals())  # they belong to the program's own threads
        self._waits = False
        if self._begun.locked():
            self._begun.release()
        again = True
        while again:
            try:
                self._body()
            finally:
                self._running.release()
            # It may have been told to go on when it had just stopped.
            again = not self.is_stopping and self._is_wanted() and self._running.acquire(False)

    def stop(self, patience: float) -> bool:
        """Ask it to end and wait for it, `patience` seconds at the most. True when it has ended."""
        self.is_stopping = True
        release: "Callable[..., None]" = self._running.__exit__  # takes arguments: from 3.15 on, just three
        waiting, self._waiting = self._waiting, []
        if waiting:
            _, wake, waker = self._ends()
            if list(map(release, filter(None, map(call_off, waiting, (wake,), (waker,))), (None,), (None,))):
                return True
        try:
            self._wake()
        except OSError as error:
            give_way(error)
        acquired = filter(None, map(self._running.acquire, (True,), (patience,)))
        return bool(list(map(release, acquired, (None,), (None,))))

    def end(self, patience: float) -> bool:
        """`stop`, and then wait until the system has no such thread any more. True when it was stopped."""
        end, threads = self._clock() + patience, self._count()
        if not self.stop(patience):
            return False
        end = min(end, self._clock() + FORK_PATIENCE)
        while self._count() >= threads > 1 and self._clock() < end:
            pass
        return True

    def before_fork(self) -> None:
        """From 3.12 on a fork with more than one thread warns, and the kernel counts the thread until it is really
        gone."""
        if self._is_wanted() and self._running.locked():
            self.end(FORK_PATIENCE)

    def _count(self) -> int:
        try:
            return len(self._listdir("/proc/self/task"))
        except OSError as error:
            give_way(error)
            return 0
