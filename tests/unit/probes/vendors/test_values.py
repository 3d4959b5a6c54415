"""Raw variables to values: what agents really send, and what must never become a number."""

from __future__ import annotations

import pytest

from netmon.probes.snmp.ber import Value
from netmon.probes.vendors import values


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"sfp-sfpplus1", "sfp-sfpplus1"),
        ("Désa".encode(), "Désa"),
        (b"to\r\n\tdesa  X\0", "to   desa  X"),
        (b"\x1b[31mred\x07", "[31mred"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"x" * 1000, "x" * 255),
        (b"", ""),
        (7, None),
        (None, None),
    ],
)
def test_text(raw: Value, text: str | None) -> None:
    assert values.text(raw) == text


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (-7100, -7100.0),
        (b"-21.3 dBm", -21.3),
        (b" 3.30", 3.3),
        (b"N/A", None),
        (b"--", None),
        (b"-Inf", None),
        (b"", None),
        (b"9" * 400, 9999999999999999999.0),
        (None, None),
    ],
)
def test_number(raw: Value, number: float | None) -> None:
    assert values.number(raw) == number


@pytest.mark.parametrize(("raw", "found"), [(5, 5), (b"42", 42), (b"4.9", 4), (b"x", None), (None, None)])
def test_integer(raw: Value, found: int | None) -> None:
    assert values.integer(raw) == found


@pytest.mark.parametrize(
    ("raw", "found"), [(4294967168, -128), (2147483647, 2147483647), (-7100, -7100), (2**32, 2**32), (None, None)]
)
def test_signed32(raw: Value, found: int | None) -> None:
    assert values.signed32(raw) == found


@pytest.mark.parametrize("power", [-45.1, 10.1, 2147483.647, float("nan"), None])
def test_no_implausible_power(power: float | None) -> None:
    assert values.plausible_power_dbm(power) is None


def test_the_floor_is_darkness() -> None:
    assert values.is_dark(-40.0)
    assert not values.is_dark(-39.9)
    assert not values.is_dark(None)
