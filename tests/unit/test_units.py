"""Numbers with their units."""

import pytest

from gctui.monitor import units


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "0.98 KiB"),
        (1 << 20, "1.00 MiB"),
        (-1536, "-1.50 KiB"),
        (5 << 40, "5120 GiB"),
    ],
)
def test_size(value: int, expected: str) -> None:
    assert units.size(value) == expected


@pytest.mark.parametrize(
    ("nanoseconds", "expected"),
    [
        (0, "0.00 µs"),
        (550, "0.55 µs"),
        (999_960, "1.00 ms"),
        (12_340_000, "12.3 ms"),
        (3.2e9, "3.20 s"),
        (605e9, "10m05s"),
    ],
)
def test_duration(nanoseconds: float, expected: str) -> None:
    assert units.duration(nanoseconds) == expected


def test_rates_counts_shares_and_clocks() -> None:
    assert [units.rate(value) for value in (0, 0.5, 16_700)] == ["0/s", "0.50/s", "16.7k/s"]
    assert [units.count(value) for value in (999, 12_345, -4.56e6)] == ["999", "12.3k", "-4.56M"]
    assert [units.percent(value) for value in (0, 0.0042, 0.5, 1)] == ["0 %", "0.42 %", "50.0 %", "100 %"]
    assert [units.clock(value) for value in (7, 3599, 43_500, 266_400)] == ["0m07s", "59m59s", "12h05m", "3d02h"]
