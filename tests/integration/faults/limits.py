"""Faults that are limits and lost rights."""

from tests.integration.faults.fault import Fault

_NO_THREAD = "can't start new thread"

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
    ),
    *(
        Fault(
            name=f"{name}, set by the program",
            command=f"{{gctui}} {{python}} shrink.py {what}",
            happened=f"same; the program itself is recorded on, its children {seen}cannot be, and gctui says so",
            recorded=(9, 0, 0, 0) if seen else (9,),
            says=("could not make a flight recorder",),
            needs=needs,
        )
        for name, what, needs, seen in (
            ("RLIMIT_AS at what is in use", "memory", "", "are listed but "),
            ("RLIMIT_FSIZE 0", "size", "", "are listed but "),
            ("root folder by chroot", "chroot", "root", ""),
            ("user nobody by setuid", "setuid", "root", ""),
        )
    ),
)
