"""One observed program, as every front end sees it: `tick()` yields the next Snapshot, the other methods steer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gctui.monitor.model import Snapshot
from gctui.monitor.objects import TypeCount
from gctui.monitor.output import Output
from gctui.monitor.relatives import Order


class Session(Protocol):
    """What the screen needs of a session. Not thread-safe: one thread ticks and steers."""

    output: Output
    """What the program printed to its terminal."""
    has_terminal: bool
    """Some of the program's streams are our pseudo-terminal: there is output to show."""
    accepts_input: bool
    """Its standard input is our pseudo-terminal: typing reaches it."""

    def tick(self) -> Snapshot:
        """Read all that has come, and fold it in."""
        ...

    def collect(self, generation: int) -> int:
        """Ask for `gc.collect(generation)`; the id of the answer to come. Answered with an error when no agent is
        there."""
        ...

    def set_enabled(self, enabled: bool) -> int:
        """Switch automatic collection on or off; the id of the answer to come, as with all orders about settings."""
        ...

    def set_thresholds(self, thresholds: tuple[int, int, int]) -> int:
        """Set all three, each 0 to `settings.MOST_THRESHOLD`."""
        ...

    def freeze(self, collect_first: bool) -> int:
        """Set all objects apart that the collector tracks, where it looks at them no more: `gc.freeze()`."""
        ...

    def unfreeze(self) -> int:
        """Give all frozen objects back to the oldest generation."""
        ...

    def set_debug_flags(self, flags: int) -> int:
        """`gc.set_debug`: bits of `settings.FLAGS`."""
        ...

    def restore_settings(self) -> tuple[int, ...]:
        """Take back what gctui has set, in any process, as far as it can be: an order per setting."""
        ...

    def silence(self, name: str, silenced: bool) -> None:
        """Say no more what the rule of that name finds, or say it again; from the next tick on."""
        ...

    def record_again(self) -> None:
        """Put gctui's callback back into `gc.callbacks`, after the program took it out."""
        ...

    def show_interpreter(self, step: int) -> None:
        """Show the interpreter so many places further on in `Snapshot.interpreters`, round and round."""
        ...

    def want_relatives(self, wanted: bool) -> None:
        """Whether `Snapshot.relatives` is made at all, which reads something of every process of the family."""
        ...

    def show_process(self, key: int) -> None:
        """Show another process of the family, by its `Relative.key`, and send orders to it from then on."""
        ...

    def order_each(self, order: Order, keys: Sequence[int]) -> int:
        """Let several processes do the same, one after the other; the number of the round that
        `Snapshot.round` tells of. A round that has not ended is given up for it."""
        ...

    def trace(self, frames: int, sample_bytes: int) -> int:
        """Trace allocations with that many frames per traceback (1 to 100; 0 stops it): one in `sample_bytes` bytes on
        average, or with 0 every one."""
        ...

    def burst(self, frames: int, seconds: float) -> int:
        """Trace every allocation for so long, keep the snapshot of its end, and trace as before."""
        ...

    def resume_allocations(self) -> None:
        """Show the present again after a burst."""
        ...

    def count_objects(self) -> int:
        """Ask for a census; the id of what comes in `Snapshot.objects`, if only a `NotDone`, as for all of these."""
        ...

    def list_instances(self, kind: TypeCount) -> int:
        """Ask for some objects of one type."""
        ...

    def find_referrers(self, object_id: int, kind: TypeCount) -> int:
        """Ask what keeps an object alive."""
        ...

    def show_object(self, object_id: int, kind: TypeCount) -> int:
        """Ask for the `repr` of an object, which runs code of the program in gctui's thread there."""
        ...

    def probe_cycles(self) -> int:
        """Ask what the garbage is: two full collections, of which the first frees nothing."""
        ...

    def want_allocations(self, wanted: bool) -> None:
        """Whether allocation snapshots are asked for at all (a hidden pane costs the program nothing)."""
        ...

    def mark(self) -> None:
        """Remember the present allocations as the mark."""
        ...

    def set_rate(self, hertz: float) -> None:
        """Gauges per second from now on."""
        ...

    def type(self, data: bytes) -> None:
        """Send what the user typed to the program's terminal."""
        ...

    def resize(self, columns: int, lines: int) -> None:
        """Size of the program's terminal."""
        ...

    def signal(self, number: int) -> None:
        """Send a signal to the program's whole process group; nothing when it has ended."""
        ...

    def close(self) -> None:
        """Stop reading, free descriptors, remove the runtime folder. The program is not touched."""
        ...
