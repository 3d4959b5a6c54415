"""Every table of every family, with whatever an agent may send: no exception, and plausible values only."""

from __future__ import annotations

import random
from dataclasses import fields

import pytest

from netmon.probes.snmp.ber import Index, Value
from netmon.probes.vendors.families import all_tables
from netmon.probes.vendors.rows import HealthRow, OnuRow, OpticRow, Row
from netmon.probes.vendors.tables import Found, Table

ROUNDS = 40
RANGES = {
    "_celsius": (-60.0, 200.0),
    "_seconds": (0.0, 2.0**42),
    "_ratio": (0.0, 2.0),
    "_meters": (0.0, 1e6),
    "_hertz": (0.0, 1e12),
    "_dbm": (-140.0, 60.0),
}
SENTINELS: tuple[Value, ...] = (
    0, 1, -1, 2, 3, 255, 65535, -65535, 2**31 - 1, 2**32 - 1, 2**63, -(2**31), -80_000, 65_535_000, 4_294_967_168,
    b"", b"N/A", b"--", b"-Inf", b"0.000", b"-21.45 dBm", b"\x00" * 8, b"\xff" * 6, b"HWTC\x01\x02\x03\x04", None,
)  # fmt: skip


def value(chance: random.Random) -> Value:
    kind = chance.randrange(4)
    if kind == 0:
        return chance.choice(SENTINELS)
    if kind == 1:
        return chance.randrange(-(2**31), 2**40)
    return chance.randrange(-6000, 20_000) if kind == 2 else chance.randbytes(chance.randrange(12))


def index(chance: random.Random) -> Index:
    length = chance.choice((1, 1, 2, 2, 3, 4, 5, 7, 13))
    return tuple(
        chance.choice((chance.randrange(4), chance.randrange(256), chance.randrange(2**32))) for _ in range(length)
    )


def decoded(table: Table, chance: random.Random) -> tuple[Row, ...]:
    indexes = [index(chance) for _ in range(6)]
    columns = {column: {at: value(chance) for at in indexes if chance.random() < 0.8} for column in table.columns}
    scalars = {name: value(chance) for name in table.scalars if chance.random() < 0.8}
    found = Found(columns, scalars, {1: "sfp1", 2: "EPON0/1:3"})
    if table.then is not None:
        columns.update({column: {at: value(chance) for at in indexes} for column in table.then(found)})
    if table.cells is not None:
        scalars.update({name: value(chance) for names in table.cells(found).values() for name in names})
    return tuple(table.decode(found))


@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.name)
def test_nothing_breaks_a_decoder_and_nothing_implausible_comes_out(table: Table) -> None:
    chance = random.Random(table.name)
    for _ in range(ROUNDS):
        for row in decoded(table, chance):
            check(row)


def check(row: Row) -> None:
    hash(row.key)
    for field in fields(row):
        said = getattr(row, field.name)
        if isinstance(said, float):
            low, high = next((r for end, r in RANGES.items() if field.name.endswith(end)), (-1e18, 1e18))
            assert low <= said <= high, (field.name, row)
    if isinstance(row, OpticRow | OnuRow):
        light = [getattr(row, f.name) for f in fields(row) if f.name.endswith("power_dbm")]
        assert all(power is None or -45.0 <= power <= 10.0 for power in light), row
    if isinstance(row, OnuRow):
        assert row.receive_power_dbm != 0.0
        assert row.online or row.online is None or row.receive_power_dbm is None
    if isinstance(row, HealthRow):
        assert row.value is None or abs(row.value) < 2**31 - 1, row
