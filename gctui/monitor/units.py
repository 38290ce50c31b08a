"""Numbers with their units, in one way for the screen, the summary and the docs: KiB/MiB, µs/ms/s."""

from __future__ import annotations


def size(value: float) -> str:
    """Bytes: '812 B', '27.1 KiB', '-1.50 MiB'. Three significant digits."""
    sign, value = ("-" if value < 0 else ""), abs(value)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if round(value) < 1000 or unit == "GiB":
            return f"{sign}{_digits(value, whole=unit == 'B')} {unit}"
        value /= 1024
    raise AssertionError("unreachable")


def duration(nanoseconds: float) -> str:
    """Nanoseconds: '0.55 µs', '12.3 ms', '3.20 s'; from ten minutes on '12m05s'; from ten hours on '12h05m'."""
    seconds = nanoseconds / 1e9
    if seconds >= 600:
        return clock(seconds)
    for limit, unit, factor in ((1e-3, "µs", 1e6), (1.0, "ms", 1e3)):
        if round(seconds * factor, 1) < 1000 and seconds < limit:
            return f"{_digits(seconds * factor)} {unit}"
    return f"{_digits(seconds)} s"


def clock(seconds: float) -> str:
    """Elapsed time in whole seconds: '0m07s', '59m59s', '12h05m', '3d02h'."""
    total = int(seconds)
    if total < 3600:
        return f"{total // 60}m{total % 60:02}s"
    if total < 86400:
        return f"{total // 3600}h{total % 3600 // 60:02}m"
    return f"{total // 86400}d{total % 86400 // 3600:02}h"


def count(value: float) -> str:
    """A number of things: '999', '12.3k', '4.56M'. Three significant digits."""
    sign, value = ("-" if value < 0 else ""), abs(value)
    for unit in ("", "k", "M", "G"):
        if round(value) < 1000 or unit == "G":
            return f"{sign}{_digits(value, whole=not unit)}{unit}"
        value /= 1000
    raise AssertionError("unreachable")


def percent(share: float) -> str:
    """A share from 0 to 1: '0 %', '0.42 %', '12.3 %', '100 %'."""
    value = share * 100
    return f"{value:.0f} %" if value == 0 or value >= 99.95 else f"{_digits(value)} %"


def rate(per_second: float) -> str:
    """Events per second: '0/s', '0.42/s', '16.7k/s'."""
    return f"{_digits(per_second) if 0 < per_second < 999.5 else count(per_second)}/s"


def _digits(value: float, whole: bool = False) -> str:
    if whole or value >= 99.95:
        return f"{value:.0f}"
    return f"{value:.2f}" if value < 9.995 else f"{value:.1f}"
