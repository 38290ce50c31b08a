"""A number of an open file that may not be ours any more: the program may have closed it and got it for its own."""

from posix import close, fstat  # bound now: the program may replace them before it forks

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Optional

CLOSED = "the program has closed gctui's channel"


class LinkLost(Exception):
    """The monitor has gone, or the program closed our descriptors."""


class Descriptor:
    """A number and the identity of what it stood for when it was ours."""

    def __init__(self, number: int, inode: "Optional[int]" = None) -> None:
        self.number = number
        found = fstat(number)
        if inode is not None and found.st_ino != inode:
            raise LinkLost("descriptor %d is something else" % number)
        self._identity = (found.st_dev, found.st_ino)
        self._fstat = fstat

    def is_ours(self) -> bool:
        try:
            found = self._fstat(self.number)
        except OSError as error:
            from .handlers import give_way

            give_way(error)
            return False
        return (found.st_dev, found.st_ino) == self._identity

    def close(self) -> None:
        if self.is_ours():
            close(self.number)
