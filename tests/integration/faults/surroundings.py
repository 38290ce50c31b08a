"""Faults of file systems, environment and streams."""

from tests.integration.faults.fault import Fault

_DEV = "mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3"
_UNSAID = "same; gctui's summary has no place to go to, but for --summary"

FAULTS = (
    Fault(
        name="/dev/shm read-only",
        command="unshare -m sh -c 'mount -t tmpfs -o ro none /dev/shm && exec {gctui} {python} work.py'",
        happened="same; the rings lie in XDG_RUNTIME_DIR or TMPDIR",
        recorded=(6, 1),
        needs="mounts",
    ),
    Fault(
        name="/dev/shm full",
        command="unshare -m sh -c 'mount -t tmpfs -o size=64k none /dev/shm && exec {gctui} {python} work.py'",
        happened="same; collections are counted, their pauses are not known, and gctui says why",
        says=("no flight recorder: [Errno 28] No space left on device",),
        needs="mounts",
    ),
    Fault(
        name="/dev/shm with room for one ring, and then a fork",
        command="unshare -m sh -c 'mount -t tmpfs -o size=700k none /dev/shm && exec {gctui} {python} fork.py'",
        happened="same; the program itself is recorded, its child is listed but cannot be, and gctui says so",
        recorded=(16, 0),
        says=("could not make a flight recorder",),
        needs="mounts",
    ),
    Fault(
        name="no /dev/shm",
        command=f"unshare -m sh -c '{_DEV} && exec {{gctui}} {{python}} work.py'",
        happened="same; the rings lie in XDG_RUNTIME_DIR or TMPDIR",
        recorded=(6, 1),
        needs="mounts",
    ),
    Fault(
        name="HOME and TMPDIR unset",
        command="env -u HOME -u TMPDIR {gctui} {python} work.py",
        happened="same",
        recorded=(6, 1),
    ),
    Fault(
        name="an empty environment",
        command="env -i {gctui} {python} work.py",
        happened="same",
        recorded=(6, 1),
    ),
    Fault(
        name="the working folder removed",
        command="{gctui} {python} lost_folder.py {folder}",
        happened="same; both are recorded",
        recorded=(0, 3),
        every_python=True,
    ),
    *(
        Fault(
            name=f"{names} closed at start",
            command=f"sh -c 'exec {{gctui}} {{python}} work.py {closed}'",
            happened=happened,
            recorded=(6, 1),
        )
        for names, closed, happened in (
            ("standard input", "<&-", "same"),
            ("standard output", ">&-", "same"),
            ("standard error", "2>&-", _UNSAID),
            ("all three standard streams", "<&- >&- 2>&-", _UNSAID),
        )
    ),
)
