"""Signals that come while the interpreter calls a function of ours: the gc callback in Python, the hooks of a fork, the
last words. Their handlers would run, and raise, in there, where the interpreter prints what is raised and forgets it.
So it is caught, and the signal is marked as come once more, for the program's own code."""

import sys
from _functools import partial
from _operator import attrgetter
from _signal import NSIG, SIGINT, getsignal, raise_signal
from _thread import interrupt_main

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from types import FunctionType
    from typing import Callable


try:
    from ._native import unseen as unseen
except ImportError:

    def unseen(function: "Callable[[], None]", /) -> "Callable[[], None]":
        """Without the C part the program's trace functions see what they see."""
        return function


#: Marks a signal as come and runs no handler yet. Before 3.10 the one knows only SIGINT; after, the other runs it.
_mark = interrupt_main if sys.version_info >= (3, 10) else raise_signal


class Again:
    """Raises a signal when it is freed: in C, after the frame that holds it, so that no code of ours is interrupted."""

    __slots__ = ("call",)
    __del__ = property(attrgetter("call"))

    def __init__(self, number: int) -> None:
        self.call = partial(_mark, number) if number else bool


def again(error: BaseException) -> Again:
    """For what a handler has raised in a frame of ours. The handler has run and will run once more."""
    number = SIGINT if isinstance(error, KeyboardInterrupt) else 0  # whose usual handler has no frame
    trace = error.__traceback__
    while trace is not None:
        frame, trace = trace.tb_frame, trace.tb_next
        names = frame.f_code.co_varnames[: frame.f_code.co_argcount + 1]  # (number, frame), (self, number, ...), (*all)
        for value in [frame.f_locals.get(name) for name in names]:
            if isinstance(value, tuple) and value:
                value = value[0]
            if isinstance(value, int) and 0 < value < NSIG and callable(getsignal(value)):
                number, trace = value, None
                break
    error.__traceback__ = None  # whoever keeps the error must not keep our frame
    return Again(number)


def give_way(error: OSError) -> None:
    """Raise again what is no system call's: a TimeoutError is an OSError, and comes from a handler's frame."""
    if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
        raise error


_hooks = []  # type: list[Callable[[], None]]  # so that a census of the program's objects knows them for ours


def unharmed(function: "Callable[[], None]") -> "Callable[[], None]":
    """`function` as the interpreter may call it: nothing that is raised in it is printed, no signal gets lost, and no
    trace function sees it."""

    def hook() -> None:
        try:
            function()
        except BaseException as error:
            signal = again(error)  # noqa: F841 - it is freed with this frame

    run_no_handlers_on_entry(hook)  # type: ignore[arg-type]
    made = unseen(hook)
    _hooks.append(made)
    return made


def run_no_handlers_on_entry(function: "FunctionType") -> None:
    """From 3.11 on the first instruction of a function, RESUME, runs handlers: before any `try`. With the argument 2 it
    does not (that is how it comes after `yield from`). Before 3.11 a function that begins with `try` is spared."""
    if sys.version_info >= (3, 11):
        code = bytearray(function.__code__.co_code)
        resume = (lambda: None).__code__.co_code[0]
        at = code[::2].index(resume) * 2
        code[at + 1] = 2
        function.__code__ = function.__code__.replace(co_code=bytes(code))
