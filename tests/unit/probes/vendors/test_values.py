"""Raw variables to values: what agents really send, and what must never become a number."""

from __future__ import annotations

import math

import pytest

from netmon.probes.snmp.ber import Value
from netmon.probes.vendors import values
from tests.rows import every_row


@every_row(
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


@pytest.mark.quirk(
    "all", "numbers come as texts with units, such as -21.3 dBm, and texts such as N/A, -- and -Inf are none"
)
@every_row(
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
        (b"3.1e-05", 3.1e-05),
        (b"1e999", 1.0),
        (None, None),
    ],
)
def test_number(raw: Value, number: float | None) -> None:
    assert values.number(raw) == number


@every_row(
    ("raw", "power"),
    [
        (-1728, -17.28),
        (b"-1728", -17.28),
        (b"  -7.1 dBm", -7.1),
        (b"0.02 mW (-17.28 dBm)", -17.28),
        (b"-17.28dBm (0.02mW)", -17.28),
        (b"0.00 mW (-inf dBm)", -math.inf),
        (b"0.5 mW", -3.0103),
        (b"500 uW", -3.0103),
        ("500 µW".encode(), -3.0103),
        (b"N/A", None),
        (b"-Inf", None),
        (b"2147483647", None),
        (65535, None),
        (-32768, None),
        (None, None),
    ],
)
def test_power(raw: Value, power: float | None) -> None:
    found = values.power_dbm(raw, 0.01)
    assert (None if power is None else pytest.approx(power, abs=1e-4)) == found


@pytest.mark.quirk("all", "-1 and the ends of 16 and 32 bits stand for no value, as numbers and as text")
@every_row("raw", [-1, 32767, -32768, 65535, -65535, 2**31 - 1, -(2**31), 2**32 - 1, b"65535"])
def test_sentinels_are_not_valid(raw: Value) -> None:
    assert values.valid(raw) is None


def test_everything_else_is() -> None:
    assert [values.valid(raw) for raw in (0, -7, 10**9, b"-1.87", None)] == [0, -7, 10**9, b"-1.87", None]


@every_row(("raw", "found"), [(5, 5), (b"42", 42), (b"4.9", 4), (b"x", None), (None, None)])
def test_integer(raw: Value, found: int | None) -> None:
    assert values.integer(raw) == found


@every_row(
    ("raw", "found"), [(4294967168, -128), (2147483647, 2147483647), (-7100, -7100), (2**32, 2**32), (None, None)]
)
def test_signed32(raw: Value, found: int | None) -> None:
    assert values.signed32(raw) == found


@every_row("power", [-45.1, 10.1, 2147483.647, float("nan"), None])
def test_no_implausible_power(power: float | None) -> None:
    assert values.plausible_power_dbm(power) is None


def test_the_floor_is_darkness() -> None:
    assert values.is_dark(-40.0)
    assert not values.is_dark(-39.9)
    assert not values.is_dark(None)
