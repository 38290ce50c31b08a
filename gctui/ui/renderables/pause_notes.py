"""What has to be said of the figures on pauses, since it is not the same in every Python."""

from __future__ import annotations

from gctui.monitor import units
from gctui.monitor.model import Site
from gctui.monitor.pauses import PauseFigures


def is_near(python: str) -> bool:
    """From 3.12 on a collection waits for the next place at which the interpreter's loop can be interrupted; before, it
    runs within the allocation that set it off."""
    major, _, rest = python.partition(".")
    minor = rest.partition(".")[0]
    return major.isdecimal() and minor.isdecimal() and (int(major), int(minor)) >= (3, 12)


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
