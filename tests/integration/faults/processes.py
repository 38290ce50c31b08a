"""Faults that are new processes."""

from tests.integration.faults.fault import Fault

FAULTS = (
    Fault(
        name="fork",
        command="{gctui} {python} fork.py",
        happened="same; the child's collections are recorded in a ring of its own",
        recorded=(16, 11),
        every_python=True,
    ),
    Fault(
        name="multiprocessing by fork",
        command="{gctui} {python} pool.py fork",
        happened="same; each worker is recorded",
        every_python=True,
    ),
    Fault(
        name="multiprocessing by spawn",
        command="{gctui} {python} pool.py spawn",
        happened="same; each worker is recorded",
    ),
    Fault(
        name="multiprocessing by forkserver",
        command="{gctui} {python} pool.py forkserver",
        happened="same; each worker is recorded, the fork server as well",
        every_python=True,
    ),
    Fault(
        name="exec in the same process",
        command="{gctui} {python} execute.py",
        happened="same; each program is recorded by itself, under one pid",
        recorded=(4, 4, 4, 4),
        every_python=True,
    ),
    Fault(
        name="os._exit",
        command="{gctui} {python} leave_at_once.py",
        happened="same; all collections are there, only the goodbye is missing",
        recorded=(6,),
    ),
    Fault(
        name="daemon: double fork, setsid, everything closed, chdir /, umask 0",
        command="sh -c 'mkfifo {folder}/f; {gctui} {python} daemonise.py {folder}/f; cat {folder}/f'",
        holds="the same output and exit status, also of the daemon after gctui's end",
        happened="same; gctui ends with the process that it started, as it would be waited for without gctui",
        every_python=True,
    ),
    Fault(
        name="fork in a thread",
        command="{gctui} {python} fork_in_thread.py",
        happened="same",
    ),
    Fault(
        name="fork in a signal handler",
        command="{gctui} {python} fork_in_handler.py",
        happened="same",
        every_python=True,
    ),
    Fault(
        name="an alarm whose handler raises, in a loop of forks",
        command="{gctui} {python} alarm_in_fork.py",
        happened="same: what is raised while the agent stops for the fork, or comes back, reaches the program",
    ),
    Fault(
        name="fork in a collection, by a finalizer",
        command="{gctui} {python} fork_in_collection.py",
        happened="same",
        every_python=True,
    ),
    Fault(
        name="posix_spawn, vfork and preexec_fn",
        command="{gctui} {python} spawn_children.py",
        happened="same; each child is recorded, the one with a preexec_fn as a fork and as what it executes",
        recorded=(0, 3, 3, 3, 0, 3),
        every_python=True,
    ),
    Fault(
        name="children with an empty environment",
        command="{gctui} {python} empty_environment.py",
        happened="same; such a child is not watched, since nothing tells it of gctui",
        recorded=(0,),
        every_python=True,
    ),
)
