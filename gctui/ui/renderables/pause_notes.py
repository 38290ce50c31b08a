"""What has to be said of the figures on pauses, since it is not the same in every Python."""

from __future__ import annotations

from gctui.monitor import units
from gctui.monitor.model import Site
from gctui.monitor.pauses import PauseFigures


def is_near(python: str) -> bool:
    """From 3.12 on a collection waits for the next place at which the interpreter's loop can be interrupted; before, it
    runs within the allocation that set it off."""
    return _is_from(python, 12)


def tells_of_itself(python: str) -> bool:
    """From 3.15 on the collector says how long it took, without the callbacks, and how many objects it looked at."""
    return _is_from(python, 15)


def _is_from(python: str, minor: int) -> bool:
    """It is 3.`minor` or later; a version that is not known is none."""
    parts = python.split(".")
    return (
        len(parts) > 1 and all(part.isdecimal() for part in parts[:2]) and (int(parts[0]), int(parts[1])) >= (3, minor)
    )


def clock_title(python: str) -> str:
    """Whose times these are, where they are not gctui's own."""
    return "the collector's own duration" if tells_of_itself(python) else ""


def place_title(python: str) -> str:
    """A few words for the title of what names places."""
    return "near the place, not exact" if is_near(python) else ""


def place_note(python: str, site: Site) -> str:
    """The same in a sentence, for a place in the program; empty where it is exact, or where there is no place."""
    if not site.filename or not is_near(python):
        return ""
    return "Near, not exact: from Python 3.12 on a collection runs at the next check of the interpreter's loop."


def missed_title(figures: PauseFigures) -> str:
    """How many collections are in no figure, and how far that puts them off at the most."""
    if not figures.missed:
        return ""
    return f"{units.count(figures.missed)} missed, up to {units.duration(figures.unseen_ns)} more"
