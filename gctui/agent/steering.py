"""The collector's settings: changed when the user asked for it, and each change answered with what was and what is."""

from gc import collect as run_collection
from gc import (
    disable,
    enable,
    freeze,
    get_debug,
    get_freeze_count,
    get_stats,
    get_threshold,
    isenabled,
    set_debug,
    set_threshold,
    unfreeze,
)
from time import monotonic, monotonic_ns

from . import wire

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from typing import Callable, Tuple

    Collected = Tuple[int, int, int]


def collect(generation: int) -> "Collected":
    """Collect; objects freed, uncollectable ones, pause in nanoseconds. The recorder knows forced collections by this
    function's name."""
    before = sum(one["uncollectable"] for one in get_stats())
    began = monotonic_ns()
    freed = run_collection(generation)
    pause = monotonic_ns() - began
    return freed, sum(one["uncollectable"] for one in get_stats()) - before, pause


def at_start(settings: "dict[str, int]") -> bytes:
    """What the options of gctui want of this interpreter, before any code of the program runs. The answer that says
    so."""
    thresholds = [settings[name] for name in wire.THRESHOLDS if name in settings]
    before = settings_now(get_freeze_count())
    if thresholds:
        set_threshold(*thresholds)
    if settings.get("gc_disable"):
        disable()
    return _answer(0, 0, "", before, settings_now(get_freeze_count()))


def settings_now(frozen: int) -> str:
    """The settings as JSON; `frozen`: objects in the permanent generation, which only a walk over them counts."""
    enabled = "true" if isenabled() else "false"
    return '{"enabled":%s,"thresholds":[%d,%d,%d],"debug":%d,"frozen":%d}' % (
        (enabled,) + get_threshold() + (get_debug(), frozen)
    )  # fmt: skip


class Steering:
    """Obeys the commands in `wire.STEERING`, and freezes by itself when that was asked for at the start."""

    def __init__(self, count_frozen: "Callable[[bool], int]", freeze_after_ms: int) -> None:
        """`count_frozen`: the number of frozen objects, as it was counted last, or with True as it is now."""
        self._count_frozen = count_frozen
        self.freeze_at = monotonic() + freeze_after_ms / 1000 if freeze_after_ms else 0.0
        """When to freeze, monotonic seconds; 0: not at all, or it was done."""

    def freeze_now(self) -> bytes:
        """What was asked for at the start is due."""
        self.freeze_at = 0.0
        return self.obey(wire.FREEZE, 0, 1, 0)

    def obey(self, order: int, number: int, first: int, second: int) -> bytes:
        """Do it; the answer."""
        moves = order in (wire.FREEZE, wire.UNFREEZE)
        before, error, collected = settings_now(self._count_frozen(moves)), "", (0, 0, 0)
        try:
            if order == wire.FREEZE and first:
                collected = collect(2)
            _change(order, first, second)
        except (OverflowError, ValueError) as refused:
            error = "%s: %s" % (type(refused).__name__, refused)
        return _answer(number, order, error, before, settings_now(self._count_frozen(moves)), collected)


def _change(order: int, first: int, second: int) -> None:
    if order == wire.SET_ENABLED:
        (enable if first else disable)()
    elif order == wire.SET_THRESHOLDS:
        set_threshold(first, second >> 32, second & 0xFFFFFFFF)
    elif order == wire.FREEZE:
        freeze()
    elif order == wire.UNFREEZE:
        unfreeze()
    else:
        set_debug(first)


def _answer(number: int, order: int, error: str, before: str, after: str, collected: "Collected" = (0, 0, 0)) -> bytes:
    return (
        '{"command":%d,"kind":"steer","order":%d,"ts":%d,"error":%s,"before":%s,"after":%s,'
        '"freed":%d,"uncollectable":%d,"pause_ns":%d}'
        % ((number, order, monotonic_ns(), wire.quote(error), before, after) + collected)
    ).encode()
