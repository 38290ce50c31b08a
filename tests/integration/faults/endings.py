"""Ways in which a program ends."""

from tests.integration.faults.fault import Fault


def _end(
    name: str,
    way: str,
    happened: str = "same; all collections are there",
    drop: tuple[bytes, ...] = (),
    every_python: bool = False,
) -> Fault:
    return Fault(
        name=name,
        command=f"{{gctui}} {{python}} end.py {way}",
        happened=happened,
        recorded=(6,),
        every_python=every_python,
        drop=drop,
    )


FAULTS = (
    _end("SIGPIPE", "pipe"),
    _end("SIGKILL", "kill"),
    _end("SIGSEGV", "segv", every_python=True),
    _end("abort", "abort"),
    _end(
        "Py_FatalError",
        "fatal",
        "same; where the interpreter dumps all threads, the agent's is among them",
        drop=(rb"Thread 0x[^\n]*\n(  (File [^\n]*gctui/agent|<no Python frame>)[^\n]*\n)+\n?",),
        every_python=True,
    ),
    _end("exit while daemon threads make garbage", "threads", every_python=True),
    _end("SIGINT", "interrupt"),
)
