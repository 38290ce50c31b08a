"""What one fault is, as data: the tests are made from it, and the page that says what was tried."""

from __future__ import annotations

from dataclasses import dataclass

SAME = "the same output and exit status"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong for a program or for its guest, and what comes of it."""

    name: str
    command: str
    """Run in the folder of the programs. `{gctui}` and `{python}` stand for the two commands, `{folder}` for an empty
    folder. With nothing in the place of `{gctui}` it is the bare run that the other is compared with."""
    happened: str
    """A sentence without its capital and full stop, as it stands in the table."""
    holds: str = SAME
    recorded: tuple[int, ...] | None = None
    """Collections of generation 1 that gctui must have seen at least, of each process in its summary; None where
    neither their number nor the order of the processes is certain."""
    says: tuple[str, ...] = ()
    """What gctui has to remark at the end, one part of each sentence; nothing else may be remarked."""
    drop: tuple[bytes, ...] = ()
    """Patterns of what differs in the program's stderr; `happened` says so."""
    options: str = ""
    """gctui's, beside the usual."""
    every_python: bool = False
    needs: str = ""
    """'root' or 'mounts', where it takes more than an ordinary user's rights."""
