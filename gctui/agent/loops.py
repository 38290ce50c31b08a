"""One reference loop through an object, the shortest there is, among objects that are garbage."""

import sys
from gc import get_referents
from itertools import compress, islice

from .edges import description, way
from .kinds import MANAGED_DICT, flags, own_dict

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Set

#: References that a loop may have, a dictionary of attributes counted as one, and objects that are looked at for it.
LONGEST_LOOP, MOST_MET = 24, 2000


def loop_through(start: object, known: "Set[int]") -> "list[tuple[str, str]]":
    """((edge, what has it), ...) round the loop: the first is of `start`, and the last leads back to it. Empty where no
    loop was found. `known`: ids of the garbage, outside of which nothing is looked at; dictionaries that the naming of
    edges makes are added."""
    came_from = {}  # type: dict[int, object]
    level = [start]  # type: list[object]
    for _ in range(LONGEST_LOOP):
        following = []  # type: list[object]
        for thing in level:
            parts = get_referents(thing)
            for part in islice(compress(parts, map(known.__contains__, map(id, parts))), MOST_MET):
                if part is start:
                    return _round(start, thing, came_from, known)
                if id(part) not in came_from:
                    if len(came_from) >= MOST_MET:
                        return []
                    came_from[id(part)] = thing
                    following.append(part)
        level = following
    return []


def _round(start: object, last: object, came_from: "dict[int, object]", known: "Set[int]") -> "list[tuple[str, str]]":
    holders = [last]
    while holders[-1] is not start:
        holders.append(came_from[id(holders[-1])])
    steps = [(name, description(holder)) for name, holder in way(start, holders)]
    steps.reverse()
    if sys.version_info >= (3, 11):
        # An object may have no dictionary of its attributes before somebody asks for it.
        known.update(id(own_dict(holder)) for holder in holders if flags(type(holder)) & MANAGED_DICT)
    return steps
