"""The way in for a process that inherited no pipe: a Unix socket in the session's folder."""

from os import fsencode

from .descriptor import Descriptor, LinkLost

try:
    from ._native import enter
    from ._native import is_open_to_us as is_open_to_us
except ImportError:
    enter = None  # type: ignore[assignment]

    def is_open_to_us() -> bool:
        return False


def come_in(folder: str) -> "list[Descriptor]":
    """A connection to the monitor, and both ends of a pipe for waking whoever waits at it. LinkLost or OSError where
    nobody opens, the program may open no more files, or the C part is not there."""
    if enter is None:
        raise LinkLost("gctui's C part is not there")
    return [Descriptor(number) for number in enter(fsencode(folder))]
