"""A number of an open file that may not be ours any more: the program may have closed it and got it for its own."""

CLOSED = "the program has closed gctui's channel"


class LinkLost(Exception):
    """The monitor has gone, or the program closed our descriptors."""


try:
    from ._native import Descriptor as Descriptor
except ImportError:
    from posix import close, fstat, read, write  # bound now: the program may replace them

    class Descriptor:  # type: ignore[no-redef]
        """The same without the C part: there are moments in which the program can take the number."""

        def __init__(self, number: int, /) -> None:
            found = fstat(number)
            self.number, self.inode = number, found.st_ino
            self._identity = (found.st_dev, found.st_ino)

        def is_ours(self) -> bool:
            try:
                found = fstat(self.number)
            except OSError as error:
                from .handlers import give_way

                give_way(error)
                return False
            return (found.st_dev, found.st_ino) == self._identity

        def read(self, most: int, /) -> "bytes | None":
            return read(self.number, most) if self.is_ours() else None

        def write(self, data: bytes, /) -> "int | None":
            return write(self.number, data) if self.is_ours() else None

        def close(self) -> None:
            if self.is_ours():
                close(self.number)
