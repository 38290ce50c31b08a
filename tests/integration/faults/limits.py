"""Faults that are limits and lost rights."""

from tests.integration.faults.fault import Fault

_NO_THREAD = "can't start new thread"
_CHILDREN_UNSAID = "children that could not make a ring are not said"

FAULTS = (
    Fault(
        name="RLIMIT_NOFILE 16",
        command="{gctui} sh -c 'ulimit -n 16; exec {python} work.py'",
        happened="same",
        recorded=(6, 1),
    ),
    Fault(
        name="RLIMIT_NOFILE 16 and a program that needs them all",
        command="{gctui} sh -c 'ulimit -n 16; exec {python} open_all.py'",
        happened="same",
        recorded=(6,),
        known="two of the agent's descriptors are below the limit, so the program gets 11 instead of 13",
    ),
    Fault(
        name="RLIMIT_NOFILE 16, set by the program",
        command="{gctui} {python} shrink.py files",
        happened="same",
        recorded=(9, 1, 1, 1),
    ),
    Fault(
        name="RLIMIT_AS with no room for a thread",
        command="sh -c 'peak=$({python} peak.py); exec {gctui} sh -c \"ulimit -v $peak; exec {python} work.py\"'",
        happened="same; collections are recorded, there is no channel, and gctui says why",
        recorded=(6, 1),
        says=(_NO_THREAD,),
    ),
    Fault(
        name="RLIMIT_AS at what is in use, set by the program",
        command="{gctui} {python} shrink.py memory",
        happened="same",
        recorded=(9, 1, 1, 1),
    ),
    Fault(
        name="RLIMIT_NPROC 1",
        command="setpriv --ruid 65534 --bounding-set -sys_admin,-sys_resource "
        "{gctui} prlimit --nproc=1 {python} work.py",
        happened="same; collections are recorded, there is no channel, and gctui says why",
        recorded=(6,),
        says=(_NO_THREAD,),
        needs="root",
    ),
    Fault(
        name="RLIMIT_NPROC 1 and setuid, by the program",
        command="{gctui} {python} shrink.py processes",
        happened="same; the agent's thread, stopped for a fork, cannot be started again: gctui says so and records on",
        recorded=(6,),
        says=(_NO_THREAD,),
        needs="root",
    ),
    Fault(
        name="RLIMIT_FSIZE 0",
        command="{gctui} sh -c 'ulimit -f 0; exec {python} work.py'",
        happened="same; collections are counted, their pauses are not known, and gctui says why",
        says=("no flight recorder: [Errno 27] File too large",),
        known="the program is accused of having cleared gc.callbacks",
    ),
    *(
        Fault(
            name=f"{name}, by the program",
            command=f"{{gctui}} {{python}} shrink.py {what}",
            happened="same; the program itself is recorded on, its children cannot be, and gctui says so",
            recorded=(9,),
            says=("not recorded",),
            needs=needs,
            known=_CHILDREN_UNSAID,
        )
        for name, what, needs in (
            ("RLIMIT_FSIZE 0", "size", ""),
            ("chroot", "chroot", "root"),
            ("setuid to nobody", "setuid", "root"),
        )
    ),
)
