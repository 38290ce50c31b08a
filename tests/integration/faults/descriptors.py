"""Faults that take the agent's descriptors from it."""

from tests.integration.faults.fault import Fault

_CLOSED = "closed gctui's channel"
_ON = "same; collections are recorded on, the channel is given up, and gctui says so"

#: In the order of their numbers: what it is, what comes of its loss, and what is said.
_DESCRIPTORS = (
    ("commands", _ON, (_CLOSED,)),
    ("reports", _ON, (_CLOSED,)),
    ("the agent's wake-up, read", _ON, ("The agent has given up",)),
    ("the agent's wake-up, written", "same; nothing is lost, but a fork waits up to 50 ms for the agent", ()),
)

FAULTS = (
    Fault(
        name="os.closerange of everything, then reuse of the numbers",
        command="{gctui} {python} reuse_numbers.py",
        holds="the same output; the file's bytes and its positions are the program's own",
        happened=_ON,
        recorded=(0, 0),
        says=(_CLOSED,),
        every_python=True,
    ),
    *(
        Fault(
            name=f"descriptor closed: {name}",
            command=f"{{gctui}} {{python}} lose_descriptor.py {place} close",
            happened=happened,
            recorded=(12, 0),
            says=says,
        )
        for place, (name, happened, says) in enumerate(_DESCRIPTORS)
    ),
    *(
        Fault(
            name=f"file put over a descriptor by dup2: {name}",
            command=f"{{gctui}} {{python}} lose_descriptor.py {place} dup2",
            holds="the same output; the file's bytes and its position are the program's own",
            happened=happened,
            recorded=(12, 0),
            says=says,
        )
        for place, (name, happened, says) in enumerate(_DESCRIPTORS)
    ),
)
