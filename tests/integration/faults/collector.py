"""Faults of the collector and of interpreters."""

from tests.integration.faults.fault import Fault

FAULTS = (
    *(
        Fault(
            name=f"{2 * turns} subinterpreters made and ended, half of them isolated, with forks between",
            command=f"{{gctui}} {{python}} interpreters.py {turns}",
            holds="the same output and exit status: no crash, ever",
            happened="same; each is recorded by itself from 3.10 on, before that in the main interpreter's ring",
            every_python=every_python,
        )
        for turns, every_python in ((20, True), (100, False))
    ),
    Fault(
        name="40 subinterpreters while allocations are traced",
        command="{gctui} {python} interpreters.py 20",
        options="--alloc exact",
        holds="the same output and exit status, where tracemalloc alone crashes (3.12, 3.14) or hangs (3.8 to 3.11)",
        happened="same; what the main interpreter allocates is traced, what others allocate is not",
        every_python=True,
    ),
    Fault(
        name="gc.freeze, gc.disable and gc.set_debug by the program",
        command="{gctui} {python} freeze.py",
        happened="same; nothing of the agent is garbage",
        recorded=(6,),
        every_python=True,
    ),
    Fault(
        name="collections at the recursion limit",
        command="{gctui} {python} recurse.py",
        happened="same, and the same depth is reached",
        every_python=True,
    ),
)
